// Threads of this process that sleep in a system call.
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** The threads that sleep in system call `number` now. One that has been woken and has not run yet is none of them. */
export function threadsIn(number: number): string[] {
  return readdirSync('/proc/self/task').filter((task) => {
    try {
      return readFileSync(`/proc/self/task/${task}/syscall`, 'utf8').startsWith(`${number} `)
    } catch {
      return false // the thread has ended meanwhile
    }
  })
}

/** Resolves when exactly `count` threads are in system call `number`. */
export async function untilThreadsIn(number: number, count: number): Promise<void> {
  while (threadsIn(number).length !== count) await sleep(1)
}

/** Resolves when these threads have ended. */
export async function untilEnded(threads: readonly string[]): Promise<void> {
  while (readdirSync('/proc/self/task').some((task) => threads.includes(task))) await sleep(1)
}
