// Mutexes in one thread: the three forms, the order, and every error of pthread_mutex_lock(3p) and its kin.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { type Held, Mapping, Memfd, Mutex, NotALockError } from 'hutong'
import '../../support/leaks.ts'

function memory(length = 4096): Mapping {
  using file = Memfd.create('mutex', { size: length })
  return file.map()
}

test('a mutex is held by one at a time, and free again after unlock', () => {
  using mapping = memory()
  const mutex = Mutex.initialize(mapping, 64)
  const other = Mutex.at(mapping, 64)
  const held = mutex.tryLock()
  assert.equal(held?.ownerDied, false)
  assert.equal(mutex.tryLock(), undefined)
  assert.equal(other.tryLock(), undefined)
  held.unlock()
  other.lockSync().unlock()
  mutex.lockSync({ timeout: 0 }).unlock()
})

test('the wait for a mutex is served in order, and each gets it', async () => {
  using mapping = memory()
  const mutex = Mutex.initialize(mapping, 0)
  const first = await mutex.lock()
  const order: number[] = []
  const all = [1, 2, 3, 4, 5].map(async (number) => {
    using _held = await mutex.lock()
    order.push(number)
  })
  assert.equal(mutex.pending, 5)
  first.unlock()
  await Promise.all(all)
  assert.deepEqual(order, [1, 2, 3, 4, 5])
  assert.equal(mutex.pending, 0)
})

test('two objects of one mutex in one thread wait for each other, through two mappings too', async () => {
  using file = Memfd.create('mutex', { size: 4096 })
  using here = file.map()
  using there = file.map()
  const one = Mutex.initialize(here, 128)
  const two = Mutex.at(there, 128)
  const held = one.lockSync()
  const waiting = two.lock()
  await new Promise((resolve) => setImmediate(resolve))
  held.unlock()
  const got = await waiting
  assert.equal(one.tryLock(), undefined)
  got.unlock()
})

test('locking again in the same thread is EDEADLK when it blocks, and waits when it does not', async () => {
  using mapping = memory()
  const mutex = Mutex.initialize(mapping, 0)
  const held = mutex.lockSync()
  for (const options of [undefined, { timeout: 10_000 }]) {
    assert.throws(() => mutex.lockSync(options), { code: 'EDEADLK', syscall: 'pthread_mutex_lock' })
  }
  const waiting = mutex.lock()
  held.unlock()
  ;(await waiting).unlock()
})

test('unlock and makeConsistent of what is not held or not inconsistent fail as the standard says', () => {
  using mapping = memory()
  const mutex = Mutex.initialize(mapping, 0)
  const held = mutex.lockSync()
  assert.throws(() => held.makeConsistent(), { code: 'EINVAL', syscall: 'pthread_mutex_consistent' })
  held.unlock()
  assert.throws(() => held.unlock(), { code: 'EPERM', syscall: 'pthread_mutex_unlock' })
  assert.throws(() => held.makeConsistent(), { code: 'EPERM' })
  held[Symbol.dispose]() // nothing to do, nothing to say
})

test('a timeout and an abort end a wait, and the mutex goes to the others', async () => {
  using mapping = memory()
  const mutex = Mutex.initialize(mapping, 0)
  const held = mutex.lockSync()
  const controller = new AbortController()
  const timed = assert.rejects(mutex.lock({ timeout: 1 }), { name: 'TimeoutError', code: 'ETIMEDOUT' })
  const aborted = assert.rejects(mutex.lock({ signal: controller.signal }), /enough/)
  const patient = mutex.lock()
  await timed
  controller.abort(new Error('enough'))
  await aborted
  held.unlock()
  const got = await patient
  await assert.rejects(mutex.lock({ signal: controller.signal }), /enough/)
  got.unlock()
  ;(await mutex.lock({ timeout: 0 })).unlock()
})

