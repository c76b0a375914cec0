// Locks on files in one process: the two ways and three forms, conversions, and ranges.
import assert from 'node:assert/strict'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { FileLock, type FileLockOptions, LockLostError } from 'hutong'
import { constants, Fd, openat } from 'hutong/sys'
import { cleanUp, uniquePath } from '../support/leaks.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const ways = {
  flock: (path: string | Fd | number, options?: FileLockOptions) => FileLock.flock(path, options),
  record: (path: string | Fd | number, options?: FileLockOptions) => FileLock.record(path, options),
}

for (const [name, make] of Object.entries(ways)) {
  const syscall = name === 'flock' ? 'flock' : 'fcntl'

  test(`${name}: exclusive by one, shared by many, strangers in one process too`, async () => {
    const path = await uniquePath()
    using one = make(path)
    using two = make(path)
    const held = one.lockSync()
    assert.equal(held.ownerDied, false)
    assert.equal(held.shared, false)
    assert.equal(two.tryLock(), undefined)
    assert.equal(two.tryLock({ shared: true }), undefined)
    assert.throws(() => two.lockSync({ timeout: 2 }), { name: 'TimeoutError', code: 'ETIMEDOUT' })
    await assert.rejects(two.lock({ timeout: 2 }), { name: 'TimeoutError' })
    held.unlock()
    const shared = [one.tryLock({ shared: true }), two.lockSync({ shared: true, timeout: 0 })]
    assert.deepEqual(
      shared.map((each) => each?.shared),
      [true, true],
    )
    for (const each of shared) each?.unlock()
  })

  test(`${name}: who waits gets it, in order within one object`, async () => {
    const path = await uniquePath()
    using one = make(path)
    using two = make(path)
    const held = await one.lock()
    const order: string[] = []
    const waiting = [two, two, one].map(async (lock, index) => {
      using _held = await lock.lock({ timeout: 20_000 })
      order.push(`${lock === one ? 'one' : 'two'} ${index}`)
    })
    await turn()
    assert.equal(two.pending, 2)
    assert.equal(one.pending, 1)
    held.unlock()
    await Promise.all(waiting)
    assert.deepEqual(
      order.filter((entry) => entry.startsWith('two')),
      ['two 0', 'two 1'],
    )
    assert.equal(order.length, 3)
  })

  test(`${name}: an abort ends a wait, in the kernel and before it`, async () => {
    const path = await uniquePath()
    using one = make(path)
    using two = make(path)
    const held = one.lockSync()
    const controller = new AbortController()
    const { signal } = controller
    const waiting = [two, two, one].map((lock) => assert.rejects(lock.lock({ signal }), /enough/))
    await turn()
    controller.abort(new Error('enough'))
    await Promise.all(waiting)
    await assert.rejects(two.lock({ signal }), /enough/)
    held.unlock()
    two.lockSync({ timeout: 0 }).unlock()
  })

  test(`${name}: closing releases the lock and ends what waits`, async () => {
    const path = await uniquePath()
    const one = make(path)
    using two = make(path)
    const held = one.lockSync()
    const closed = { code: 'EBADF', syscall }
    const waiting = [assert.rejects(one.lock(), closed)]
    const third = make(path)
    waiting.push(assert.rejects(third.lock(), closed))
    await turn()
    third.close()
    one.close()
    one.close()
    await Promise.all(waiting)
    assert.throws(() => one.tryLock(), { code: 'EBADF' })
    assert.throws(() => held.unlock(), { code: 'EPERM' })
    held[Symbol.dispose]()
    two.lockSync({ timeout: 0 }).unlock()
  })

  test(`${name}: the corners of a held lock`, async () => {
    using lock = make(await uniquePath())
    const held = lock.lockSync()
    assert.equal(lock.tryLock(), undefined)
    assert.throws(() => lock.lockSync(), { code: 'EDEADLK', syscall })
    assert.throws(() => held.makeConsistent(), { code: 'EINVAL', syscall })
    held.unlock()
    assert.throws(() => held.unlock(), { code: 'EPERM', syscall })
    assert.throws(() => held.tryConvert({ shared: true }), { code: 'EPERM' })
    held[Symbol.dispose]()
  })

  test(`${name}: exclusive becomes shared, and shared exclusive when nobody else shares`, async () => {
    const path = await uniquePath()
    using one = make(path)
    using two = make(path)
    const held = one.lockSync()
    assert.equal(held.tryConvert({ shared: true }), true)
    assert.equal(held.shared, true)
    const other = two.lockSync({ shared: true, timeout: 0 })
    assert.equal(held.tryConvert({ shared: false }), undefined)
    assert.equal(held.shared, true)
    assert.throws(() => held.convertSync({ shared: false }, { timeout: 1 }), { name: 'TimeoutError' })
    await assert.rejects(held.convert({ shared: false }, { timeout: 1 }), { name: 'TimeoutError' })
    const converting = held.convert({ shared: false }, { timeout: 20_000 })
    await turn()
    assert.throws(() => held.unlock(), { code: 'EBUSY' })
    assert.throws(() => held.tryConvert({ shared: true }), { code: 'EBUSY' })
    other.unlock()
    await converting
    assert.equal(held.shared, false)
    assert.equal(two.tryLock({ shared: true }), undefined)
    held.convertSync({ shared: true })
    two.lockSync({ shared: true, timeout: 0 }).unlock()
    held.unlock()
    assert.throws(() => held.tryConvert({} as never), { code: 'EPERM' })
  })

  test(`${name}: a descriptor shares its lock with whoever has the description`, async () => {
    const path = await uniquePath()
    writeFileSync(path, '')
    using fd = new Fd(openat(constants.AT_FDCWD, path, constants.O_RDWR | constants.O_CLOEXEC, 0), 'file')
    using one = make(fd)
    using same = make(fd.number)
    using stranger = make(path)
    const held = one.lockSync()
    const again = same.tryLock()
    assert.ok(again !== undefined, 'it is the same lock')
    assert.equal(stranger.tryLock(), undefined)
    again.unlock()
    stranger.lockSync({ timeout: 0 }).unlock() // and so it is gone for both
    held.unlock()
    one.lockSync()
    one.close()
    stranger.lockSync({ timeout: 0 }).unlock()
  })

  test(`${name}: a hundred wait on threads of their own, and one signal ends them`, async () => {
    const path = await uniquePath()
    using holder = make(path)
    const held = holder.lockSync()
    const locks = Array.from({ length: 100 }, () => make(path))
    cleanUp(() => {
      for (const lock of locks) lock.close()
    })
    const controller = new AbortController()
    const waiting = locks.map((lock) => lock.lock({ signal: controller.signal }))
    await turn()
    controller.abort('all of you')
    const ended = await Promise.allSettled(waiting)
    assert.ok(ended.every((end) => end.status === 'rejected' && end.reason === 'all of you'))
    held.unlock()
  })
}

