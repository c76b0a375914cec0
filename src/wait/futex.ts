// Waiting for a futex without blocking the event loop: on a thread of our own.
import { constants } from '../sys/constants.ts'
import { EAGAIN } from '../sys/errno.ts'
import { must } from '../sys/error.ts'
import { waitCall } from './call.ts'
import type { WaitOptions } from './options.ts'

/** What a wait for a futex is about. */
export interface FutexWait {
  /** Of the word; its memory must stay mapped until the wait has ended: hold the Mapping. */
  readonly address: number
  /** Waits while the word is this. */
  readonly expected: number
  /** What errors call it. */
  readonly name: string
  /** False: does not keep the event loop running. */
  readonly ref?: boolean
}

/**
 * Waits, on a thread of our own, while the word at `address` has the value `expected`. True: woken, perhaps for nothing;
 * false: the word is something else. Whoever gets true although it has given up meanwhile was given a wake-up that another
 * sleeper may need: it must act on it or pass it on.
 */
export async function futexWait(wait: FutexWait, options?: WaitOptions): Promise<boolean> {
  const { address, expected, name, ref = true } = wait
  const args = [address, constants.FUTEX_WAIT, expected, 0, 0, 0]
  const { result } = await waitCall({ number: constants.SYS_futex, name, args, ref }, options)
  if (result === EAGAIN) return false
  must(result, 'futex', { on: name })
  return true
}
