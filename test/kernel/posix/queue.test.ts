import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PosixQueue } from 'hutong'
import { cleanUp } from '../../support/leaks.ts'
import { drained, freshQueue, queueName, queuePeer, SMALL, shown } from '../../support/queue.ts'

test('create makes a queue of the wanted size; it keeps its messages after close and goes with unlink', () => {
  const name = queueName()
  const queue = PosixQueue.create(name, SMALL)
  assert.deepEqual([queue.name, queue.created, queue.access], [name, true, 'both'])
  assert.deepEqual(queue.attributes(), { ...SMALL, queued: 0, nonblocking: false })
  queue.sendSync('kept')
  queue.close()
  queue.close()
  assert.equal(queue.closed, true)
  assert.throws(() => PosixQueue.create(name), { code: 'EEXIST', syscall: 'mq_open', path: name })
  using again = PosixQueue.open(name)
  assert.deepEqual([again.created, again.maxMessages, again.messageSize, again.queued], [false, 4, 64, 1])
  PosixQueue.unlink(name)
  assert.throws(() => PosixQueue.open(name), { code: 'ENOENT', message: /create makes it/ })
  assert.throws(() => PosixQueue.unlink(name), { code: 'ENOENT', syscall: 'mq_unlink', path: name })
  assert.equal(shown(again.receiveSync()), '0:kept', 'who has it open keeps it')
  again.sendSync('still')
  assert.deepEqual(drained(again), ['0:still'])
})

test('what is not said is the default of the system', () => {
  const limits = PosixQueue.limits()
  const queue = freshQueue({ messageSize: 16 })
  assert.deepEqual([queue.maxMessages, queue.messageSize], [limits.defaultMaxMessages, 16])
  assert.equal(freshQueue({ maxMessages: 1 }).messageSize, limits.defaultMessageSize)
})

test('openOrCreate makes what is missing and takes what is there as it is', () => {
  const name = queueName()
  using first = PosixQueue.openOrCreate(name, SMALL)
  using second = PosixQueue.openOrCreate(name, { maxMessages: 1, messageSize: 1 })
  assert.deepEqual([first.created, second.created, second.messageSize], [true, false, 64])
  first.sendSync('there')
  assert.equal(shown(second.receiveSync()), '0:there')
})

test('messages come by priority, then in the order in which they were sent', async () => {
  const queue = freshQueue({ maxMessages: 8, messageSize: 8 })
  const sent = [3, 0, 32_767, 3, 1, 0, 32_767, 3].entries()
  for (const [index, priority] of sent) await queue.send(`${index}`, { priority })
  const order = ['32767:2', '32767:6', '3:0', '3:3', '3:7', '1:4', '0:1', '0:5']
  assert.deepEqual(drained(queue), order)
})

test('each of the three ways sends and receives; the try forms never wait', async () => {
  const queue = freshQueue({ maxMessages: 3, messageSize: 64 })
  assert.equal(queue.tryReceive(), undefined)
  await queue.send('a')
  assert.equal(queue.trySend('b', { priority: 1 }), true)
  queue.sendSync('c', { priority: 2 })
  assert.equal(queue.trySend('full'), undefined)
  assert.equal(queue.queued, 3)
  const received = [await queue.receive(), queue.receiveSync(), queue.tryReceive()]
  assert.deepEqual(
    received.map((message) => message && shown(message)),
    ['2:c', '1:b', '0:a'],
  )
})

test('bytes of any kind, text, nothing at all, and the longest message', async () => {
  const queue = freshQueue({ maxMessages: 2, messageSize: 5000 })
  const bytes = Uint8Array.of(1, 2, 3, 4)
  const forms = [
    bytes,
    bytes.buffer,
    new DataView(bytes.buffer),
    new Uint32Array(bytes.buffer),
    new SharedArrayBuffer(4),
  ]
  for (const form of forms) {
    await queue.send(form)
    assert.deepEqual(
      [...queue.receiveSync().data],
      form instanceof SharedArrayBuffer ? [0, 0, 0, 0] : [1, 2, 3, 4],
    )
  }
  for (const text of ['', '胡同', 'x'.repeat(1024), 'x'.repeat(1025), 'y'.repeat(5000)]) {
    queue.sendSync(text)
    assert.equal(Buffer.from((await queue.receive()).data).toString(), text)
  }
})

test('a message that was received is the caller’s: later ones do not change it', () => {
  const queue = freshQueue({ maxMessages: 4, messageSize: 8192 })
  const sizes = [1, 4095, 4096, 8192, 5000, 8192, 3, 8191, 8192, 6000, 8192, 8192, 8192, 4096]
  const kept = sizes.map((size, index) => {
    queue.sendSync(new Uint8Array(size).fill(index + 1))
    return queue.receiveSync().data
  })
  for (const [index, data] of kept.entries()) {
    assert.equal(data.length, sizes[index])
    assert.ok(data.every((byte) => byte === index + 1))
  }
})

