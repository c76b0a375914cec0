// Taking over a descriptor that came from outside: inherited, or received.
import { fstatSync } from 'node:fs'
import { constants } from '../../sys/constants.ts'
import { EBADF } from '../../sys/errno.ts'
import { must, SysError } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { close, dup3, fcntl, openat } from '../../sys/file.ts'
import type { Origin } from './end.ts'
import { NotAPipeError } from './not-a-pipe.ts'

const { AT_FDCWD, F_GETFL, F_SETFL, O_ACCMODE, O_CLOEXEC, O_DIRECT, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } =
  constants

/** The descriptor of an end that was taken over, and what is known of it. */
export interface Adopted {
  readonly handle: Fd
  readonly origin: Origin
}

/**
 * Takes over descriptor `fd` for reading or writing. The open file description behind it is shared with whoever handed it
 * over, and so are its flags; a description of our own is opened through /proc where that is allowed, otherwise
 * the end stays blocking and its operations wait on threads.
 */
export function adopt(fd: number, mode: 'reader' | 'writer'): Adopted {
  const label = `pipe ${mode}`
  const packets = (check(fd, mode, label) & O_DIRECT) !== 0
  const own = reopen(fd)
  const number = takePlace(own ?? fd, fd)
  return { handle: Fd.adopt(number, label), origin: { shared: own === undefined, packets } }
}

/** Throws unless it is a pipe or FIFO, open in the right way; gives its flags. */
function check(fd: number, mode: 'reader' | 'writer', label: string): number {
  if (!Number.isInteger(fd) || fd < 0 || fd > 0x7fffffff) {
    throw new RangeError(`fd must be a descriptor's number (0 or more), not ${String(fd)}`)
  }
  const on = `${label} (fd ${fd})`
  const flags = must(fcntl(fd, F_GETFL, 0), 'fcntl', {
    on,
    hint: 'Was it opened, and passed to this process?',
  })
  if (!fstatSync(fd).isFIFO()) throw new NotAPipeError(`fd ${fd}`)
  const unfit = mode === 'reader' ? O_WRONLY : O_RDONLY
  if ((flags & O_ACCMODE) === unfit) {
    const other =
      mode === 'reader'
        ? 'writing only: PipeWriter.from() takes it'
        : 'reading only: PipeReader.from() takes it'
    throw new SysError(EBADF, 'fcntl', { on, hint: `It is open for ${other}.` })
  }
  return flags
}

/** A description of our own of the same pipe, blocking at first; undefined if it cannot be had. */
function reopen(fd: number): number | undefined {
  // O_NONBLOCK, because otherwise the open itself would wait for a peer.
  const flags = fcntl(fd, F_GETFL, 0)
  const own = openat(AT_FDCWD, `/proc/self/fd/${fd}`, (flags & O_ACCMODE) | O_NONBLOCK | O_CLOEXEC, 0)
  if (own < 0) return undefined // EACCES: another user's pipe; ENOENT: no /proc; ENXIO: the readers have gone
  if (fcntl(own, F_SETFL, flags & O_DIRECT) >= 0) return own
  close(own)
  return undefined
}

/**
 * Puts `own` where `fd` was. Standard streams get a new number and leave /dev/null behind: a free 0, 1 or 2 would be
 * given to the next file that anybody opens.
 */
export function takePlace(own: number, fd: number): number {
  if (fd > 2) {
    if (own === fd) return fd
    const placed = dup3(own, fd, O_CLOEXEC)
    close(own)
    return must(placed, 'dup3', { on: `fd ${fd}` })
  }
  const number = own === fd ? must(fcntl(fd, constants.F_DUPFD_CLOEXEC, 3), 'fcntl') : own
  const nothing = openat(AT_FDCWD, '/dev/null', O_RDWR | O_CLOEXEC, 0)
  if (nothing < 0) close(number)
  must(nothing, 'open', { path: '/dev/null' })
  dup3(nothing, fd, 0)
  close(nothing)
  return number
}
