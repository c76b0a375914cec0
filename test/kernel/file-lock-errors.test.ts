// Locks on files: which files can be locked, and the errors of flock(2) and fcntl(2).
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { FileLock, SysError } from 'hutong'
import { constants, errno, Fd, fcntlLock, flock, flockBytes, openat } from 'hutong/sys'
import { uniquePath } from '../support/leaks.ts'

test('a file that is missing is made, with its mode, unless it is not to be', async () => {
  const path = await uniquePath()
  assert.throws(() => FileLock.flock(path, { create: false }), { code: 'ENOENT', path })
  FileLock.flock(path, { mode: 0o640 }).close()
  assert.equal(statSync(path).mode & 0o777, 0o640 & ~process.umask())
  assert.throws(() => FileLock.flock(`${path}/below`), { code: 'ENOTDIR' })
  FileLock.flock(path, { create: false }).close()
})

test('what cannot be written is locked by flock, and for sharing only by record locks', async () => {
  const folder = await uniquePath()
  mkdirSync(folder)
  using lock = FileLock.flock(folder)
  lock.lockSync().unlock()
  const fd = openat(constants.AT_FDCWD, await made(), constants.O_RDONLY | constants.O_CLOEXEC, 0)
  using file = new Fd(fd, 'file')
  using record = FileLock.record(file)
  record.lockSync({ shared: true }).unlock()
  assert.throws(
    () => record.lockSync(),
    (error) =>
      error instanceof SysError && error.code === 'EBADF' && /opened for writing/.test(error.message),
  )
  await assert.rejects(record.lock(), { code: 'EBADF', syscall: 'fcntl' })
  assert.throws(() => record.tryLock(), { code: 'EBADF' })
  record.lockSync({ shared: true }).unlock()
})

async function made(): Promise<string> {
  const path = await uniquePath()
  writeFileSync(path, '')
  chmodSync(path, 0o600)
  return path
}

test('the system calls themselves: EBADF, EINVAL, EWOULDBLOCK', async () => {
  const code = (name: string): number => -(errno[name] ?? 0)
  assert.equal(flock(-1, constants.LOCK_SH), code('EBADF'))
  const path = await made()
  using one = new Fd(openat(constants.AT_FDCWD, path, constants.O_RDWR, 0), 'one')
  using two = new Fd(openat(constants.AT_FDCWD, path, constants.O_RDWR, 0), 'two')
  assert.equal(flock(one.number, 0), code('EINVAL'))
  assert.equal(flock(one.number, constants.LOCK_EX), 0)
  assert.equal(flock(two.number, constants.LOCK_SH | constants.LOCK_NB), code('EWOULDBLOCK'))
  const { F_OFD_SETLK, F_WRLCK } = constants
  const whole = { type: F_WRLCK, start: 0, length: 0 }
  assert.equal(fcntlLock(-1, F_OFD_SETLK, flockBytes(whole)), code('EBADF'))
  assert.equal(fcntlLock(one.number, F_OFD_SETLK, flockBytes({ ...whole, type: 99 })), code('EINVAL'))
  assert.equal(fcntlLock(one.number, F_OFD_SETLK, flockBytes({ ...whole, start: -1 })), code('EINVAL'))
  const bytes = flockBytes(whole)
  bytes[1] = 2n ** 63n - 1n
  bytes[2] = 2n
  assert.equal(fcntlLock(one.number, F_OFD_SETLK, bytes), code('EOVERFLOW'))
  bytes.set([BigInt(F_WRLCK), 0n, 0n, 1n]) // l_pid must be 0
  assert.equal(fcntlLock(one.number, F_OFD_SETLK, bytes), code('EINVAL'))
  assert.throws(
    () => fcntlLock(one.number, F_OFD_SETLK, new Uint8Array(8)),
    /TypeError: lock must be a struct flock/,
  )
})

test('misuse names the argument', async () => {
  const path = await uniquePath()
  for (const make of [FileLock.flock, FileLock.record] as const) {
    assert.throws(() => make({} as never), /TypeError: target must be a path/)
    assert.throws(() => make('a\0b'), /RangeError: path must not contain NUL/)
    assert.throws(() => make(path, { shared: 1 as never }), /TypeError: shared must be/)
    assert.throws(() => make(path, { mode: -1 }), /RangeError: mode/)
    assert.throws(() => make(path, null as never), /TypeError: options/)
    assert.throws(() => make(99_999), { code: 'EBADF' })
    using lock = make(path)
    assert.throws(() => lock.tryLock({ shared: 0 as never }), /TypeError: shared/)
    assert.throws(() => lock.lockSync({ timeout: -1 }), /RangeError: timeout/)
    await assert.rejects(lock.lock({ timeout: Number.NaN }), /RangeError: timeout/)
    using held = lock.lockSync()
    assert.throws(() => held.tryConvert({} as never), /TypeError: shared/)
  }
  assert.throws(() => FileLock.record(path, { start: -1 }), /RangeError: start/)
  assert.throws(() => FileLock.record(path, { length: 0.5 }), /RangeError: length/)
})
