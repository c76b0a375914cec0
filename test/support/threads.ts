// Threads of this process that sleep in a system call.
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** How many threads are in system call `number` now. */
export function threadsIn(number: number): number {
  return readdirSync('/proc/self/task').filter((task) => {
    try {
      return readFileSync(`/proc/self/task/${task}/syscall`, 'utf8').startsWith(`${number} `)
    } catch {
      return false // the thread has ended meanwhile
    }
  }).length
}

/** Resolves when exactly `count` threads are in system call `number`. */
export async function untilThreadsIn(number: number, count: number): Promise<void> {
  while (threadsIn(number) !== count) await sleep(1)
}