test('receiveInto takes a message into memory of the caller’s, in each of the three ways', async () => {
  const queue = freshQueue()
  const target = new Uint8Array(80)
  assert.equal(queue.tryReceiveInto(target), undefined)
  queue.sendSync('first', { priority: 5 })
  assert.deepEqual(await queue.receiveInto(target.subarray(8)), { length: 5, priority: 5 })
  assert.equal(Buffer.from(target.subarray(8, 13)).toString(), 'first')
  queue.sendSync('second')
  assert.deepEqual(queue.receiveIntoSync(new DataView(target.buffer)), { length: 6, priority: 0 })
  assert.equal(Buffer.from(target.subarray(0, 6)).toString(), 'second')
  for (const text of ['third', 'fourth']) {
    queue.sendSync(text)
    assert.deepEqual(queue.tryReceiveInto(target), { length: text.length, priority: 0 })
    assert.equal(Buffer.from(target.subarray(0, text.length)).toString(), text)
  }
})

test('memory that was taken away meanwhile is not written to', async () => {
  const queue = freshQueue()
  const target = new Uint8Array(64)
  queue.sendSync('remember')
  queue.receiveIntoSync(target)
  const waiting = queue.receiveInto(target)
  const moved = new Uint8Array(structuredClone(target.buffer, { transfer: [target.buffer] }))
  queue.sendSync('nowhere')
  await assert.rejects(waiting, { code: 'EMSGSIZE', message: /has 0 bytes/ })
  assert.equal(Buffer.from(moved.subarray(0, 8)).toString(), 'remember')
  assert.deepEqual(drained(queue), ['0:nowhere'])
})

test('queues for reading only and for writing only', async () => {
  const name = queueName()
  using writer = PosixQueue.create(name, { ...SMALL, access: 'write' })
  using reader = PosixQueue.open(name, { access: 'read' })
  assert.deepEqual([writer.access, reader.access], ['write', 'read'])
  writer.sendSync('one way')
  assert.equal(shown(await reader.receive()), '0:one way')
  for (const one of [reader, writer]) {
    using taken = PosixQueue.from(one.duplicate().release())
    assert.equal(taken.access, one.access)
  }
})

test('messages iterates until it is aborted or left', async () => {
  const queue = freshQueue()
  const controller = new AbortController()
  const got: string[] = []
  const reading = (async () => {
    for await (const message of queue.messages({ signal: controller.signal })) {
      got.push(shown(message))
      if (got.length === 3) controller.abort('enough')
    }
  })()
  for (const text of ['a', 'b', 'c']) await queue.send(text)
  await assert.rejects(reading, (reason) => reason === 'enough')
  assert.deepEqual(got, ['0:a', '0:b', '0:c'])
  queue.sendSync('d')
  for await (const message of queue.messages()) {
    assert.equal(shown(message), '0:d')
    break
  }
})

test('setNonblocking is for other programs: the methods here go on as before', async () => {
  const queue = freshQueue()
  assert.equal(queue.attributes().nonblocking, false, 'it is never set unasked')
  await assert.rejects(queue.receive({ timeout: 1 }), { name: 'TimeoutError' })
  assert.equal(queue.attributes().nonblocking, false, 'not even by waiting on the event loop')
  queue.setNonblocking(true)
  assert.equal(queue.attributes().nonblocking, true)
  assert.equal(queue.tryReceive(), undefined)
  assert.throws(() => queue.receiveSync({ timeout: 1 }), { name: 'TimeoutError' })
  const peer = queuePeer('send', queue.name, 4, 'waited for')
  assert.equal(shown(queue.receiveSync()), '4:waited for')
  assert.equal((await peer.ended).code, 0)
  queue.setNonblocking(false)
  assert.equal(queue.attributes().nonblocking, false)
})

test('a C program and we send to each other, whoever makes the queue', async () => {
  const name = queueName()
  assert.equal((await queuePeer('create', name, 5, 100).ended).code, 0)
  using queue = PosixQueue.open(name)
  assert.deepEqual([queue.maxMessages, queue.messageSize], [5, 100])
  await queuePeer('send', name, 9, 'one', 'two').ended
  assert.deepEqual(drained(queue), ['9:one', '9:two'])
  const peer = queuePeer('receive', name, 3)
  for (const text of ['x', '', 'yy']) await queue.send(text, { priority: 1 })
  assert.equal((await peer.ended).stdout, 'ready\n1:x\n1:\n1:yy\n')
})

test('duplicate and release make one more descriptor of the same queue', () => {
  const queue = freshQueue()
  const other = queue.duplicate()
  assert.notEqual(other.fd, queue.fd)
  assert.deepEqual([other.name, other.created, other.access], [queue.name, false, 'both'])
  const number = other.release()
  assert.equal(other.closed, true)
  PosixQueue.unlink(queue.name)
  const taken = PosixQueue.from(number)
  cleanUp(() => taken.close())
  assert.deepEqual([taken.name, taken.fd, taken.created, taken.messageSize], [queue.name, number, false, 64])
  queue.sendSync('same')
  assert.deepEqual(drained(taken), ['0:same'])
})
