// Others at the same queue: children, worker threads, the killed and the forgetful.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { PosixQueue } from 'hutong'
import { fixture, start } from '../../support/child.ts'
import { compile } from '../../support/compile.ts'
import { descriptors } from '../../support/leaks.ts'
import { drained, freshQueue, queueName, queuePeer, shown, untilReceiving } from '../../support/queue.ts'

/** A worker that answers what it receives, when it is on its way. */
async function workerAt(workerData: object): Promise<Worker> {
  const worker = new Worker(new URL('../../fixtures/posix-queue/worker.js', import.meta.url), { workerData })
  await once(worker, 'message')
  return worker
}

test('a queue reaches a C child as a descriptor that blocks, also after operations that waited here', async () => {
  const queue = freshQueue()
  PosixQueue.unlink(queue.name)
  await assert.rejects(queue.receive({ timeout: 1 }))
  const waiting = queue.receive()
  const stdio = ['pipe', 'pipe', 'pipe', queue.inherit()] as const
  const peer = start(compile('posix-queue/peer.c', '-lrt'), ['inherited', '2'], { stdio: [...stdio] })
  assert.equal(await peer.line(), 'ready')
  await untilReceiving(peer.pid)
  // A quirk of the kernel: who sleeps in mq_receive is served before who polls, as we do.
  queue.sendSync('a', { priority: 2 })
  assert.equal(await peer.line(), '2:a')
  await untilReceiving(peer.pid)
  queue.sendSync('b', { priority: 1 })
  assert.equal(await peer.line(), '1:b')
  queue.sendSync('ours')
  assert.equal(shown(await waiting), '0:ours')
  assert.equal((await peer.ended).code, 0)
})

test('a queue reaches a Node child as its standard input; signals do not end its receiveSync, nor does stopping it', async () => {
  const queue = freshQueue()
  const stdio = [queue.inherit(), 'pipe', 'pipe'] as const
  const child = fixture('posix-queue/role', ['sync', 'fd:0'], { stdio: [...stdio] })
  assert.equal(await child.line(), 'ready')
  await untilReceiving(child.pid)
  for (const signal of ['SIGUSR2', 'SIGSTOP', 'SIGCONT'] as const) child.process.kill(signal)
  await untilReceiving(child.pid)
  queue.sendSync('late', { priority: 3 })
  assert.equal(await child.line(), '3:late /dev/null')
  assert.equal((await child.ended).code, 0)
  assert.equal(queue.attributes().nonblocking, false)
})

test('a sender that is killed leaves whole messages; a receiver that is killed takes none with it', async () => {
  const queue = freshQueue()
  const flood = queuePeer('flood', queue.name)
  for (let count = 0; count < 500; count++) {
    const { data, priority } = await queue.receive()
    assert.ok(data.length === 64 && data.every((byte) => byte === data[0]))
    assert.equal(priority, (data[0] ?? 0) & 3)
  }
  flood.process.kill('SIGKILL')
  await flood.ended
  drained(queue)
  const sleeper = queuePeer('receive', queue.name, 1)
  assert.equal(await sleeper.line(), 'ready')
  await untilReceiving(sleeper.pid)
  sleeper.process.kill('SIGKILL')
  await sleeper.ended
  queue.sendSync('ours')
  assert.equal(shown(queue.receiveSync()), '0:ours')
})

test('worker threads open a queue by name, or take over a descriptor that was released to them', async () => {
  const [queue, answers] = [freshQueue(), freshQueue()]
  for (const sync of [true, false]) {
    for (const from of [queue.name, queue.duplicate().release()]) {
      const workerData = { from, answers: answers.name, sync }
      const worker = new Worker(new URL('../../fixtures/posix-queue/worker.js', import.meta.url), {
        workerData,
      })
      await once(worker, 'message')
      await queue.send('to a worker', { priority: 1 })
      assert.equal(shown(await answers.receive()), '2:to a worker')
      await queue.send('')
      await once(worker, 'exit')
    }
  }
})

test('a worker that is terminated while it waits leaves no descriptor', async () => {
  const [queue, answers] = [freshQueue(), freshQueue()]
  const holds = (): number => [...descriptors().values()].filter((target) => target === queue.name).length
  const worker = await workerAt({ from: queue.name, answers: answers.name, sync: false })
  assert.equal(holds(), 2)
  await worker.terminate()
  while (holds() > 1) await sleep(1)
  queue.sendSync('nobody took it')
  assert.deepEqual(drained(queue), ['0:nobody took it'])
})

test('a queue that was dropped while open is closed, with one warning', async () => {
  const child = fixture('posix-queue/dropped', [queueName()])
  const { code, stdout, stderr } = await child.ended
  assert.deepEqual([stderr, code], ['', 0])
  assert.match(stdout, /^HUTONG_LEAK POSIX queue \S+ \(fd \d+\) was collected while open[^\n]*\nclosed\n$/)
})
