// glibc's sem_t on 64-bit machines (nptl/internaltypes.h, struct new_sem): 32 bytes, of which
//
//   word 0  the value, which is the futex          word 2  0 for the threads of one process, 128 for every process
//   word 1  how many wait                          word 3  unused, and 16 bytes more
//
// What is done with them is in native/semaphore.c.

/** sizeof(sem_t), and its alignment. */
export const SIZE = 32
export const ALIGNMENT = 8
/** SEM_VALUE_MAX. */
export const MOST = 0x7fff_ffff

const VALUE = 0
const WAITERS = 1
const SHARING = 2
const EVERY_PROCESS = 128

/** The bytes of a new semaphore, as sem_init(3) with `pshared` and sem_open(3) make them. */
export function newSemaphore(value: number): Int32Array {
  return Int32Array.of(value, 0, EVERY_PROCESS, 0, 0, 0, 0, 0)
}

/** Why these words are no semaphore that processes share, or undefined. */
export function whatIsWrong(words: Int32Array): string | undefined {
  const sharing = Atomics.load(words, SHARING)
  if (sharing === EVERY_PROCESS && unitsOf(words) >= 0) return undefined
  if (sharing === 0 && unitsOf(words) >= 0)
    return 'It is not initialised, or with a `pshared` of 0, for the threads of one process.'
  return 'There is no semaphore of glibc.'
}

/** The value now. */
export function unitsOf(words: Int32Array): number {
  return Atomics.load(words, VALUE)
}

/** How many wait now, among them those that were killed while they waited: glibc forgets nobody. */
export function waitersOf(words: Int32Array): number {
  return Atomics.load(words, WAITERS)
}
