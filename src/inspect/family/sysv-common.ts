// What the three kinds of System V objects have in common.
import type { SysvKey } from '../../address/index.ts'
import { textOf } from '../address.ts'
import type { Attachment, IpcObject, LastUse, Process, Role } from '../model.ts'
import type { SysvLine } from '../proc/sysvipc.ts'

type Scheme = 'sysv-mq' | 'sysv-sem' | 'sysv-shm'

/** Fields of every kind. The lines' columns are those of proc_sysvipc(5). */
export function common(kind: Scheme, identifier: number, line: SysvLine) {
  const key = field(line, 'key') >>> 0
  return {
    id: `${kind}:[${identifier}]`,
    name: key === 0 ? `id:${identifier}` : keyName(key),
    address: addressOf(kind, key === 0 ? { by: 'id', id: identifier } : { by: 'key', key }),
    owner: { uid: field(line, 'uid'), gid: field(line, 'gid') },
    mode: field(line, 'perms') & 0o777,
    key,
    identifier,
    creator: { uid: field(line, 'cuid'), gid: field(line, 'cgid') },
    changedAt: time(field(line, 'ctime')),
  }
}

function addressOf(kind: Scheme, key: SysvKey): string | null {
  return textOf({ kind, key, options: {} })
}

export function field(line: SysvLine, name: string): number {
  return line[name] ?? 0
}

/** As ipcs(1) prints it. */
function keyName(key: number): string {
  return `0x${key.toString(16).padStart(8, '0')}`
}

/** Seconds after 1970 as ISO 8601; null for 0, which means never. */
export function time(seconds: number): string | null {
  return seconds === 0 ? null : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
}

/** A pid that the object remembers; null for none, or one that our pid namespace has no number for. */
export function remembered(pid: number): number | null {
  return pid > 0 ? pid : null
}

/** Clock ticks per second in /proc: the same on every machine (USER_HZ). */
const TICKS = 100

export interface Use {
  readonly pid: number | null
  readonly as: LastUse['as']
  readonly role: Role
  /** When it was used, ISO 8601. */
  readonly at: string | null
}

/** What is known of processes, to tell whether those that an object remembers are still the same ones. */
export class Users {
  readonly #processes: ReadonlyMap<number, Process>
  readonly #boot: number

  constructor(processes: ReadonlyMap<number, Process>, bootSeconds: number) {
    this.#processes = processes
    this.#boot = bootSeconds
  }

  /** Attachments of those that live. A process younger than the use only has the same number. */
  attachments(object: Pick<IpcObject, 'id'>, uses: readonly Use[]): Attachment[] {
    return uses.flatMap(({ pid, as, role, at }): Attachment[] => {
      const process = pid === null ? undefined : this.#processes.get(pid)
      if (process === undefined || hasEnded(process) || at === null) return []
      // A second of doubt each: both are rounded.
      const started = this.#boot + process.startTime / TICKS - 2
      if (started > Date.parse(at) / 1000) return []
      return [{ object: object.id, pid: process.pid, role, through: { by: 'last use', as } }]
    })
  }

  /**
   * Whether those who used it have all ended; null if none is known. By the number alone: a clock that was set would
   * make a living user look like a younger process.
   */
  haveEnded(uses: readonly Use[]): boolean | null {
    const known = uses.flatMap(({ pid }) => (pid === null ? [] : [pid]))
    const unknown = uses.some(({ pid, at }) => pid === null && at !== null)
    if (known.some((pid) => this.#lives(pid))) return false
    return unknown || known.length === 0 ? null : true
  }

  #lives(pid: number): boolean {
    const process = this.#processes.get(pid)
    if (process !== undefined) return !hasEnded(process)
    return exists(pid) // a kernel thread, or one that /proc hides (hidepid=)
  }
}

function hasEnded({ state }: Process): boolean {
  return state === 'Z' || state === 'X'
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
