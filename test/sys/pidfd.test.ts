import assert from 'node:assert/strict'
import { fstatSync } from 'node:fs'
import { test } from 'node:test'
import { Pipe } from 'hutong'
import { close, constants, errno, fcntl, pidfd_getfd, pidfd_open } from 'hutong/sys'
import { start } from '../support/child.ts'
import '../support/leaks.ts'

const failure = (name: string): number => -(errno[name] ?? 0)

test('pidfd_getfd gives the same open file description, close-on-exec', async () => {
  using pipe = Pipe.create()
  const child = start('sleep', ['30'], { stdio: [pipe.reader.inherit(), 'ignore', 'ignore'] })
  const pidfd = pidfd_open(child.pid, 0)
  assert.ok(pidfd >= 0)
  const fd = pidfd_getfd(pidfd, 0, 0)
  assert.ok(fd >= 0)
  assert.equal(fstatSync(fd).ino, fstatSync(pipe.reader.fd).ino)
  assert.equal(fcntl(fd, constants.F_GETFD, 0) & constants.FD_CLOEXEC, constants.FD_CLOEXEC)
  close(fd)
  assert.equal(pidfd_getfd(pidfd, 9999, 0), failure('EBADF'))
  assert.equal(pidfd_getfd(pidfd, 0, 1), failure('EINVAL'))
  child.process.kill()
  await child.ended
  assert.equal(pidfd_getfd(pidfd, 0, 0), failure('ESRCH'))
  close(pidfd)
})

test('pidfd_open names a process only', () => {
  assert.equal(pidfd_open(4_194_304, 0), failure('ESRCH'))
  assert.equal(pidfd_open(-1, 0), failure('EINVAL'))
  assert.equal(pidfd_open(process.pid, 1), failure('EINVAL'))
  assert.throws(() => pidfd_open('1' as unknown as number, 0), TypeError)
})
