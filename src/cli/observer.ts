// This process looks at a host of which it is a part.
import { existsSync } from 'node:fs'
import type { Host, ObjectKind } from '../inspect/model.ts'
import { errno } from '../sys/errno.ts'
import { SysError } from '../sys/error.ts'
import { holdersOf, only } from './selection.ts'

/** Objects that outlive their users. */
const STAYING: readonly ObjectKind[] = [
  'sysv-mq',
  'sysv-sem',
  'sysv-shm',
  'posix-mq',
  'posix-sem',
  'posix-shm',
]

/** Without what this process holds alone, if it will be gone when the listing is read. */
export function withoutOurselves(host: Host): Host {
  const holders = holdersOf(host)
  return only(
    host,
    host.objects.filter(({ id, kind }) => {
      if (STAYING.includes(kind)) return true
      const held = holders.get(id) ?? []
      return held.length === 0 || held.some(({ pid }) => pid !== process.pid)
    }),
  )
}

/** Throws ESRCH for the first that is no process. */
export function checkPids(pids: readonly number[]): void {
  for (const pid of pids) if (!existsSync(`/proc/${pid}`)) throw lookError('ESRCH', pid)
}

/** EACCES: what the process holds may not be seen; ESRCH if it has ended since it was looked for. */
export function unseenError(pid: number): SysError {
  return lookError(existsSync(`/proc/${pid}`) ? 'EACCES' : 'ESRCH', pid)
}

function lookError(code: 'ESRCH' | 'EACCES', pid: number): SysError {
  return new SysError(errno[code] ?? 0, 'look at', { on: `process ${pid}` })
}
