// What this process holds, as the kernel lists it, and how its objects are named.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Part of every name this test process creates, so that what is left behind can be told from others' objects. */
export const prefix: string = `hutong-test-${process.pid}`

/** Open descriptors of a process (this one), as `number -> what it refers to`; none of one that has ended. */
export function descriptors(pid: number | 'self' = 'self'): Map<string, string> {
  const open = new Map<string, string>()
  for (const fd of unlessGone(() => readdirSync(`/proc/${pid}/fd`)) ?? []) {
    // Closed meanwhile: the one that readdir itself had open, a library that a program was loading.
    const target = unlessGone(() => readlinkSync(`/proc/${pid}/fd/${fd}`))
    if (target !== undefined) open.set(fd, target)
  }
  return open
}

/** What a look at /proc gives, or nothing if the process, thread or descriptor is no more. */
function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return undefined
    throw error
  }
}

/** Pids of this process's children, zombies included. */
export function children(): string[] {
  return readdirSync('/proc/self/task').flatMap((task) => {
    const pids = unlessGone(() => readFileSync(`/proc/self/task/${task}/children`, 'utf8'))
    return pids?.split(' ').filter(Boolean) ?? []
  })
}
