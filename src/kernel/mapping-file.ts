// Objects that can be mapped, by descriptor: opening them, their size, and reserving their space.
import { fstatSync, type Stats, statfsSync, statSync } from 'node:fs'
import { freemem } from 'node:os'
import { constants } from '../sys/constants.ts'
import { EEXIST, ENOENT, ENOMEM, ENOSPC, errno } from '../sys/errno.ts'
import { type FailedOn, must, SysError } from '../sys/error.ts'
import { Fd } from '../sys/fd.ts'
import { fallocate, ftruncate, openat, unlinkat } from '../sys/file.ts'

/** How an object is opened by path. */
export interface Opening {
  readonly path: string
  /** What errors call it. */
  readonly label: string
  readonly flags: number
  readonly mode?: number
}

const negative = (name: string): number => -(errno[name] ?? 0)
const EOPNOTSUPP = negative('EOPNOTSUPP')
const EINTR = negative('EINTR')
const ELOOP = negative('ELOOP')

/** openat(2), never following a link to create, never waiting for a FIFO's peer. Gives an Fd, or `-errno`. */
function tryOpen(opening: Opening): Fd | number {
  const { path, label, flags, mode = 0 } = opening
  const always = constants.O_CLOEXEC | constants.O_NONBLOCK
  let number = openat(constants.AT_FDCWD, path, flags | always, mode)
  while (number === EINTR) number = openat(constants.AT_FDCWD, path, flags | always, mode)
  return number < 0 ? number : new Fd(number, label)
}

function opened(result: Fd | number, opening: Opening): Fd {
  if (typeof result !== 'number') return result
  const hints: Readonly<Record<number, string>> = {
    [ENOENT]: 'It does not exist; create makes it.',
    [EEXIST]: 'It exists already; open takes what is there.',
    [ELOOP]: 'It is a symbolic link, which is not followed here.',
  }
  const hint = hints[result]
  const about = { path: opening.path, on: opening.label }
  throw new SysError(result, 'open', hint === undefined ? about : { ...about, hint })
}

function kindOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined // open(2) will say it
  }
}

// Before opening it: even a FIFO that is opened by mistake has an effect on its peers.
function refuseOdd(opening: Opening): void {
  const kind = kindOf(opening.path)
  if (kind === undefined || kind.isFile() || kind.isCharacterDevice()) return
  const about = { path: opening.path, on: opening.label }
  if (kind.isDirectory()) throw new SysError(negative('EISDIR'), 'open', about)
  const hint = 'Only files can be mapped, not FIFOs, sockets or block devices.'
  throw new SysError(negative('ENODEV'), 'open', { ...about, hint })
}

/** What must exist. */
export function openExisting(opening: Opening): Fd {
  refuseOdd(opening)
  return opened(tryOpen(opening), opening)
}

/** What must not exist: O_EXCL, which does not follow a link either. */
export function createNew(opening: Opening): Fd {
  return opened(tryOpen({ ...opening, flags: opening.flags | constants.O_CREAT | constants.O_EXCL }), opening)
}

/** What may exist; says whether it was made. */
export function openOrCreateNew(opening: Opening): { readonly fd: Fd; readonly created: boolean } {
  const { flags } = opening
  for (;;) {
    const fresh = tryOpen({ ...opening, flags: flags | constants.O_CREAT | constants.O_EXCL })
    if (typeof fresh !== 'number') return { fd: fresh, created: true }
    if (fresh !== EEXIST) opened(fresh, opening)
    refuseOdd(opening)
    const there = tryOpen({ ...opening, flags: flags | constants.O_NOFOLLOW })
    if (there !== ENOENT) return { fd: opened(there, opening), created: false }
    // Somebody removed it in between: once more.
  }
}

/** The object's size in bytes; Infinity for a device, which has none. */
export function sizeOf(fd: Fd): number {
  const about = fstatSync(fd.number)
  return about.isCharacterDevice() ? Number.POSITIVE_INFINITY : about.size
}

/** Below this, what is asked for is not compared with what there is: that takes tens of microseconds. */
const LARGE = 64 << 20
const TMPFS_MAGIC = 0x0102_1994

/**
 * A memory file system gives out more than there is, and the kernel then kills processes to find it (fallocate on a memfd
 * knows no limit at all). So a large reservation is compared with the memory that is free first.
 */
function checkMemory(fd: Fd, size: number, about: FailedOn): void {
  if (size < LARGE) return
  const { blocks, size: had } = fstatSync(fd.number)
  const more = size - Math.min(had, blocks * 512)
  if (more < LARGE || statfsSync(`/proc/self/fd/${fd.number}`).type !== TMPFS_MAGIC) return
  const { availableMemory } = process as { availableMemory?: () => number } // since Node 20.13, 22
  const free = Math.min(freemem(), availableMemory?.() ?? Number.POSITIVE_INFINITY)
  if (more <= free) return
  throw new SysError(ENOMEM, 'fallocate', {
    ...about,
    hint: `${more} bytes are more than the ${free} that are free.`,
  })
}

/**
 * Makes the object at least `size` bytes long with all of its space reserved, so that a full file system is an error
 * now (ENOSPC, EDQUOT; ENOMEM for memory that is not there) and never a SIGBUS later. Where a file system cannot reserve, it only sets the size.
 */
export function reserve(fd: Fd, size: number, path?: string): void {
  if (size === 0) return
  const about = path === undefined ? { on: `${fd}` } : { on: `${fd}`, path }
  checkMemory(fd, size, about)
  let result = fallocate(fd.number, 0, 0, size)
  while (result === EINTR) result = fallocate(fd.number, 0, 0, size)
  if (result === EOPNOTSUPP) result = sizeOf(fd) < size ? ftruncate(fd.number, size) : 0
  const hint = `Its file system has no room for ${size} bytes.`
  must(result, 'fallocate', result === ENOSPC ? { ...about, hint } : about)
}

/** ftruncate(2) to a smaller or larger size; what is added is reserved. */
export function setSize(fd: Fd, size: number, path?: string): void {
  const about = path === undefined ? { on: `${fd}` } : { on: `${fd}`, path }
  if (size > sizeOf(fd)) reserve(fd, size, path)
  else must(ftruncate(fd.number, size), 'ftruncate', about)
}

/** Runs `action`; if it throws, closes `fd` and, if `unlink` is a path, removes what was created there. */
export function orUndo<T>(fd: Fd, unlink: string | undefined, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (unlink !== undefined) unlinkat(constants.AT_FDCWD, unlink, 0)
    fd.close()
    throw error
  }
}

/** unlink(2). */
export function unlinkPath(path: string, label: string): void {
  const result = unlinkat(constants.AT_FDCWD, path, 0)
  must(result, 'unlink', { path, on: label })
}
