// POSIX queues and semaphores: mq_overview(7), sem_overview(7); locks on files: flock(2), fcntl(2).
import type { Common } from './common.ts'

/** A POSIX message queue. */
export interface PosixQueueObject extends Common {
  readonly kind: 'posix-mq'
  /** Messages queued, messages that fit, bytes of the longest; null if it may not be asked. */
  readonly messages: number | null
  readonly maxMessages: number | null
  readonly messageSize: number | null
  /** Bytes of all messages; null if it may not be asked. */
  readonly queued: number | null
  /** Who is told of the first message, mq_notify(3); null: nobody, or it may not be asked. */
  readonly notifies: number | null
  /** Its name is gone: it ends with its last user. */
  readonly deleted: boolean
  /** No process has it open; null if some processes cannot be seen and none of the others has. */
  readonly orphan: boolean | null
}

/** A named POSIX semaphore, sem_open(3). */
export interface PosixSemaphoreObject extends Common {
  readonly kind: 'posix-sem'
  /** Null if it may not be read. */
  readonly value: number | null
  /** Threads that wait, or were killed while they did; null if it may not be read. */
  readonly waiting: number | null
  readonly deleted: boolean
  /** No process has it open or mapped; null if some processes cannot be seen and none of the others has. */
  readonly orphan: boolean | null
}

/** A file, or whatever else has an inode, with locks on it. */
export interface LockObject extends Common {
  readonly kind: 'lock'
  /** As one of its users sees it; null if none that can be seen has it open. */
  readonly path: string | null
  readonly locks: readonly FileLockState[]
}

/** A line of /proc/locks. */
export interface FileLockState {
  /** flock(2); open file description locks and process locks of fcntl(2); leases and delegations. */
  readonly type: 'flock' | 'ofd' | 'posix' | 'lease'
  /** Others can have a shared lock, too. */
  readonly shared: boolean
  /** First byte; last byte, null for the end of the file, wherever that will be. */
  readonly start: number
  readonly end: number | null
  /** Waits for the locks before it. */
  readonly waiting: boolean
  /** Who took it or waits for it; null: not known, as of open file description locks, which belong to no process. */
  readonly pid: number | null
}