test('a mapping with a mutex that is held or waited for does not close, move or detach', async () => {
  using file = Memfd.create('mutex', { size: 8192 })
  const mapping = file.map()
  const mutex = Mutex.initialize(mapping, 64)
  const held = mutex.lockSync()
  const waiting = mutex.lock()
  const busy = { code: 'EBUSY', message: /held by the mutex at offset 64/ }
  assert.throws(() => mapping.close(), busy)
  assert.throws(() => mapping.resize(4096), busy)
  assert.deepEqual(mapping.holders, ['the mutex at offset 64 of mapping of memfd "mutex"'])
  held.unlock()
  const got = await waiting
  assert.throws(() => mapping.close(), busy)
  got.unlock()
  assert.deepEqual(mapping.holders, [])
  mutex.lockSync().unlock()
  mapping.resize(4096)
  assert.throws(() => mutex.tryLock(), { code: 'EBADF' })
  Mutex.at(mapping, 64).lockSync().unlock()
  mapping.close()
  await assert.rejects(mutex.lock(), { code: 'EBADF' })
})

test('a mutex may lie in a SharedArrayBuffer, and in anonymous memory', () => {
  const shared = new SharedArrayBuffer(256)
  Mutex.initialize(shared, 64).lockSync().unlock()
  Mutex.at(shared, 64).lockSync().unlock()
  using anonymous = Mapping.anonymous(4096)
  Mutex.initialize(anonymous, 0).lockSync().unlock()
})

test('bytes that are no mutex are refused', () => {
  using mapping = memory()
  assert.throws(() => Mutex.at(mapping, 0), { name: 'NotALockError', code: 'ERR_NOT_A_LOCK' })
  mapping.bytes.fill(0xff)
  assert.throws(() => Mutex.at(mapping, 0), NotALockError)
  const held = Mutex.initialize(mapping, 0).lockSync()
  assert.throws(() => Mutex.initialize(mapping, 0), { code: 'EBUSY', syscall: 'pthread_mutex_init' })
  held.unlock()
})

test('misuse names the argument', () => {
  using mapping = memory()
  const at = (offset: number): Mutex => Mutex.initialize(mapping, offset)
  assert.throws(() => at(4), /RangeError: offset must be a multiple of 8/)
  assert.throws(() => at(4096 - 32), /RangeError: offset must leave room for the \d+ bytes of a mutex/)
  assert.throws(() => at(-8), /RangeError: offset/)
  assert.throws(() => Mutex.at(new Uint8Array(64) as never, 0), /TypeError: memory/)
  using file = Memfd.create('mutex', { size: 4096 })
  using readOnly = file.map({ readOnly: true })
  assert.throws(() => Mutex.at(readOnly, 0), /TypeError: memory must be writable/)
  using copy = file.map({ copyOnWrite: true })
  assert.throws(() => Mutex.at(copy, 0), /TypeError: memory must be shared/)
  const mutex = at(0)
  assert.throws(() => mutex.lockSync({ timeout: -1 }), /RangeError: timeout/)
})

test('a mutex whose memory another process cuts off says so', async () => {
  using file = Memfd.create('mutex', { size: 8192 })
  using mapping = file.map()
  const mutex = Mutex.initialize(mapping, 4096)
  mutex.lockSync().unlock()
  file.resize(4096)
  assert.throws(() => mutex.tryLock(), { code: 'ERR_MAPPING_LOST' })
  await assert.rejects(mutex.lock(), { code: 'ERR_MAPPING_LOST' })
})

test('a thousand wait, the rest of Node does not, and one signal ends them all', async () => {
  using mapping = memory()
  const mutexes = Array.from({ length: 20 }, (_, index) => Mutex.initialize(mapping, 64 * index))
  const held: Held[] = mutexes.map((mutex) => mutex.lockSync())
  const controller = new AbortController()
  const { signal } = controller
  const waiting = Array.from({ length: 1000 }, (_, index) => mutexes[index % 20]?.lock({ signal }))
  assert.ok((await readFile(new URL(import.meta.url))).length > 0)
  controller.abort('all of you')
  const ended = await Promise.allSettled(waiting)
  assert.ok(ended.every((end) => end.status === 'rejected' && end.reason === 'all of you'))
  for (const one of held) one.unlock()
  for (const mutex of mutexes) mutex.lockSync().unlock()
})
