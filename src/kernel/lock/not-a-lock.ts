// Bytes that are not the lock they were taken for.
import type { MutexKind } from '../../sys/mutex.ts'

/** There is no lock of this kind at the place; nothing has been written. `found` says what is there instead. */
export class NotALockError extends Error {
  readonly code = 'ERR_NOT_A_LOCK'
  readonly found: string
  constructor(label: string, found: string, hint: string) {
    super(`${label}: ${found}. ${hint}`)
    this.name = 'NotALockError'
    this.found = found
  }
}

const SET = 'Its maker must set PTHREAD_MUTEX_ROBUST and PTHREAD_PROCESS_SHARED.'
const FOUND: Readonly<Record<Exclude<MutexKind, 'ours'>, readonly [found: string, hint: string]>> = {
  none: [
    "there is no robust, process-shared mutex of this process's libc",
    `Initialize it first; a C program must set PTHREAD_MUTEX_ROBUST and PTHREAD_PROCESS_SHARED, and use the same libc.`,
  ],
  'not robust': ['the mutex there is not robust', SET],
  'not shared': ['the mutex there is not process-shared', SET],
  recursive: ['the mutex there is recursive', 'Leave its type PTHREAD_MUTEX_DEFAULT.'],
  'priority inheriting': [
    'the mutex there has a priority protocol',
    'Leave its protocol PTHREAD_PRIO_NONE: a thread cannot wait for such a mutex on behalf of another.',
  ],
}

/** The error for a mutex of the wrong kind. */
export function notAMutex(label: string, kind: Exclude<MutexKind, 'ours'>): NotALockError {
  return new NotALockError(label, ...FOUND[kind])
}
