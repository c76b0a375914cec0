// Byte streams, memory, counters.
import type { Common } from './common.ts'

/** What holds bytes in order. */
export interface ByteStream extends Common {
  /** Bytes that can be queued; null if it may not be asked. */
  readonly capacity: number | null
  /** Bytes queued now; null if it may not be asked. */
  readonly queued: number | null
}

/** pipe(7) without a name. */
export interface PipeObject extends ByteStream {
  readonly kind: 'pipe'
}

/** fifo(7); found through the processes that have it open. */
export interface FifoObject extends ByteStream {
  readonly kind: 'fifo'
  /** The path as the kernel prints it for one of its users, in that process's view of the file system. */
  readonly path: string
  /** Its last name is gone. */
  readonly deleted: boolean
}

/** Memory that processes share. */
export interface Memory extends Common {
  /** Bytes; null if unknown: mapped only, and this process may not look through the mapping. */
  readonly size: number | null
  /** Its last name is gone: it ends with its last user. */
  readonly deleted: boolean
}

/** shm_overview(7). */
export interface PosixMemoryObject extends Memory {
  readonly kind: 'posix-shm'
  /** No process has it open or mapped; null if some processes cannot be seen and none of the others has. */
  readonly orphan: boolean | null
}

/** memfd_create(2). */
export interface MemfdObject extends Memory {
  readonly kind: 'memfd'
  /** Names as in fcntl(2), F_SEAL_ left out, in lower case; null if it may not be asked. */
  readonly seals: readonly string[] | null
  /** What hutong's channel in it says of itself; null if there is none, or it may not be asked. */
  readonly channel: ChannelState | null
}

/** A pair of rings between two processes: docs/protocol.md. */
export interface ChannelState {
  /** Process id of who made it, in its own pid namespace. */
  readonly creator: number
  /** Bytes that each ring holds. */
  readonly capacity: number
  /** From the process that made it, and back. */
  readonly rings: readonly [RingState, RingState]
}

/** One direction. Its counters are those that both sides publish, a few messages late. */
export interface RingState {
  /** Bytes of records that were sent and not yet released. */
  readonly queued: number
  readonly sent: { readonly messages: number; readonly bytes: number }
  readonly received: { readonly messages: number; readonly bytes: number }
  /** How often the producer slept for want of room, and the consumer for want of a message. */
  readonly waits: { readonly full: number; readonly empty: number }
  /** Who sleeps now. */
  readonly sleeping: { readonly consumer: boolean; readonly producer: boolean }
  /** Nothing more will come. */
  readonly ended: boolean
}

/** A file, or anonymous memory, that processes share by mmap(2) with MAP_SHARED. */
export interface MappingObject extends Memory {
  readonly kind: 'mapping'
  /** Null for anonymous memory, shared by fork(2). */
  readonly path: string | null
}

/** eventfd(2). */
export interface EventFdObject extends Common {
  readonly kind: 'eventfd'
  /** The counter in decimal: it has 64 bits, which a JSON number cannot hold. */
  readonly count: string
  /** EFD_SEMAPHORE; null before Linux 6.5, which does not say. */
  readonly semaphore: boolean | null
}
