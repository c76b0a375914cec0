// What a System V message queue does, as the man pages say it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SysvMessage, SysvQueue } from 'hutong'
import '../../support/leaks.ts'
import { cleanUp, uniqueKey } from '../../support/leaks.ts'
import { below, seeded } from '../../support/random.ts'

/** A queue that is removed with the test. */
function fresh(capacity?: number): SysvQueue {
  const queue = SysvQueue.create(uniqueKey(), { capacity })
  cleanUp(() => {
    try {
      SysvQueue.from(queue.id).remove()
    } catch {
      // the test has removed it
    }
  })
  return queue
}

const said = (message: SysvMessage | undefined): string =>
  message === undefined ? 'nothing' : `${message.type} ${Buffer.from(message.data)}`

function fill(queue: SysvQueue, ...messages: string[]): void {
  for (const message of messages) {
    const [type = '', text = ''] = message.split(' ')
    queue.sendSync(text, { type: Number(type) })
  }
}

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
  const queue = fresh()
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

test('the four ways to select by type', () => {
  const queue = fresh()
  fill(queue, '5 a', '3 b', '9 c', '3 d', '1 e', '5 f', '9 g')
  const take = (selection: Parameters<SysvQueue['tryReceive']>[0]): string =>
    said(queue.tryReceive(selection))
  assert.equal(take({ type: 4 }), 'nothing')
  assert.equal(take({ upTo: 4 }), '1 e', 'the lowest type first')
  assert.equal(take({ upTo: 4 }), '3 b', 'of one type, the oldest')
  assert.equal(take({ except: 5 }), '9 c')
  assert.equal(take({ type: 9 }), '9 g')
  assert.equal(take({ except: 3 }), '5 a')
  assert.equal(take({ upTo: 2 }), 'nothing')
  assert.equal(take({ upTo: Number.MAX_SAFE_INTEGER }), '3 d')
  assert.equal(take({ except: 5 }), 'nothing')
  assert.equal(take({}), '5 f')
})

test('selection and order agree with a model, over random traffic', () => {
  const queue = fresh()
  const random = seeded(11)
  const model: { type: number; text: string }[] = []
  const pick = (how: number, n: number): number => {
    if (how === 0) return model.findIndex(({ type }) => type === n)
    if (how === 1) return model.findIndex(({ type }) => type !== n)
    if (how === 2) return model.length === 0 ? -1 : 0
    const lowest = Math.min(...model.map(({ type }) => type))
    return lowest <= n ? model.findIndex(({ type }) => type === lowest) : -1
  }
  for (let round = 0; round < 3000; round++) {
    const n = 1 + below(random, 5)
    if (below(random, 2) === 0 && model.length < 500) {
      model.push({ type: n, text: `${round}` })
      queue.sendSync(`${round}`, { type: n })
      continue
    }
    const how = below(random, 4)
    const index = pick(how, n)
    const expected = index < 0 ? undefined : model.splice(index, 1)[0]
    const options = [{ type: n }, { except: n }, {}, { upTo: n }][how]
    assert.equal(said(queue.tryReceive(options)), expected ? `${expected.type} ${expected.text}` : 'nothing')
  }
})

test('a message longer than max stays, or is cut with truncate', async () => {
  const queue = fresh()
  const both = [
    () => queue.tryReceive({ max: 4 }),
    () => queue.receiveSync({ max: 0 }),
    () => queue.receive({ max: 4 }),
  ]
  queue.sendSync('12345')
  for (const receive of both) {
    await assert.rejects(async () => receive(), {
      code: 'E2BIG',
      syscall: 'msgrcv',
      message: /stays in the queue/,
    })
  }
  assert.equal(said(queue.tryReceive({ max: 4, truncate: true })), '1 1234')
  assert.equal(queue.tryReceive(), undefined, 'the rest is lost')
  queue.sendSync('12345')
  assert.equal(said(queue.tryReceive({ max: 5 })), '1 12345')
  queue.sendSync('12345')
  assert.equal(said(queue.receiveSync({ max: 0, truncate: true })), '1 ')
  queue.sendSync('12345')
  assert.equal(said(await queue.receive({ max: 2, truncate: true })), '1 12')
})

