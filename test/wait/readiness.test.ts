import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { constants, Fd, fcntl, pipe2, read, write } from 'hutong/sys'
import { Readiness } from '#src/wait/readiness.ts'
import { cleanUp } from '../support/leaks.ts'

let reader: Fd
let writer: Fd
let ready: Readiness
const byte = new Uint8Array(1)

beforeEach(() => {
  const ends = pipe2(constants.O_CLOEXEC)
  assert.ok(Array.isArray(ends))
  reader = new Fd(ends[0], 'reader')
  writer = new Fd(ends[1], 'writer')
  ready = new Readiness(reader)
  cleanUp(() => {
    reader.close()
    writer.close()
  })
})

const take = (): number => read(reader.number, byte)

test('an operation that can be done is done at once', async () => {
  write(writer.number, byte)
  assert.equal(await ready.whenReadable(take), 1)
  assert.equal(ready.pending, 0)
})

test('one that would block waits for the kernel', async () => {
  const waiting = ready.whenReadable(take)
  assert.equal(ready.pending, 1)
  write(writer.number, byte)
  assert.equal(await waiting, 1)
})

test('operations are served in the order in which they came, and do not overtake', async () => {
  const order: string[] = []
  const first = ready.whenReadable(take).then(() => order.push('first'))
  const second = ready.whenReadable(take).then(() => order.push('second'))
  write(writer.number, new Uint8Array(2))
  const third = ready.whenReadable(take).then(() => order.push('third'))
  write(writer.number, byte)
  await Promise.all([first, second, third])
  assert.deepEqual(order, ['first', 'second', 'third'])
})

test('an abort rejects with its reason and takes nothing', async () => {
  const reason = new Error('enough')
  const controller = new AbortController()
  const given = ready.whenReadable(take, { signal: controller.signal })
  const kept = ready.whenReadable(take)
  controller.abort(reason)
  await assert.rejects(given, reason)
  write(writer.number, byte)
  assert.equal(await kept, 1)
})

test('a signal that has aborted already rejects before anything is tried', async () => {
  write(writer.number, byte)
  await assert.rejects(ready.whenReadable(take, { signal: AbortSignal.abort() }), { name: 'AbortError' })
  assert.equal(await ready.whenReadable(take), 1)
})

test('a timeout rejects with TimeoutError, also one of 0', async () => {
  for (const timeout of [0, 5]) {
    await assert.rejects(ready.whenReadable(take, { timeout }), { name: 'TimeoutError', code: 'ETIMEDOUT' })
  }
  assert.equal(ready.pending, 0)
})

for (const timeout of [-1, Number.NaN, 2 ** 31]) {
  test(`a timeout of ${timeout} is a RangeError that names it`, async () => {
    await assert.rejects(ready.whenReadable(take, { timeout }), {
      name: 'RangeError',
      message: /^timeout must be/,
    })
  })
}

test('closing rejects what waits with EBADF', async () => {
  const waiting = ready.whenReadable(take)
  reader.close()
  await assert.rejects(waiting, { code: 'EBADF' })
})

test('an attempt that throws rejects its own operation only', async () => {
  let calls = 0
  const failing = ready.whenReadable(() => {
    if (calls++ > 0) throw new Error('mine')
    return -11
  })
  const following = ready.whenReadable(take)
  write(writer.number, byte)
  await assert.rejects(failing, { message: 'mine' })
  assert.equal(await following, 1)
})

test('the end of the stream wakes a reader', async () => {
  const waiting = ready.whenReadable(take)
  writer.close()
  assert.equal(await waiting, 0)
})

test('a broken pipe wakes a writer', async () => {
  const writable = new Readiness(writer)
  writable.makeNonblocking()
  while (write(writer.number, new Uint8Array(65536)) > 0);
  const waiting = writable.whenWritable(() => write(writer.number, byte))
  reader.close()
  assert.equal(await waiting, -32)
})

test('the description is made non-blocking when needed and blocking again on demand', async () => {
  const isNonblocking = (): boolean =>
    (fcntl(reader.number, constants.F_GETFL, 0) & constants.O_NONBLOCK) !== 0
  assert.equal(isNonblocking(), false)
  const waiting = ready.whenReadable(take)
  assert.equal(isNonblocking(), true)
  assert.throws(() => ready.makeBlocking(), { code: 'EBUSY' })
  write(writer.number, byte)
  await waiting
  ready.makeBlocking()
  assert.equal(isNonblocking(), false)
  const again = ready.whenReadable(take)
  write(writer.number, byte)
  assert.equal(await again, 1)
})

test('a chain of operations that succeed at once leaves timers their turn', async () => {
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  const end = performance.now() + 100
  while (performance.now() < end) {
    write(writer.number, byte)
    await ready.whenReadable(take)
  }
  clearInterval(timer)
  assert.ok(turns > 1, `${turns} turns`)
})
