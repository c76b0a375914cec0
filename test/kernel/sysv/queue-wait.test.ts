// Waiting on a System V queue: how it ends, and that nothing is lost.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { SysvQueue } from 'hutong'
import { constants } from 'hutong/sys'
import '../../support/leaks.ts'
import { freshQueue, textOf } from '../../support/sysv-queue.ts'
import { threadsIn, untilEnded, untilThreadsIn } from '../../support/threads.ts'

const { SYS_msgrcv, SYS_msgsnd } = constants

test('receive waits for the message it wants, on no thread of the pool, and time goes on', async () => {
  const queue = freshQueue()
  const waiting = Promise.all([
    queue.receive({ type: 2 }),
    queue.receive({ upTo: 1 }),
    queue.receive({ except: 1 }),
  ])
  await untilThreadsIn(SYS_msgrcv, 3)
  await readFile('/proc/self/stat')
  queue.sendSync('three', { type: 3 }) // the one that takes any type but 1 is gone then
  queue.sendSync('two', { type: 2 })
  queue.sendSync('one', { type: 1 })
  assert.deepEqual((await waiting).map(textOf).sort(), ['one', 'three', 'two'])
})

test('an abort and a timeout end the wait with their reason and take nothing', async () => {
  const queue = freshQueue()
  const label = `message queue 0x${queue.key.toString(16).padStart(8, '0')} (id ${queue.id})`
  const message = `receiving from ${label} timed out after 5 ms`
  await assert.rejects(queue.receive({ timeout: 5 }), { name: 'TimeoutError', code: 'ETIMEDOUT', message })
  await assert.rejects(queue.receive({ timeout: 0 }), { name: 'TimeoutError' })
  const controller = new AbortController()
  const options = { signal: controller.signal, timeout: 60_000 }
  const waits = [queue.receive(options), queue.receiveInto(new Uint8Array(9), options)]
  const settled = Promise.allSettled(waits)
  await untilThreadsIn(SYS_msgrcv, 2)
  controller.abort('enough')
  for (const outcome of await settled) assert.equal(outcome.status === 'rejected' && outcome.reason, 'enough')
  queue.sendSync('still here')
  await assert.rejects(queue.receive(options), (reason) => reason === 'enough')
  assert.equal(textOf(await queue.receive({ timeout: 0 })), 'still here', 'what is there needs no time')
})

test('the blocking forms give up after their timeout, not before, whatever signals come', () => {
  const queue = freshQueue({ capacity: 4 })
  const label = `message queue 0x${queue.key.toString(16).padStart(8, '0')} (id ${queue.id})`
  queue.sendSync('full')
  for (const timeout of [0, 1, 12.5]) {
    const begin = performance.now()
    assert.throws(() => queue.receiveSync({ type: 9, timeout }), {
      name: 'TimeoutError',
      message: `receiving from ${label} timed out after ${timeout} ms`,
    })
    assert.throws(() => queue.receiveIntoSync(new Uint8Array(1), { type: 9, timeout }), {
      name: 'TimeoutError',
    })
    assert.throws(() => queue.sendSync('more', { timeout }), {
      name: 'TimeoutError',
      message: `sending to ${label} timed out after ${timeout} ms`,
    })
    assert.ok(performance.now() - begin >= 3 * timeout)
  }
  assert.equal(textOf(queue.receiveSync({ timeout: 0 })), 'full')
  queue.sendSync('1234', { timeout: 0 })
})

test('removal wakes everybody with EIDRM: receivers, senders, threads that block', async () => {
  const queue = freshQueue({ capacity: 1 })
  queue.sendSync('x', { type: 5 })
  const worker = new Worker(new URL('../../fixtures/sysv/queue-worker.js', import.meta.url), {
    workerData: { id: queue.id, mode: 'block' },
  })
  await once(worker, 'message')
  const others = SysvQueue.from(queue.id)
  const waits = [
    queue.receive({ type: 1 }),
    queue.receiveInto(new Uint8Array(1), { type: 1 }),
    others.receive({ except: 5 }),
    queue.send('y'),
    queue.send('z'),
    others.send('y'),
  ]
  const settled = Promise.allSettled(waits)
  await untilThreadsIn(SYS_msgrcv, 4)
  await untilThreadsIn(SYS_msgsnd, 2)
  const code = once(worker, 'message')
  const ended = once(worker, 'exit') // which may come in the same turn as the message
  SysvQueue.open(queue.key).remove()
  for (const outcome of await settled) {
    assert.equal(outcome.status, 'rejected')
    assert.equal(outcome.reason.code, 'EIDRM')
    assert.match(outcome.reason.message, /message queue 0x[0-9a-f]{8} \(id \d+\)\. It has been removed/)
  }
  assert.deepEqual(await code, ['EIDRM'])
  await ended
})

test('close ends the waits of this object with EBADF and leaves the queue', async () => {
  const queue = freshQueue({ capacity: 1 })
  const other = SysvQueue.from(queue.id)
  const staying = other.receive({ type: 3 })
  queue.sendSync('x')
  const waits = [queue.receive({ type: 2 }), queue.send('y'), queue.send('z')]
  const settled = Promise.allSettled(waits)
  await untilThreadsIn(SYS_msgrcv, 2)
  await untilThreadsIn(SYS_msgsnd, 1)
  queue.close()
  queue.close()
  for (const outcome of await settled) {
    assert.equal(outcome.status === 'rejected' && outcome.reason.code, 'EBADF')
  }
  assert.equal(textOf(other.tryReceive()), 'x')
  other.sendSync('y', { type: 3 })
  assert.equal(textOf(await staying), 'y')
})

