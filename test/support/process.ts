// What this process holds, as the kernel lists it, and how its objects are named.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Part of every name this test process creates, so that what is left behind can be told from others' objects. */
export const prefix: string = `hutong-test-${process.pid}`
/** Open descriptors of this process, as `number -> what it refers to`. */
export function descriptors(): Map<string, string> {
  const open = new Map<string, string>()
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      open.set(fd, readlinkSync(`/proc/self/fd/${fd}`))
    } catch {
      // the one that readdir itself had open
    }
  }
  return open
}

/** Pids of this process's children, zombies included. */
export function children(): string[] {
  return readdirSync('/proc/self/task').flatMap((task) => {
    try {
      return readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean)
    } catch {
      return [] // the thread has ended meanwhile
    }
  })
}
