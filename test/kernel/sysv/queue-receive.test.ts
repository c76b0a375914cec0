// Receiving from a System V message queue: which message, how much of it, and where it goes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SysvQueue } from 'hutong'
import '../../support/leaks.ts'
import { below, seeded } from '../../support/random.ts'
import { fill, freshQueue, said } from '../../support/sysv-queue.ts'

test('the four ways to select by type', () => {
  const queue = freshQueue()
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
  const queue = freshQueue()
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
  const queue = freshQueue()
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
  const queue = freshQueue()
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
  const queue = freshQueue()
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
  const queue = freshQueue()
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
  const queue = freshQueue()
  const kept = [0, 1, 2, 3].map((n) => {
    queue.sendSync(new Uint8Array(4000 + n).fill(n))
    return queue.receiveSync().data
  })
  kept.forEach((data, n) => {
    assert.ok(data.length === 4000 + n && data.every((byte) => byte === n))
  })
})

test('messages() gives one after the other, as selected, until the queue is removed', async () => {
  const queue = freshQueue()
  fill(queue, '1 a', '2 b', '1 c')
  const got: string[] = []
  for await (const message of queue.messages({ type: 1 })) {
    got.push(said(message))
    if (got.length === 2) setImmediate(() => fill(queue, '1 d'))
    if (got.length === 3) setImmediate(() => queue.remove())
  }
  assert.deepEqual(got, ['1 a', '1 c', '1 d'])
  for await (const message of queue.messages()) assert.fail(said(message))
})

test('messages() throws the reason of an abort, and stops when left', async () => {
  const queue = freshQueue()
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