test('ranges that do not touch are locked at the same time; the file need not be that long', async () => {
  const path = await uniquePath()
  using first = FileLock.record(path, { start: 0, length: 10 })
  using second = FileLock.record(path, { start: 10, length: 10 })
  using rest = FileLock.record(path, { start: 19 })
  using beyond = FileLock.record(path, { start: Number.MAX_SAFE_INTEGER - 1, length: 1 })
  const held = [first.lockSync(), second.lockSync(), beyond.lockSync()]
  assert.equal(rest.tryLock(), undefined)
  assert.deepEqual(first.holder(), undefined, 'nobody but itself')
  assert.deepEqual(rest.holder(), { shared: false, start: 10, length: 10, pid: -1 })
  for (const one of held) one.unlock()
  assert.equal(rest.holder(), undefined)
  const shared = rest.lockSync({ shared: true })
  using other = FileLock.record(path)
  assert.equal(other.holder({ shared: true }), undefined, 'sharing would do')
  assert.deepEqual(other.holder(), { shared: true, start: 19, length: 0, pid: -1 })
  shared.unlock()
})

/** How many locks on the file are held now. */
function heldOn(path: string): number {
  const inode = `:${statSync(path).ino} `
  const lines = readFileSync('/proc/locks', 'utf8').split('\n')
  return lines.filter((line) => line.includes(inode) && !line.includes('->')).length
}

test('flock(2) gives a lock up before it converts it, and says when it is lost', async () => {
  const path = await uniquePath()
  using one = FileLock.flock(path, { shared: true })
  using two = FileLock.flock(path, { shared: true })
  const [first, second] = [one.lockSync(), two.lockSync()]
  const controller = new AbortController()
  const converting = first.convert({ shared: false }, { signal: controller.signal })
  converting.catch(() => {})
  while (heldOn(path) > 1) await turn() // until it waits, without the lock it had
  const lost = { name: 'LockLostError', code: 'ERR_LOCK_LOST' }
  let won = true
  try {
    won = second.tryConvert({ shared: false }) === true
  } catch (error) {
    won = false // the first was faster
    assert.ok(error instanceof LockLostError)
    await converting
  }
  if (won) {
    controller.abort('enough')
    await assert.rejects(converting, { ...lost, cause: 'enough' })
  }
  const [winner, loser] = won ? [second, first] : [first, second]
  assert.throws(() => loser.unlock(), { code: 'EPERM' })
  winner.unlock()
  one.lockSync({ timeout: 0 }).unlock()
})