test('receiveInto fills the memory it is given, of any kind', async () => {
  const queue = fresh()
  const long = SysvQueue.memory(2000).fill(7)
  for (const memory of [
    new Uint8Array(600),
    Buffer.alloc(600),
    SysvQueue.memory(600),
    new Uint8Array(new SharedArrayBuffer(600)),
  ]) {
    memory.fill(0)
    queue.sendSync('one', { type: 4 })
    assert.deepEqual(queue.tryReceiveInto(memory), { type: 4, length: 3 })
    assert.equal(Buffer.from(memory.subarray(0, 5)).toString(), 'one\0\0')
    queue.sendSync('four', { type: 5 })
    assert.deepEqual(queue.receiveIntoSync(memory, { upTo: 9 }), { type: 5, length: 4 })
    queue.sendSync(long.subarray(0, 599))
    assert.deepEqual(await queue.receiveInto(memory), { type: 1, length: 599 })
    assert.ok(memory.subarray(0, 599).every((byte) => byte === 7))
    queue.sendSync(long)
    assert.throws(() => queue.tryReceiveInto(memory), { code: 'E2BIG' })
    assert.deepEqual(queue.tryReceiveInto(memory, { truncate: true }), { type: 1, length: 600 })
  }
  assert.equal(queue.tryReceiveInto(new DataView(new ArrayBuffer(3)) as unknown as Uint8Array), undefined)
})

test('memory for messages is memory like any other', () => {
  const queue = fresh()
  const memory = SysvQueue.memory(4096)
  assert.equal(memory.length, 4096)
  for (let round = 0; round < 20; round++) {
    memory.fill(round)
    const part = round % 2 === 0 ? memory : memory.subarray(0, 512 + round)
    queue.sendSync(part, { type: round + 1 })
    memory.fill(0xff)
    const into = round % 3 === 0 ? memory : SysvQueue.memory(4096)
    const { type, length } = queue.receiveIntoSync(into)
    assert.deepEqual([type, length], [round + 1, part.length])
    assert.ok(into.subarray(0, length).every((byte) => byte === round))
  }
  const moved = structuredClone(memory, { transfer: [memory.buffer as ArrayBuffer] })
  queue.sendSync(memory)
  assert.equal(queue.tryReceive()?.data.length, 0, 'what has been transferred away is empty')
  queue.sendSync(moved)
  assert.equal(queue.tryReceive()?.data.length, 4096)
})

test('peek shows the n-th message and leaves everything as it is', () => {
  const queue = fresh()
  fill(queue, '3 old', '1 middle', '2 new')
  queue.receiveSync({ type: 2 })
  fill(queue, `2 ${'x'.repeat(8192)}`)
  const before = queue.stat()
  assert.deepEqual([queue.peek(), queue.peek(1)].map(said), ['3 old', '1 middle'])
  assert.equal(queue.peek(2)?.data.length, 8192)
  assert.equal(queue.peek(3), undefined)
  assert.equal(queue.peek(Number.MAX_SAFE_INTEGER), undefined)
  assert.deepEqual(queue.stat(), before)
  assert.equal(said(queue.receiveSync()), '3 old')
})

test('what was received is never overwritten by what comes next', () => {
  const queue = fresh()
  const kept = [0, 1, 2, 3].map((n) => {
    queue.sendSync(new Uint8Array(4000 + n).fill(n))
    return queue.receiveSync().data
  })
  kept.forEach((data, n) => {
    assert.ok(data.length === 4000 + n && data.every((byte) => byte === n))
  })
})

test('stat tells what is in the queue, and who used it last and when', () => {
  const begin = Math.floor(Date.now() / 1000) * 1000
  const queue = fresh(5000)
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
  const queue = fresh()
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
  const queue = fresh(10)
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
  const queue = fresh()
  fill(queue, '1 abc', '1 de')
  const listed = SysvQueue.list().find(({ id }) => id === queue.id)
  assert.deepEqual(listed, queue.stat())
  const system = SysvQueue.system()
  assert.ok(system.queues >= 1 && system.messages >= 2 && system.bytes >= 5)
  assert.ok(system.longestMessage > 0 && system.capacity > 0 && system.mostQueues > 0)
})

test('messages() gives one after the other, as selected, until the queue is removed', async () => {
  const queue = fresh()
  fill(queue, '1 a', '2 b', '1 c')
  const got: string[] = []
  setImmediate(() => {
    fill(queue, '1 d')
    setTimeout(() => queue.remove(), 5)
  })
  for await (const message of queue.messages({ type: 1 })) got.push(said(message))
  assert.deepEqual(got, ['1 a', '1 c', '1 d'])
  for await (const message of queue.messages()) assert.fail(said(message))
})

test('messages() throws the reason of an abort, and stops when left', async () => {
  const queue = fresh()
  fill(queue, '1 a', '1 b')
  for await (const message of queue.messages()) {
    assert.equal(said(message), '1 a')
    break
  }
  const controller = new AbortController()
  const got: string[] = []
  await assert.rejects(
    async () => {
      for await (const message of queue.messages({ signal: controller.signal })) {
        got.push(said(message))
        setImmediate(() => controller.abort('enough'))
      }
    },
    (reason) => reason === 'enough',
  )
  assert.deepEqual(got, ['1 b'])
})
