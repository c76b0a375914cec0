// System V queues, semaphore sets and segments: sysvipc(7).
import type { Common, Owner } from './common.ts'
import type { Memory } from './object.ts'

/** What the kernel keeps of each of them. Times are ISO 8601, to the second; null: never. */
interface Sysv extends Common {
  /** Unsigned, as ipcs(1) prints it; 0 is IPC_PRIVATE: only the identifier names it. */
  readonly key: number
  /** The kernel's number of the object, as in `msqid`. */
  readonly identifier: number
  /** Who made it; `owner` is whom it belongs to now. */
  readonly creator: Owner
  /** Made, or changed by its owner. */
  readonly changedAt: string | null
  /**
   * Whether nothing uses it. True: the processes that used it last have ended, none waits on it, none is attached. False:
   * one of them lives. Null: nobody was seen, which proves nothing, because it was never used, or not by processes that
   * can be seen here.
   */
  readonly orphan: boolean | null
}

/** A message queue, msgget(2). */
export interface SysvQueueObject extends Sysv {
  readonly kind: 'sysv-mq'
  readonly messages: number
  /** Bytes of all messages. */
  readonly queued: number
  /** Bytes that fit (msg_qbytes); null if it may not be asked. */
  readonly capacity: number | null
  /** Pid of whoever sent last; null: nobody, or a process of another pid namespace. The same for the others. */
  readonly lastSender: number | null
  readonly lastReceiver: number | null
  readonly sentAt: string | null
  readonly receivedAt: string | null
}

/** A semaphore set, semget(2). */
export interface SysvSemaphoresObject extends Sysv {
  readonly kind: 'sysv-sem'
  /** Semaphores in the set. */
  readonly count: number
  /** Each of them; null if they may not be asked. */
  readonly semaphores: readonly SysvSemaphoreState[] | null
  readonly operatedAt: string | null
}

/** One semaphore of a set, semctl(2). */
export interface SysvSemaphoreState {
  readonly value: number
  /** Threads that wait for it to grow, and for it to become zero. */
  readonly waiting: number
  readonly waitingForZero: number
  /** Pid of whoever changed it last; null: nobody, or a process of another pid namespace. */
  readonly lastPid: number | null
}

/** A shared memory segment, shmget(2). `deleted`: removed, but some are still attached. */
export interface SysvMemoryObject extends Sysv, Memory {
  readonly kind: 'sysv-shm'
  readonly size: number
  /** How often it is attached (shm_nattch), also by processes that cannot be seen. */
  readonly attached: number
  readonly creatorPid: number | null
  /** Pid of whoever attached or detached last. */
  readonly lastPid: number | null
  readonly attachedAt: string | null
  readonly detachedAt: string | null
  /** Its pages stay in memory (SHM_LOCK). */
  readonly locked: boolean
}
