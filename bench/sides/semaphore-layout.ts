// Where the two POSIX semaphores of a ping-pong lie: as in bench/c/semaphore.c.

/** The descriptor of their memory. */
export const MEMORY = 3
/** Bytes from one to the other: no cache line holds both. */
export const LINE = 128
export const LENGTH = 4096
