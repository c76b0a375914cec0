// mq_notify(3): being told, once, that a message came to the empty queue.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PosixQueue, signals } from 'hutong'
import { fixture } from '../../support/child.ts'
import { drained, freshQueue, queuePeer, untilReceiving } from '../../support/queue.ts'
import { below, seeded } from '../../support/random.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('notify resolves when a message comes to the empty queue, once, and takes none', async () => {
  const queue = freshQueue()
  let told = 0
  const waiting = queue.notify().then(() => {
    told++
  })
  for (let turns = 0; turns < 5; turns++) await turn()
  assert.equal(told, 0)
  queue.sendSync('first')
  await waiting
  assert.deepEqual([told, drained(queue)], [1, ['0:first']])
  queue.sendSync('nobody is told of this one')
  for (let turns = 0; turns < 5; turns++) await turn()
  assert.equal(told, 1)
})

test('a message that comes to a queue that is not empty says nothing', async () => {
  const queue = freshQueue()
  queue.sendSync('there already')
  const waiting = queue.notify()
  queue.sendSync('second')
  await assert.rejects(queue.notify({ timeout: 20 }), { code: 'EBUSY' })
  assert.equal(drained(queue).length, 2)
  queue.sendSync('to the empty queue')
  await waiting
})

test('who sleeps in mq_receive gets the message, and nobody is told', async () => {
  const queue = freshQueue()
  const waiting = queue.notify({ timeout: 5000 })
  const peer = queuePeer('receive', queue.name, 1)
  assert.equal(await peer.line(), 'ready')
  await untilReceiving(peer.pid)
  queue.sendSync('for the sleeper', { priority: 1 })
  assert.equal(await peer.line(), '1:for the sleeper')
  queue.sendSync('for who asked to be told')
  await waiting
  assert.deepEqual(drained(queue), ['0:for who asked to be told'])
})

test('a reader by notification: register, take what is there, wait', async () => {
  const queue = freshQueue()
  const got: string[] = []
  const peer = queuePeer('send', queue.name, 1, ...'abcdefghijklmnopqrst')
  while (got.length < 20) {
    const more = queue.notify()
    got.push(...drained(queue))
    if (got.length < 20) await more
    else queue.cancelNotify()
    await more.catch((error: NodeJS.ErrnoException) => assert.equal(error.code, 'ECANCELED'))
  }
  assert.equal(got.join(''), [...'abcdefghijklmnopqrst'].map((letter) => `1:${letter}`).join(''))
  assert.equal((await peer.ended).code, 0)
})

test('EBUSY while any process is registered; its end ends the registration', async () => {
  const queue = freshQueue()
  const peer = queuePeer('register', queue.name)
  assert.equal(await peer.line(), 'ready')
  await assert.rejects(queue.notify(), { code: 'EBUSY', syscall: 'mq_notify', message: /registered already/ })
  assert.throws(() => queue.notifyBySignal('SIGUSR2'), { code: 'EBUSY' })
  queue.cancelNotify() // ours, of which there is none
  await assert.rejects(queue.notify(), { code: 'EBUSY' })
  peer.process.kill('SIGKILL')
  await peer.ended
  const waiting = queue.notify()
  queue.sendSync('x')
  await waiting
})

test('cancelNotify, and closing any descriptor of the queue in this process, end it: ECANCELED', async () => {
  const queue = freshQueue()
  const cancelled = {
    code: 'ECANCELED',
    message: /cancelNotify was called, or a descriptor of this queue was closed/,
  }
  const first = queue.notify()
  queue.cancelNotify()
  await assert.rejects(first, cancelled)
  const second = queue.notify()
  PosixQueue.open(queue.name).close()
  await assert.rejects(second, cancelled)
  const third = queue.notify()
  queue.sendSync('works still')
  await third
})

test('an abort and a timeout end it, and free it for the next; what came first is told', async () => {
  const queue = freshQueue()
  const controller = new AbortController()
  const waiting = queue.notify({ signal: controller.signal })
  controller.abort('enough')
  await assert.rejects(waiting, (reason) => reason === 'enough')
  await assert.rejects(queue.notify({ signal: controller.signal }), (reason) => reason === 'enough')
  await assert.rejects(queue.notify({ timeout: 1 }), { name: 'TimeoutError' })
  const random = seeded(11)
  const ends = { told: 0, aborted: 0 }
  for (let round = 0; round < 200; round++) {
    const abort = new AbortController()
    const outcome = queue.notify({ signal: abort.signal }).then(
      () => 'told' as const,
      () => 'aborted' as const,
    )
    const sendFirst = below(random, 2) === 0
    for (const act of sendFirst ? ['send', 'abort'] : ['abort', 'send']) {
      if (act === 'send') queue.sendSync('x')
      else abort.abort()
      if (below(random, 3) === 0) await turn()
    }
    const end = await outcome
    ends[end]++
    if (sendFirst) assert.equal(end, 'told', 'the message came before the abort')
    drained(queue)
  }
  assert.ok(ends.told > 0 && ends.aborted > 0)
})

test('notifyBySignal sends the signal, with a value, to us and to a C program', async () => {
  const queue = freshQueue()
  const signalled = signals.wait(['SIGRTMIN+7'])
  queue.notifyBySignal('SIGRTMIN+7', -42)
  queue.sendSync('x')
  const { source, code, value, pid } = await signalled
  assert.deepEqual([source, code, value, pid], ['message-queue', 'SI_MESGQ', -42, process.pid])
  drained(queue)
  const peer = queuePeer('signal', queue.name)
  assert.equal(await peer.line(), 'ready')
  queue.sendSync('x')
  assert.equal((await peer.ended).stdout, `ready\nSI_MESGQ 7 ${process.pid}\n`)
})

test('a process that is killed while it waits for a notification leaves the queue free', async () => {
  const queue = freshQueue()
  const child = fixture('posix-queue/role', ['notify', queue.name])
  assert.equal(await child.line(), 'ready')
  await assert.rejects(queue.notify(), { code: 'EBUSY' })
  child.process.kill('SIGKILL')
  await child.ended
  const waiting = queue.notify()
  queue.sendSync('x')
  await waiting
  assert.deepEqual(drained(queue), ['0:x'])
})
