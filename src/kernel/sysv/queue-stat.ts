// What the kernel says about message queues: one, all of them, and their limits. msgctl(2)
import { constants } from '../../sys/constants.ts'
import { msgctl } from '../../sys/sysv-queue.ts'
import { SysvControl } from './control.ts'
import { readInt, readLong, readTime, writeLong } from './fields.ts'
import { PERMISSIONS_SIZE, readPermissions, type SysvPermissions } from './permissions.ts'

/** A message queue, as msgctl(2) IPC_STAT shows it. */
export interface SysvQueueStat {
  readonly id: number
  readonly permissions: SysvPermissions
  /** Messages in it. */
  readonly messages: number
  /** Bytes of their texts. */
  readonly bytes: number
  /** The most bytes it holds, and the most messages (msg_qbytes). */
  readonly capacity: number
  /** The process that sent last: its id here; 0 if there is none, or it is in a pid namespace that is not visible. */
  readonly lastSender: number
  readonly lastReceiver: number
  /** In whole seconds, as the other times. Undefined: never. */
  readonly sentAt: Date | undefined
  readonly receivedAt: Date | undefined
  /** When it was made, or `set` last. */
  readonly changedAt: Date
}

/** The limits of this IPC namespace and what is used of them, msgctl(2) MSG_INFO. */
export interface SysvQueueSystem {
  /** Bytes of the longest message, /proc/sys/kernel/msgmax. */
  readonly longestMessage: number
  /** The capacity of a new queue, and the most that `set` may give it without CAP_SYS_RESOURCE, /proc/sys/kernel/msgmnb. */
  readonly capacity: number
  /** The most queues, /proc/sys/kernel/msgmni. */
  readonly mostQueues: number
  /** Queues there are. */
  readonly queues: number
  /** Messages in all of them. */
  readonly messages: number
  /** Bytes in all of them. */
  readonly bytes: number
}

// struct msqid64_ds of linux/include/uapi/asm-generic/msgbuf.h on 64-bit architectures.
const MSQID_SIZE = 120
const SENT = PERMISSIONS_SIZE
const RECEIVED = PERMISSIONS_SIZE + 8
const CHANGED = PERMISSIONS_SIZE + 16
const BYTES = PERMISSIONS_SIZE + 24
const MESSAGES = PERMISSIONS_SIZE + 32
const CAPACITY = PERMISSIONS_SIZE + 40
const LAST_SENDER = PERMISSIONS_SIZE + 48
const LAST_RECEIVER = PERMISSIONS_SIZE + 52
// struct msginfo of linux/include/uapi/linux/msg.h; in MSG_INFO the first two and the seventh are counts.
const [QUEUES, ALL_MESSAGES, LONGEST, DEFAULT_CAPACITY, MOST_QUEUES, ALL_BYTES] = [0, 4, 8, 12, 16, 24]

/** struct msqid64_ds of the queues. */
export const queues: SysvControl = new SysvControl({
  name: 'msgctl',
  call: msgctl,
  size: MSQID_SIZE,
  slots: constants.MSG_INFO,
  inSlot: constants.MSG_STAT_ANY,
})

export function readStat(id: number, view: DataView): SysvQueueStat {
  return {
    id,
    permissions: readPermissions(view),
    messages: readLong(view, MESSAGES),
    bytes: readLong(view, BYTES),
    capacity: readCapacity(view),
    lastSender: readInt(view, LAST_SENDER),
    lastReceiver: readInt(view, LAST_RECEIVER),
    sentAt: readTime(view, SENT),
    receivedAt: readTime(view, RECEIVED),
    changedAt: readTime(view, CHANGED) ?? new Date(0),
  }
}

export function readCapacity(view: DataView): number {
  return readLong(view, CAPACITY)
}

export function writeCapacity(view: DataView, capacity: number): void {
  writeLong(view, CAPACITY, capacity)
}

/** Every queue of this IPC namespace, also those that may not be read. */
export function listQueues(): SysvQueueStat[] {
  return Array.from(queues.every(), ([id, view]) => readStat(id, view))
}

export function queueSystem(): SysvQueueSystem {
  const { view } = queues.info(constants.MSG_INFO)
  return {
    longestMessage: readInt(view, LONGEST),
    capacity: readInt(view, DEFAULT_CAPACITY),
    mostQueues: readInt(view, MOST_QUEUES),
    queues: readInt(view, QUEUES),
    messages: readInt(view, ALL_MESSAGES),
    bytes: readInt(view, ALL_BYTES),
  }
}
