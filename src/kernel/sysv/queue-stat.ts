// What the kernel says about message queues: one, all of them, and their limits. msgctl(2)
import { constants } from '../../sys/constants.ts'
import { EACCES, EINVAL } from '../../sys/errno.ts'
import { must } from '../../sys/error.ts'
import { msgctl } from '../../sys/sysv-queue.ts'
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

const LITTLE = true
const SECOND = 1000

/** struct msqid64_ds of a queue, or `-errno`. */
export function statBytes(id: number): DataView | number {
  const view = new DataView(new ArrayBuffer(MSQID_SIZE))
  const result = msgctl(id, constants.IPC_STAT, view)
  return result < 0 ? result : view
}

export function readStat(id: number, view: DataView): SysvQueueStat {
  return {
    id,
    permissions: readPermissions(view),
    messages: wide(view, MESSAGES),
    bytes: wide(view, BYTES),
    capacity: readCapacity(view),
    lastSender: view.getInt32(LAST_SENDER, LITTLE),
    lastReceiver: view.getInt32(LAST_RECEIVER, LITTLE),
    sentAt: time(view, SENT),
    receivedAt: time(view, RECEIVED),
    changedAt: new Date(wide(view, CHANGED) * SECOND),
  }
}

export function readCapacity(view: DataView): number {
  return wide(view, CAPACITY)
}

export function writeCapacity(view: DataView, capacity: number): void {
  view.setBigUint64(CAPACITY, BigInt(capacity), LITTLE)
}

/** Every queue of this IPC namespace, also those that may not be read. */
export function listQueues(): SysvQueueStat[] {
  return Array.from(everyQueue(), ([id, view]) => readStat(id, view))
}

/** As `statBytes`, also of a queue that may not be read: its permissions protect the messages alone. */
export function statAnyhow(id: number): DataView | number {
  const view = statBytes(id)
  if (view !== EACCES) return view
  for (const [other, found] of everyQueue()) if (other === id) return found
  return EINVAL
}

function* everyQueue(): Generator<[id: number, view: DataView]> {
  const { highest } = info()
  for (let index = 0; index <= highest; index++) {
    const view = new DataView(new ArrayBuffer(MSQID_SIZE))
    const id = msgctl(index, constants.MSG_STAT_ANY, view)
    if (id >= 0) yield [id, view] // else nobody has this slot
  }
}

export function queueSystem(): SysvQueueSystem {
  const { view } = info()
  return {
    longestMessage: view.getInt32(LONGEST, LITTLE),
    capacity: view.getInt32(DEFAULT_CAPACITY, LITTLE),
    mostQueues: view.getInt32(MOST_QUEUES, LITTLE),
    queues: view.getInt32(QUEUES, LITTLE),
    messages: view.getInt32(ALL_MESSAGES, LITTLE),
    bytes: view.getInt32(ALL_BYTES, LITTLE),
  }
}

function info(): { readonly highest: number; readonly view: DataView } {
  const view = new DataView(new ArrayBuffer(MSQID_SIZE))
  return { highest: must(msgctl(0, constants.MSG_INFO, view), 'msgctl'), view }
}

function wide(view: DataView, offset: number): number {
  return Number(view.getBigUint64(offset, LITTLE))
}

function time(view: DataView, offset: number): Date | undefined {
  const seconds = wide(view, offset)
  return seconds === 0 ? undefined : new Date(seconds * SECOND)
}
