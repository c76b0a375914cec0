// Shared memory that nobody uses: proven by the kernel, not by looking through /proc, where other users' processes and
// other containers do not show.
import { fstatSync, lstatSync } from 'node:fs'
import { constants as system } from 'node:os'
import { constants } from '../sys/constants.ts'
import { EAGAIN, ENOENT } from '../sys/errno.ts'
import { must, SysError } from '../sys/error.ts'
import { Fd } from '../sys/fd.ts'
import { fcntl, openat, unlinkat } from '../sys/file.ts'

/**
 * Removes the name if no other process on this machine has the file open or mapped, in whatever container; false if one
 * has. A write lease (fcntl(2), F_SETLEASE) is granted only then, and whoever opens the file meanwhile waits until the
 * name is gone. Errors: those of open(2); EACCES for another user's file; EINVAL where the file system knows no leases;
 * ENOENT when the name is gone, or another file's, by now.
 */
export function unlinkIfUnused(path: string): boolean {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_CLOEXEC
  using fd = new Fd(must(openat(constants.AT_FDCWD, path, flags, 0), 'open', { path }), 'file')
  // The notice that somebody wants to open it: SIGIO would end this process, SIGURG is ignored.
  must(fcntl(fd.number, constants.F_SETSIG, system.signals.SIGURG), 'fcntl', { path })
  const granted = fcntl(fd.number, constants.F_SETLEASE, constants.F_WRLCK)
  if (granted === EAGAIN) return false
  must(granted, 'fcntl', { path })
  const [proven, named] = [fstatSync(fd.number, { bigint: true }), lstatSync(path, { bigint: true })]
  if (proven.ino !== named.ino)
    throw new SysError(ENOENT, 'unlink', { path, hint: 'It was replaced meanwhile.' })
  must(unlinkat(constants.AT_FDCWD, path, 0), 'unlink', { path })
  return true // closing the descriptor gives the lease back
}