test('send waits for room; those that wait go out in the order of the calls, without the ones given up', async () => {
  const queue = freshQueue({ capacity: 4 })
  const controller = new AbortController()
  const sends = ['1111', '2', '3333', '4', '5', '6666'].map((data, index) =>
    queue.send(data, index === 2 || index === 4 ? { signal: controller.signal } : {}),
  )
  const settled = Promise.allSettled(sends)
  await untilThreadsIn(SYS_msgsnd, 1)
  controller.abort('enough')
  await sleep(1)
  assert.ok(threadsIn(SYS_msgsnd).length <= 1, 'one thread for all of them')
  const got: (string | undefined)[] = []
  for (let n = 0; n < 4; n++) got.push(textOf(await queue.receive()))
  assert.deepEqual(got, ['1111', '2', '4', '6666'])
  assert.deepEqual(
    (await settled).map((outcome) => (outcome.status === 'rejected' ? outcome.reason : 'sent')),
    ['sent', 'sent', 'enough', 'sent', 'enough', 'sent'],
  )
  await assert.rejects(Promise.all([queue.send('1234'), queue.send('x', { timeout: 5 })]), {
    name: 'TimeoutError',
    message: /^sending to message queue .* timed out after 5 ms$/,
  })
})

test('the data of a send that waits may be changed at once', async () => {
  const queue = freshQueue({ capacity: 4 })
  const data = Buffer.from('full')
  await queue.send(data)
  const waiting = queue.send(data.fill('a'))
  data.fill('b')
  assert.equal(textOf(queue.receiveSync()), 'full')
  await waiting
  assert.equal(textOf(queue.receiveSync()), 'aaaa')
})

test('a message that a waiting thread has no room for reaches exactly one of those who wait', async () => {
  const queue = freshQueue()
  const controller = new AbortController()
  for (const length of [4096, 4097, 8192]) {
    const waits = Array.from({ length: 8 }, () => queue.receive({ signal: controller.signal }))
    queue.sendSync(new Uint8Array(length).fill(3), { type: 77 })
    const { type, data } = await Promise.race(waits)
    assert.deepEqual([type, data.length, data.every((byte) => byte === 3)], [77, length, true])
    for (let n = 0; n < 7; n++) queue.sendSync('rest')
    const all = await Promise.all(waits)
    assert.equal(all.filter((message) => textOf(message) === 'rest').length, 7)
  }
  const cut = SysvQueue.from(queue.id).receive({ max: 5000, truncate: true })
  const whole = SysvQueue.from(queue.id).receive({ max: 10, type: 2 })
  await untilThreadsIn(SYS_msgrcv, 2)
  queue.sendSync(new Uint8Array(6000))
  assert.equal((await cut).data.length, 5000)
  queue.sendSync('eleven char', { type: 2 })
  await assert.rejects(whole, { code: 'E2BIG', message: /longer than max \(10 bytes\)/ })
  assert.equal(textOf(queue.tryReceive()), 'eleven char')
})

test('1,000 receivers leave the thread pool alone, are cheap, and one signal ends them all', async () => {
  const queue = freshQueue()
  const before = process.memoryUsage.rss()
  const controller = new AbortController()
  const waits = Array.from({ length: 1000 }, () => queue.receive({ signal: controller.signal }))
  const settled = Promise.allSettled(waits)
  await untilThreadsIn(SYS_msgrcv, 1000)
  await readFile('/proc/self/stat')
  const grown = (process.memoryUsage.rss() - before) >> 20
  // Under ASan each thread has memory beside its stack.
  assert.ok(grown < 64 || process.env['HUTONG_SANITIZED'] === '1', `${grown} MiB more`)
  queue.sendSync('to one of them')
  assert.equal(textOf(await Promise.race(waits)), 'to one of them')
  controller.abort('enough')
  const reasons = (await settled).map((outcome) => (outcome.status === 'rejected' ? outcome.reason : 'one'))
  assert.equal(reasons.filter((reason) => reason === 'enough').length, 999)
  queue.sendSync('left alone')
  assert.equal(textOf(queue.tryReceive()), 'left alone')
})

test('threads use a queue too, and one that is terminated while it waits leaves nobody behind', async () => {
  const queue = freshQueue()
  const file = new URL('../../fixtures/sysv/queue-worker.js', import.meta.url)
  const worker = new Worker(file, { workerData: { id: queue.id, mode: 'echo' } })
  const ended = once(worker, 'exit')
  for (let n = 0; n < 20; n++) {
    await queue.send(`${n}`)
    assert.equal(textOf(await queue.receive({ type: 2 })), `${n}`)
  }
  queue.sendSync('')
  await ended

  const stuck = new Worker(file, { workerData: { id: queue.id, mode: 'stuck' } })
  await untilThreadsIn(SYS_msgrcv, 2)
  const threads = threadsIn(SYS_msgrcv)
  await stuck.terminate()
  await untilEnded(threads)
  queue.sendSync('nobody takes it')
  await sleep(1)
  assert.equal(textOf(queue.tryReceive()), 'nobody takes it')
})
