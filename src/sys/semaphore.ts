// glibc's sem_t by its address, with nothing to marshal: native/semaphore.c.
import { native } from './addon.ts'
import type { Address } from './split-address.ts'

// Words of native/semaphore.c's block; its second double is the timeout.
const LOW = 0
const HIGH = 1
const TIMEOUT = 1
const RESULT = 4
const memory = native.semBlock()
// Where this runtime allows no buffer outside its heap, there are no mappings either, and so no semaphores.
const buffer = typeof memory === 'number' ? new ArrayBuffer(24) : memory
const block = new Int32Array(buffer)
const doubles = new Float64Array(buffer)
const { semPost, semTrywait, semTimedwait } = native

/** sem_post(3): 0, `-EOVERFLOW`, or `-EINVAL`: there is no semaphore any more. */
export function sem_post(address: Address): number {
  block[LOW] = address.low
  block[HIGH] = address.high
  semPost()
  return block[RESULT] as number
}

/** sem_trywait(3): 0, `-EAGAIN` or `-EINVAL`. */
export function sem_trywait(address: Address): number {
  block[LOW] = address.low
  block[HIGH] = address.high
  semTrywait()
  return block[RESULT] as number
}

/** sem_wait(3), blocking this thread for at most `timeout` ms (-1: for ever): 0, `-ETIMEDOUT` or `-EINVAL`. */
export function sem_timedwait(address: Address, timeout: number): number {
  block[LOW] = address.low
  block[HIGH] = address.high
  doubles[TIMEOUT] = timeout
  semTimedwait()
  return block[RESULT] as number
}
