// The end of a side that nobody wants any more.
import { type Leftover, removeLeftover } from '../leftover.ts'

/** Removes what the comparing process has made, as far as it has names, and ends this process. */
export function giveUp(leftovers: readonly Leftover[]): never {
  for (const leftover of leftovers) removeLeftover(leftover)
  process.kill(process.pid, 'SIGKILL') // process.exit would wait for a thread that is blocked in the kernel
  throw new Error('still alive')
}
