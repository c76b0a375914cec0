// What a System V message queue is: made, found, sent to, described, changed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SysvQueue } from 'hutong'
import '../../support/leaks.ts'
import { cleanUp, uniqueKey } from '../../support/leaks.ts'
import { fill, freshQueue, said } from '../../support/sysv-queue.ts'

test('create, open, openOrCreate, createPrivate, from: the same queue or a new one', () => {
  const key = uniqueKey()
  const made = SysvQueue.create(key)
  cleanUp(() => SysvQueue.from(made.id).remove())
  assert.deepEqual([made.created, made.key, made.closed], [true, key, false])
  assert.throws(() => SysvQueue.create(key), { code: 'EEXIST', message: /open takes what is there/ })
  const opened = SysvQueue.open(key)
  const either = SysvQueue.openOrCreate(key)
  const found = SysvQueue.from(made.id)
  for (const other of [opened, either, found]) {
    assert.deepEqual([other.created, other.key, other.id], [false, key, made.id])
  }
  opened.sendSync('to all')
  assert.equal(said(found.tryReceive()), '1 to all')

  const own = SysvQueue.createPrivate()
  cleanUp(() => own.remove())
  assert.deepEqual([own.created, own.key], [true, 0])
  assert.notEqual(own.id, made.id)
  assert.match(`${own}`, /^private message queue \(id \d+\)$/)
  assert.equal(SysvQueue.from(own.id).key, 0)
})

test('openOrCreate makes what is not there, in as many processes as there are', () => {
  const key = uniqueKey()
  const queues = [SysvQueue.openOrCreate(key), SysvQueue.openOrCreate(key)]
  assert.deepEqual(
    queues.map(({ created }) => created),
    [true, false],
  )
  queues[0]?.remove()
  const again = SysvQueue.openOrCreate(key, { mode: 0o640, capacity: 100 })
  assert.deepEqual([again.created, again.stat().capacity, again.stat().permissions.mode], [true, 100, 0o640])
  again.remove()
})

test('messages come in the order in which they were sent, with their types and bytes', async () => {
  const queue = freshQueue()
  const bytes = new Uint8Array(256).map((_, index) => index)
  await queue.send(bytes, { type: 7 })
  assert.equal(queue.trySend('', { type: Number.MAX_SAFE_INTEGER }), true)
  queue.sendSync(new Uint16Array([0x4142]))
  queue.sendSync(new DataView(bytes.buffer, 65, 2), { type: 2 })
  queue.sendSync(bytes.buffer.slice(66, 68), { type: 3 })
  queue.sendSync('grüße')
  assert.deepEqual(await queue.receive(), { type: 7, data: bytes })
  assert.deepEqual(queue.tryReceive(), { type: Number.MAX_SAFE_INTEGER, data: new Uint8Array(0) })
  assert.equal(said(queue.receiveSync()), '1 BA')
  assert.equal(said(queue.receiveSync()), '2 AB')
  assert.equal(said(await queue.receive()), '3 BC')
  assert.equal(said(await queue.receive()), '1 grüße')
  assert.equal(queue.tryReceive(), undefined)
})

test('stat tells what is in the queue, and who used it last and when', () => {
  const begin = Math.floor(Date.now() / 1000) * 1000
  const queue = freshQueue({ capacity: 5000 })
  const empty = queue.stat()
  const id = process.getuid?.()
  assert.deepEqual(empty, {
    id: queue.id,
    permissions: {
      key: queue.key,
      uid: id,
      gid: process.getgid?.(),
      cuid: id,
      cgid: process.getgid?.(),
      mode: 0o600,
      sequence: empty.permissions.sequence,
    },
    messages: 0,
    bytes: 0,
    capacity: 5000,
    lastSender: 0,
    lastReceiver: 0,
    sentAt: undefined,
    receivedAt: undefined,
    changedAt: empty.changedAt,
  })
  fill(queue, '1 one', '2 three')
  queue.receiveSync()
  const used = queue.stat()
  assert.deepEqual([used.messages, used.bytes], [1, 5])
  assert.deepEqual([used.lastSender, used.lastReceiver], [process.pid, process.pid])
  for (const at of [used.changedAt, used.sentAt, used.receivedAt]) {
    assert.ok(at !== undefined && at.getTime() >= begin && at.getTime() <= Date.now())
  }
})

test('set changes mode, owner and capacity, and leaves the rest', () => {
  const queue = freshQueue()
  const { capacity } = queue.stat()
  queue.set({ mode: 0o640 })
  assert.deepEqual([queue.stat().permissions.mode, queue.stat().capacity], [0o640, capacity])
  queue.set({ capacity: 64 })
  assert.deepEqual([queue.stat().permissions.mode, queue.stat().capacity], [0o640, 64])
  queue.set({ uid: process.getuid?.(), gid: process.getgid?.() })
  queue.set({})
  queue.set({ mode: 0o200 }) // its owner may change it without being allowed to read it
  queue.set({ mode: 0o600 })
  assert.equal(queue.stat().capacity, 64)
})

test('the capacity limits bytes and messages; a full queue is told from a message that never fits', () => {
  const queue = freshQueue({ capacity: 10 })
  assert.equal(queue.trySend('123456'), true)
  assert.equal(queue.trySend('12345'), undefined, '6 + 5 bytes are more than 10')
  assert.equal(queue.trySend('1234'), true)
  assert.equal(queue.trySend('x'), undefined)
  queue.tryReceive()
  queue.tryReceive()
  for (let n = 0; n < 10; n++) assert.equal(queue.trySend(''), true)
  assert.equal(queue.trySend(''), undefined, 'as many empty messages as bytes')
  const tooLong = {
    code: 'EINVAL',
    message: /The message has 11 bytes, the queue has room for 10 in all: set\(/,
  }
  assert.throws(() => queue.trySend('12345678901'), tooLong)
  assert.throws(() => queue.sendSync('12345678901', { timeout: 1000 }), tooLong)
  queue.set({ capacity: 11 })
  for (let n = 0; n < 10; n++) queue.tryReceive()
  SysvQueue.open(queue.key).set({ capacity: 12 })
  assert.equal(queue.trySend('123456789012'), true, 'also when another raised it')
})

test('the list and the limits of the system', () => {
  const queue = freshQueue()
  fill(queue, '1 abc', '1 de')
  const listed = SysvQueue.list().find(({ id }) => id === queue.id)
  assert.deepEqual(listed, queue.stat())
  const system = SysvQueue.system()
  assert.ok(system.queues >= 1 && system.messages >= 2 && system.bytes >= 5)
  assert.ok(system.longestMessage > 0 && system.capacity > 0 && system.mostQueues > 0)
})
