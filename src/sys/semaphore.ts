// sem_wait(3) of glibc, its slow half; native/semaphore.c.
import { native } from './addon.ts'

/**
 * Takes a unit of the sem_t at `address`, blocking this thread for at most `timeout` ms (-1: for ever). 0 or `-ETIMEDOUT`;
 * EINTR is retried.
 */
export const semaphoreWait: (address: number, timeout: number) => number = native.semaphoreWait
