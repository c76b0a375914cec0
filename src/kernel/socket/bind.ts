// Giving a socket its name: bind(2). A path that is in the way is looked at closely, and never removed blindly.
import { fchmodSync, linkSync, lstatSync, renameSync, type Stats, unlinkSync } from 'node:fs'
import { constants } from '../../sys/constants.ts'
import { EADDRINUSE, EAGAIN, ECONNREFUSED, ENOENT, EPROTOTYPE } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import type { Fd } from '../../sys/fd.ts'
import * as sys from '../../sys/socket.ts'
import { openSocket } from './connect.ts'
import { encodeName, isAbstract, showName, type UnixName } from './name.ts'

/** How a socket gets its name. */
export interface BindOptions {
  /** Permissions of the path, less the umask. Who may not write may not connect. Default 0o600. */
  readonly mode?: number
  /** Takes the place of a path that a listener left behind: only after nobody answered there. Default false. */
  readonly replaceStale?: boolean
}

/** Binds, with the permissions in force from the first moment on. Throws SysError, with EADDRINUSE explained. */
export function bindTo(fd: Fd, name: UnixName, { mode = 0o600, replaceStale = false }: BindOptions): void {
  const address = encodeName(name)
  if (!isAbstract(name)) fchmodSync(fd.number, mode) // the path's inode is made with the socket's mode
  let answer = sys.bind(fd.number, address)
  if (answer === EADDRINUSE && replaceStale && !isAbstract(name) && removeStale(name as string)) {
    answer = sys.bind(fd.number, address)
  }
  if (answer >= 0) return
  const path = isAbstract(name) ? {} : { path: name as string }
  const hint = answer === EADDRINUSE ? { hint: whatIsThere(name) } : {}
  throw new SysError(answer, 'bind', { on: showName(name), ...path, ...hint })
}

/** Whether a socket answers under the name: `live`; `stale`: its path is there, and nobody has it any more. */
export function probe(name: UnixName): 'live' | 'stale' | 'absent' {
  const address = encodeName(name)
  for (const type of [constants.SOCK_STREAM, constants.SOCK_DGRAM]) {
    const fd = openSocket(type | constants.SOCK_NONBLOCK)
    const answer = sys.connect(fd.number, address)
    fd.close()
    if (answer === ENOENT) return 'absent'
    if (answer === EPROTOTYPE) continue // somebody is there, with another type
    if (answer >= 0 || answer === EAGAIN) return 'live'
    if (answer === ECONNREFUSED) return isAbstract(name) ? 'absent' : 'stale'
    throw new SysError(answer, 'connect', { on: showName(name) })
  }
  return 'live'
}

/**
 * Removes a stale path; false if it is none. It is first moved aside and proven to be the one that was probed: a listener
 * that took the path in the meantime gets it back.
 */
function removeStale(path: string): boolean {
  const found = look(path)
  if (found === undefined) return true
  if (!found.isSocket() || probe(path) !== 'stale') return false
  const aside = `${path.slice(0, 80)}.${process.pid}.${process.hrtime.bigint().toString(36)}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true // another has removed it just now
    throw error
  }
  const moved = look(aside)
  if (moved?.ino === found.ino && moved.dev === found.dev && moved.birthtimeMs === found.birthtimeMs) {
    unlinkSync(aside)
    return true
  }
  putBack(aside, path)
  return false
}

/** Under its own name again, unless another has taken that in the meantime. */
function putBack(aside: string, path: string): void {
  try {
    if (look(aside)?.isDirectory() === true) {
      renameSync(aside, path) // a folder has no second name
    } else {
      linkSync(aside, path)
      unlinkSync(aside)
    }
  } catch (error) {
    const hint = `What was there a moment ago is ${aside} now: something else came in its place.`
    throw new SysError((error as NodeJS.ErrnoException).errno ?? EADDRINUSE, 'link', { path, hint })
  }
}

function look(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}

function whatIsThere(name: UnixName): string {
  if (isAbstract(name)) return 'A socket has this name already.'
  const found = look(name as string)
  if (found === undefined) return 'It was there a moment ago: try again.'
  if (found.isSymbolicLink()) return 'A symbolic link is there.'
  if (!found.isSocket()) return 'Something that is no socket is there.'
  return probe(name) === 'stale'
    ? 'It is stale, left behind by a listener that is no more: pass `replaceStale: true`, or remove it.'
    : 'Somebody listens there.'
}
