// The name of a FIFO: making it, and what it stands for.
import { lstatSync, type Stats, statSync } from 'node:fs'
import { constants } from '../sys/constants.ts'
import { errno } from '../sys/errno.ts'
import { SysError } from '../sys/error.ts'
import { mkfifoat } from '../sys/pipe.ts'
import { checkMode } from './mapping-options.ts'

/** How a FIFO is made. */
export interface FifoOptions {
  /** Permissions, less the bits of the process's umask: 0 to 0o7777, default 0o600. */
  readonly mode?: number
}

/** TypeError or RangeError unless it can be a path. */
export function checkPath(path: unknown): string {
  if (typeof path !== 'string') throw new TypeError(`path must be a string, not ${typeof path}`)
  if (path.includes('\0')) throw new RangeError('path must not contain NUL')
  return path
}

/** mkfifo(3): 0, or `-errno`. Never follows a link at the path's end. */
export function makeAt(path: string, options: FifoOptions): number {
  checkPath(path)
  if (typeof options !== 'object' || options === null) throw new TypeError('options must be an object')
  return mkfifoat(constants.AT_FDCWD, path, checkMode(options.mode ?? 0o600))
}

/** stat(2), or lstat(2); what it failed with is given, not thrown. */
export function statOf(path: string, follow: boolean): Stats | SysError {
  try {
    return follow ? statSync(path) : lstatSync(path)
  } catch (error) {
    const { errno: failed } = error as NodeJS.ErrnoException
    if (failed === undefined) throw error
    return new SysError(failed, follow ? 'stat' : 'lstat', { path })
  }
}

export function linkError(path: string): SysError {
  return new SysError(errno['ELOOP'] ?? 0, 'open', {
    path,
    hint: 'It is a symbolic link, which only Fifo.open() follows.',
  })
}
