// Which signals the threads of this process block, as the kernel lists it.
import { readdirSync, readFileSync } from 'node:fs'

/** `SigBlk` of every thread of this process, by its number. */
export function masks(): Map<string, bigint> {
  const found = new Map<string, bigint>()
  for (const task of readdirSync('/proc/self/task')) {
    try {
      const status = readFileSync(`/proc/self/task/${task}/status`, 'utf8')
      found.set(task, BigInt(`0x${/^SigBlk:\t(\w+)$/m.exec(status)?.[1] ?? '0'}`))
    } catch {
      // the thread has ended
    }
  }
  return found
}

/** The bit that a signal has in a mask. */
export function bit(signal: number): bigint {
  return 1n << BigInt(signal - 1)
}
