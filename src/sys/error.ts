// SysError: a system call that failed, in the form of Node's own system errors.
import { native } from './addon.ts'
import { EBADF, errnoName } from './errno.ts'

/** What a failed call was about. */
export interface FailedOn {
  /** The object, as a user knows it: a path, a name, `pipe reader (fd 7)`. */
  readonly on?: string
  /** A path, where there is one; becomes the error's `path`. */
  readonly path?: string
  /** What to do about it; one sentence, appended to the message. */
  readonly hint?: string
}

/**
 * A system call failed. Has the fields of Node's own system errors: `code` (`'EPIPE'`), `errno` (negative), `syscall`
 * and, where there is one, `path`. Match on `code`.
 */
export class SysError extends Error {
  readonly code: string
  readonly errno: number
  readonly syscall: string
  declare readonly path?: string

  constructor(errno: number, syscall: string, about: FailedOn = {}) {
    const code = errnoName(errno)
    const object = about.on ?? about.path
    const what = object === undefined ? syscall : `${syscall} ${object}`
    const hint = about.hint === undefined ? '' : `. ${about.hint}`
    super(`${code}: ${native.strerror(Math.abs(errno))}, ${what}${hint}`)
    this.name = 'SysError'
    this.code = code
    this.errno = -Math.abs(errno)
    this.syscall = syscall
    if (about.path !== undefined) this.path = about.path
  }
}

/** Gives a result back, or throws the SysError that a negative one stands for. */
export function must(result: number, syscall: string, about?: FailedOn): number {
  if (result < 0) throw new SysError(result, syscall, about)
  return result
}

/** EBADF for an object that its owner has closed; raised before any system call. */
export function closedError(syscall: string, on: string): SysError {
  return new SysError(EBADF, syscall, { on, hint: 'It is closed.' })
}
