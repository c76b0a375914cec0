// /proc/PID/maps: the files and shared memory that a process has mapped.
import { readFileSync, statSync } from 'node:fs'
import type { Role } from '../model.ts'

/** A mapping of some object by some process. */
export interface FoundRegion {
  readonly pid: number
  /** Hexadecimal, both; the last address is the first one after it. */
  readonly from: string
  readonly to: string
  readonly role: Role
  readonly shared: boolean
  readonly offset: number
  /** `major:minor` in decimal, as `deviceText` writes it. */
  readonly device: string
  readonly inode: string
  /** As the kernel prints it, ` (deleted)` cut off. */
  readonly path: string
  readonly deleted: boolean
}

const LINE = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) ([0-9a-f]+) ([0-9a-f]+):([0-9a-f]+) ([0-9]+) +(\/.*)$/

/** The mappings of a process that have an inode; undefined if this process may not look. */
export function listRegions(pid: number): FoundRegion[] | undefined {
  try {
    return parseMaps(pid, readFileSync(`/proc/${pid}/maps`, 'utf8'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ESRCH' ? [] : undefined
  }
}

export function parseMaps(pid: number, text: string): FoundRegion[] {
  return text.split('\n').flatMap((line) => {
    const [, from, to, flags, offset, major, minor, inode, name] = LINE.exec(line) ?? []
    if (from === undefined || to === undefined || flags === undefined || name === undefined) return []
    return [
      {
        pid,
        from,
        to,
        role: roleOf(flags),
        shared: flags.endsWith('s'),
        offset: Number.parseInt(offset ?? '0', 16),
        device: `${Number.parseInt(major ?? '0', 16)}:${Number.parseInt(minor ?? '0', 16)}`,
        inode: inode ?? '0',
        // Only a newline is escaped in this file, and a backslash is not: `\012` is taken for a newline.
        path: name.replace(/ \(deleted\)$/, '').replaceAll('\\012', '\n'),
        deleted: name.endsWith(' (deleted)'),
      },
    ]
  })
}

/** Bytes of the mapped object, looking through the mapping: needs CAP_CHECKPOINT_RESTORE (proc_pid_map_files(5)). */
export function sizeThrough({ pid, from, to }: FoundRegion): number | undefined {
  try {
    return statSync(`/proc/${pid}/map_files/${from}-${to}`).size
  } catch {
    return undefined
  }
}

function roleOf(flags: string): Role {
  const reads = flags[0] === 'r'
  // A write to a private mapping stays in the process.
  const writes = flags[1] === 'w' && flags[3] === 's'
  if (writes) return reads ? 'both' : 'writer'
  return reads ? 'reader' : 'none'
}

/** st_dev as `major:minor`, in the coding of the kernel's new_encode_dev. */
export function deviceText(device: bigint): string {
  const major = (device >> 8n) & 0xfffn
  const minor = (device & 0xffn) | ((device >> 12n) & 0xfff00n)
  return `${major}:${minor}`
}
