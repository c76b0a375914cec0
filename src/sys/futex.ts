// futex(2): sleeping while a 32-bit word in shared memory has a value, and waking who sleeps. Process-shared.
import { native } from './addon.ts'
import type { BufferSource } from './native.ts'

/** The words that a futex can be: four bytes, aligned, as every element of these is. */
export type FutexWords = Int32Array | Uint32Array

function addressOfWord(words: FutexWords, index: number): number {
  if (!(words instanceof Int32Array || words instanceof Uint32Array)) {
    throw new TypeError('words must be an Int32Array or a Uint32Array')
  }
  if (!Number.isInteger(index) || index < 0 || index >= words.length) {
    throw new RangeError(`index must be a whole number from 0 to ${words.length - 1}, not ${index}`)
  }
  return native.address(words) + 4 * index
}

/** The address of a buffer's first byte. Good only for as long as the buffer is alive and not detached. */
export const addressOf: (buffer: BufferSource) => number = native.address
/** As futex_wait, by address. */
export const futexWaitAt: (address: number, expected: number, timeout: number) => number = native.futexWait
/** As futex_wake, by address. */
export const futexWakeAt: (address: number, count: number) => number = native.futexWake

/**
 * FUTEX_WAIT: blocks this thread while `words[index]` is `expected`, for at most `timeout` ms (-1: for ever). Gives 0 when
 * woken, which may also be for nothing; `-EAGAIN` when the word is something else, `-ETIMEDOUT`. EINTR is retried.
 */
export function futex_wait(words: FutexWords, index: number, expected: number, timeout = -1): number {
  return native.futexWait(addressOfWord(words, index), expected, timeout)
}

/** FUTEX_WAKE: wakes at most `count` of those who wait on `words[index]`, in any process; gives how many. */
export function futex_wake(words: FutexWords, index: number, count: number): number {
  return native.futexWake(addressOfWord(words, index), count)
}
