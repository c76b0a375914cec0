// Robust process-shared mutexes of the running libc, by their address: native/mutex.c.
import { native } from './addon.ts'
import type { Address } from './split-address.ts'

// Words of native/mutex.c's block.
const LOW = 0
const HIGH = 1
const RESULT = 2
const WORD = 3
const SLEPT = 4
const memory = native.mutexBlock()
// Where this runtime allows no buffer outside its heap, there are no mappings either, and so no mutexes.
const block = typeof memory === 'number' ? new Int32Array(8) : new Int32Array(memory)
const { mutexTry, mutexContend, mutexUnlock } = native

/** sizeof(pthread_mutex_t). */
export const mutexSize: number = native.mutexSize
/** Its alignment. */
export const mutexAlignment: number = native.mutexAlignment
/** Where in it the word is that futex(2) knows. */
export const mutexWordOffset: number = native.mutexWordOffset

/** What lies where a mutex is looked for, in the order of native/mutex.h's mutex_kind. */
export const MUTEX_KINDS = [
  'ours',
  'none',
  'not robust',
  'not shared',
  'recursive',
  'priority inheriting',
] as const
export type MutexKind = (typeof MUTEX_KINDS)[number]

function at(address: Address): void {
  block[LOW] = address.low
  block[HIGH] = address.high
}

/** pthread_mutex_trylock(3): 0 or `-EOWNERDEAD` (locked), `-EBUSY`, `-ENOTRECOVERABLE`; `-EINVAL`: no mutex any more. */
export function mutex_trylock(address: Address): number {
  block[LOW] = address.low
  block[HIGH] = address.high
  mutexTry()
  return block[RESULT] as number
}

/** pthread_mutex_unlock(3): 0 or `-EPERM`. */
export function mutex_unlock(address: Address): number {
  block[LOW] = address.low
  block[HIGH] = address.high
  mutexUnlock()
  return block[RESULT] as number
}

/**
 * As mutex_trylock, for one who is going to sleep, or has `slept`: after `-EBUSY` the word says that somebody waits, and is
 * what to sleep on, `busyWord()`.
 */
export function mutex_contend(address: Address, slept: boolean): number {
  at(address)
  block[SLEPT] = slept ? 1 : 0
  mutexContend()
  return block[RESULT] as number
}

/** The word that mutex_contend met, with FUTEX_WAITERS in it. */
export function busyWord(): number {
  return block[WORD] as number
}

/** Locks, blocking this thread for at most `timeout` ms (negative: for ever): also `-ETIMEDOUT`, `-EDEADLK`. */
export function mutex_lock(address: Address, timeout: number): number {
  at(address)
  native.mutexLock(timeout)
  return block[RESULT] as number
}

/** pthread_mutex_consistent(3): 0 or `-EINVAL`. */
export function mutex_consistent(address: Address): number {
  at(address)
  native.mutexConsistent()
  return block[RESULT] as number
}

/**
 * pthread_mutex_init(3), robust and process-shared, of the default or of the error-checking type; `-EBUSY` if this thread
 * holds what is there.
 */
export function mutex_init(address: Address, errorCheck = false): number {
  at(address)
  block[SLEPT] = errorCheck ? 1 : 0
  native.mutexInitialize()
  return block[RESULT] as number
}

/** What lies there. */
export function mutexKind(address: Address): MutexKind {
  at(address)
  native.mutexKind()
  return MUTEX_KINDS[block[RESULT] as number] ?? 'none'
}

/** Whether this thread holds it. */
export function mutexIsOwn(address: Address): boolean {
  at(address)
  native.mutexOwn()
  return block[RESULT] === 1
}
