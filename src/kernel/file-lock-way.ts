// The two ways in which the kernel locks files, and how a file is opened to be locked.
import { constants } from '../sys/constants.ts'
import { EEXIST, EINTR, ENOENT, errno } from '../sys/errno.ts'
import { must } from '../sys/error.ts'
import { Fd } from '../sys/fd.ts'
import { fcntl, openat } from '../sys/file.ts'
import { fcntlLock, fcntlLockUntil, flock, flockBytes, flockUntil } from '../sys/file-lock.ts'
import type { BufferSource } from '../sys/native.ts'

/** `free` is no lock. */
export type Mode = 'shared' | 'exclusive' | 'free'

/** How a lock is set. Each gives `>= 0` or `-errno`. */
export interface Way {
  readonly syscall: 'flock' | 'fcntl'
  /** At once, or `-EAGAIN`. */
  set(fd: number, mode: Mode): number
  /** Blocking this thread, for at most so many ms; -1: for ever. */
  setUntil(fd: number, mode: Mode, timeout: number): number
  /** The raw call that waits, for a waiting thread. */
  call(fd: number, mode: Mode): { readonly number: number; readonly args: readonly (number | BufferSource)[] }
}

const OPERATION = {
  shared: constants.LOCK_SH,
  exclusive: constants.LOCK_EX,
  free: constants.LOCK_UN,
} as const

export const flockWay: Way = {
  syscall: 'flock',
  set: (fd, mode) => flock(fd, OPERATION[mode] | constants.LOCK_NB),
  setUntil: (fd, mode, timeout) => flockUntil(fd, OPERATION[mode], timeout),
  call: (fd, mode) => ({ number: constants.SYS_flock, args: [fd, OPERATION[mode]] }),
}

export const TYPE = {
  shared: constants.F_RDLCK,
  exclusive: constants.F_WRLCK,
  free: constants.F_UNLCK,
} as const

/** Locks of an open file description on a range of bytes. */
export function recordWay(start: number, length: number): Way {
  const { F_OFD_SETLK, F_OFD_SETLKW, SYS_fcntl } = constants
  const bytes = (mode: Mode): BigInt64Array => flockBytes({ type: TYPE[mode], start, length })
  return {
    syscall: 'fcntl',
    set: (fd, mode) => fcntlLock(fd, F_OFD_SETLK, bytes(mode)),
    setUntil: (fd, mode, timeout) => fcntlLockUntil(fd, F_OFD_SETLKW, bytes(mode), timeout),
    call: (fd, mode) => ({ number: SYS_fcntl, args: [fd, F_OFD_SETLKW, bytes(mode)] }),
  }
}

/** Which file is locked: a path, opened for this lock alone, or a descriptor, whose description is shared. */
export type LockTarget = string | Fd | number

export interface OpenLockOptions {
  /** Makes the file when there is none. Default true. */
  readonly create?: boolean
  /** Permissions of a new file, less the umask. Default 0o600. */
  readonly mode?: number
}

// Not to be written: opened for reading, which is enough for flock, and for shared record locks.
const UNWRITABLE = ['EACCES', 'EROFS', 'EISDIR', 'EPERM', 'ETXTBSY'].map((name) => -(errno[name] ?? 0))

function open(path: string, flags: number, mode = 0): number {
  const always = constants.O_CLOEXEC | constants.O_NONBLOCK
  let result = openat(constants.AT_FDCWD, path, flags | always, mode)
  while (result === EINTR) result = openat(constants.AT_FDCWD, path, flags | always, mode)
  return result
}

// Not O_CREAT on what may exist: fs.protected_regular forbids that for another's file in /tmp.
function openPath(path: string, create: boolean, mode: number): number {
  for (;;) {
    const there = open(path, constants.O_RDWR)
    if (UNWRITABLE.includes(there)) return open(path, constants.O_RDONLY)
    if (there !== ENOENT || !create) return there
    const fresh = open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, mode)
    if (fresh !== EEXIST) return fresh
  }
}

/** Opens what is to be locked. */
export function openTarget(target: LockTarget, options: Required<OpenLockOptions>): Fd {
  if (target instanceof Fd) return target.duplicate(`lock on ${target.label}`)
  if (typeof target === 'number') {
    const on = `fd ${target}`
    return new Fd(must(fcntl(target, constants.F_DUPFD_CLOEXEC, 0), 'fcntl', { on }), `lock on ${on}`)
  }
  if (typeof target !== 'string') {
    throw new TypeError(`target must be a path, an Fd or a descriptor's number, not ${typeof target}`)
  }
  if (target.includes('\0')) throw new RangeError('path must not contain NUL')
  const result = openPath(target, options.create, options.mode)
  return new Fd(must(result, 'open', { path: target, on: target }), `lock on ${target}`)
}
