// /proc/locks: who holds which lock on which file, and who waits for it; proc_locks(5). The same lines stand in fdinfo,
// at the descriptors through which they are held.
import { readFileSync } from 'node:fs'
import type { FileLockState } from '../model.ts'

export interface FoundLock extends FileLockState {
  /** `major:minor:number` of the file, all decimal. */
  readonly inode: string
}

const TYPES: Readonly<Record<string, FileLockState['type']>> = {
  FLOCK: 'flock',
  OFDLCK: 'ofd',
  POSIX: 'posix',
  ACCESS: 'posix', // mandatory, before Linux 5.15
  LEASE: 'lease',
  DELEG: 'lease',
}

// 1: -> POSIX  ADVISORY  WRITE 4711 fe:00:4758301 0 EOF
const LINE = /^\d+: *(->)? *(\w+) +\w+ +(\w+) +(-?\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) (\d+) (\d+|EOF)/

/** All locks of this pid namespace's processes. */
export function listLocks(): FoundLock[] {
  try {
    return readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .flatMap((line) => parseLock(line) ?? [])
  } catch {
    return [] // a kernel without file locking
  }
}

/** One line; undefined for what is none. */
export function parseLock(line: string): FoundLock | undefined {
  const [, arrow, word = '', access, pid, major = '', minor = '', inode, start, end] = LINE.exec(line) ?? []
  const type = TYPES[word]
  if (type === undefined) return undefined
  return {
    type,
    shared: access === 'READ',
    start: Number(start),
    end: end === 'EOF' ? null : Number(end),
    waiting: arrow !== undefined,
    pid: Number(pid) > 0 ? Number(pid) : null,
    inode: `${Number.parseInt(major, 16)}:${Number.parseInt(minor, 16)}:${inode}`,
  }
}
