// Read-write locks in one thread: who may be inside together, who waits for whom, and what is refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Held, Mapping, Memfd, RwLock } from 'hutong'
import '../../support/leaks.ts'

const mapped = (length = 8192): Mapping => Mapping.anonymous(length)
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('readers are inside together, a writer alone', () => {
  using mapping = mapped()
  const lock = RwLock.initialize(mapping, 64, { readers: 4 })
  const other = RwLock.at(mapping, 64)
  assert.equal(other.readers, 4)
  const readers = [lock.tryRead(), other.tryRead(), lock.readSync(), other.readSync()]
  assert.ok(readers.every((held) => held?.ownerDied === false))
  assert.equal(lock.tryRead(), undefined, 'all slots are taken')
  assert.equal(lock.tryWrite(), undefined)
  readers[0]?.unlock()
  assert.equal(other.tryWrite(), undefined, 'three still read')
  for (const held of readers.slice(1)) held?.unlock()
  const writer = other.tryWrite()
  assert.equal(writer?.ownerDied, false)
  assert.equal(lock.tryRead(), undefined)
  assert.equal(lock.tryWrite(), undefined)
  writer.unlock()
  lock.writeSync().unlock()
  lock.readSync().unlock()
})

test('a writer that waits is not overtaken by readers that come later', async () => {
  using mapping = mapped()
  const lock = RwLock.initialize(mapping, 0)
  const order: string[] = []
  const note = (what: string) => async (waiting: Promise<Held>) => {
    using _held = await waiting
    order.push(what)
    await turn()
  }
  const first = await lock.read()
  const writing = note('writer')(lock.write())
  const reading = note('reader')(lock.read())
  await turn()
  assert.equal(lock.tryRead(), undefined, 'not even one that does not wait')
  assert.equal(lock.pending, 2)
  first.unlock()
  await Promise.all([writing, reading])
  assert.deepEqual(order, ['writer', 'reader'])
  assert.equal(lock.pending, 0)
})

test('more readers than slots wait for a slot', async () => {
  using mapping = mapped()
  const lock = RwLock.initialize(mapping, 0, { readers: 2 })
  let entered = 0
  let inside = 0
  let most = 0
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      using _held = await lock.read()
      most = Math.max(most, ++inside)
      entered++
      do await turn()
      while (entered < 2) // the first stays until the second is in, too
      inside--
    }),
  )
  assert.equal(most, 2)
})

test('blocking for what this very thread keeps is EDEADLK', async () => {
  using mapping = mapped()
  const lock = RwLock.initialize(mapping, 0)
  const deadlock = { code: 'EDEADLK' }
  const reader = lock.readSync()
  assert.throws(() => lock.writeSync(), deadlock)
  assert.throws(() => lock.writeSync({ timeout: 1000 }), deadlock)
  lock.readSync().unlock()
  const waiting = lock.write()
  await turn()
  assert.throws(() => lock.readSync(), deadlock, 'the writer that waits has the gate')
  reader.unlock()
  const writer = await waiting
  assert.throws(() => lock.readSync(), deadlock)
  assert.throws(() => lock.writeSync(), deadlock)
  writer.unlock()
})

test('who gives up leaves nothing behind, at the gate and inside', async () => {
  using mapping = mapped()
  const lock = RwLock.initialize(mapping, 0, { readers: 3 })
  const reader = lock.readSync()
  await assert.rejects(lock.write({ timeout: 1 }), { name: 'TimeoutError' })
  const controller = new AbortController()
  const waiting = ['write', 'write', 'read'] as const
  const all = waiting.map((what) => assert.rejects(lock[what]({ signal: controller.signal }), /enough/))
  await turn()
  controller.abort(new Error('enough'))
  await Promise.all(all)
  const again = lock.tryRead()
  assert.ok(again !== undefined, 'the gate is open')
  again.unlock()
  reader.unlock()
  lock.writeSync({ timeout: 0 }).unlock()
})

test('what is unlocked is unlocked once, and only what is broken is repaired', () => {
  using mapping = mapped()
  const lock = RwLock.initialize(mapping, 0)
  const writer = lock.writeSync()
  assert.throws(() => writer.makeConsistent(), { code: 'EINVAL' })
  writer.unlock()
  assert.throws(() => writer.unlock(), { code: 'EPERM' })
  assert.throws(() => writer.makeConsistent(), { code: 'EPERM' })
  writer[Symbol.dispose]()
  const reader = lock.readSync()
  assert.throws(() => reader.makeConsistent(), { code: 'EPERM' })
  reader.unlock()
  assert.throws(() => reader.unlock(), { code: 'EPERM' })
})

test('a mapping with a read-write lock that is held does not close', () => {
  const mapping = mapped()
  const lock = RwLock.initialize(mapping, 64)
  const reader = lock.readSync()
  assert.throws(() => mapping.close(), { code: 'EBUSY', message: /held by the read-write lock at offset 64/ })
  assert.throws(() => RwLock.initialize(mapping, 64), { code: 'EBUSY' })
  reader.unlock()
  mapping.close()
  assert.throws(() => lock.readSync(), { code: 'EBADF' })
})

test('bytes that are no read-write lock are refused', () => {
  using file = Memfd.create('rwlock', { size: 8192 })
  using mapping = file.map()
  const words = mapping.view(Int32Array)
  const wrong = { name: 'NotALockError', code: 'ERR_NOT_A_LOCK' }
  assert.throws(() => RwLock.at(mapping, 0), wrong)
  RwLock.initialize(mapping, 0, { readers: 1 }).writeSync().unlock()
  for (const [word, message] of [
    [1, /another version|another libc/],
    [2, /no read-write lock/],
    [16 + 4, /no robust/],
  ] as const) {
    const good = words[word] ?? 0
    words[word] = 0
    assert.throws(() => RwLock.at(mapping, 0), { ...wrong, message })
    words[word] = good
  }
  words[2] = 4096 // more slots than there is room for
  assert.throws(() => RwLock.at(mapping, 0), /RangeError: offset must leave room/)
})

test('misuse names the argument', () => {
  using mapping = mapped()
  for (const readers of [0, 4097, 1.5]) {
    assert.throws(() => RwLock.sizeFor(readers), /RangeError: readers must be/)
    assert.throws(() => RwLock.initialize(mapping, 0, { readers }), /RangeError: readers/)
  }
  assert.throws(() => RwLock.initialize(mapping, 8192 - 128), /RangeError: offset must leave room/)
  assert.throws(() => RwLock.initialize(mapping, 4), /RangeError: offset must be a multiple of/)
  assert.throws(() => RwLock.initialize({} as never, 0), /TypeError: memory/)
})
