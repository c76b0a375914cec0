// /proc/PID/fd and fdinfo: what a process has open. Nothing is opened by this: a link is read, and followed by stat(2).
import { type BigIntStats, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { constants } from '../../sys/constants.ts'
import type { Role } from '../model.ts'

/** A descriptor of some process. What is costly to learn is learnt when asked, and undefined once it is gone. */
export class FoundDescriptor {
  readonly pid: number
  readonly fd: number
  /** What the link says: `pipe:[12345]`, `anon_inode:[eventfd]`, a path. */
  readonly link: string
  #stat: BigIntStats | undefined | null = null

  constructor(pid: number, fd: number, link: string) {
    this.pid = pid
    this.fd = fd
    this.link = link
  }

  /** The object itself, also when its path means something else to us. */
  stat(): BigIntStats | undefined {
    if (this.#stat === null) {
      try {
        this.#stat = statSync(`/proc/${this.pid}/fd/${this.fd}`, { bigint: true })
      } catch {
        this.#stat = undefined
      }
    }
    return this.#stat
  }

  info(): DescriptorInfo | undefined {
    try {
      return parseInfo(readFileSync(`/proc/${this.pid}/fdinfo/${this.fd}`, 'utf8'))
    } catch {
      return undefined
    }
  }
}

/** The descriptors of a process; undefined if this process may not look. */
export function listDescriptors(pid: number): FoundDescriptor[] | undefined {
  let names: string[]
  try {
    names = readdirSync(`/proc/${pid}/fd`)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? [] : undefined
  }
  return names.flatMap((name) => {
    try {
      return [new FoundDescriptor(pid, Number(name), readlinkSync(`/proc/${pid}/fd/${name}`))]
    } catch {
      return [] // closed meanwhile
    }
  })
}

/** proc_pid_fdinfo(5). */
export interface DescriptorInfo {
  readonly role: Role
  readonly blocking: boolean
  /** O_PATH: names the object without having it open. */
  readonly pathOnly: boolean
  readonly fields: ReadonlyMap<string, string>
  /** Locks held through it, as in /proc/locks. */
  readonly locks: readonly string[]
}

export function parseInfo(text: string): DescriptorInfo {
  const fields = new Map<string, string>()
  const locks: string[] = []
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':')
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()]
    if (name === 'lock') locks.push(value)
    else if (colon > 0) fields.set(name, value)
  }
  const flags = Number.parseInt(fields.get('flags') ?? '0', 8)
  return {
    role: roleOf(flags & constants.O_ACCMODE),
    blocking: (flags & constants.O_NONBLOCK) === 0,
    pathOnly: (flags & constants.O_PATH) !== 0,
    fields,
    locks,
  }
}

function roleOf(access: number): Role {
  if (access === constants.O_RDONLY) return 'reader'
  return access === constants.O_WRONLY ? 'writer' : 'both'
}
