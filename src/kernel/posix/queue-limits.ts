// What the system allows its message queues, and what a refused mq_open was about.
import { readFileSync } from 'node:fs'
import { constants } from '../../sys/constants.ts'
import { EEXIST, EINVAL, ENOENT, ENOSPC, ENOSYS, errno } from '../../sys/errno.ts'
import { eventfd } from '../../sys/event.ts'
import { close } from '../../sys/file.ts'

/** The limits of POSIX message queues, /proc/sys/fs/mqueue and RLIMIT_MSGQUEUE; mq_overview(7). */
export interface PosixQueueLimits {
  /** `msg_max`: the most `maxMessages` without CAP_SYS_RESOURCE; with it, 65536. */
  readonly maxMessages: number
  /** `msgsize_max`: the most `messageSize`, in bytes, without CAP_SYS_RESOURCE; with it, 16 MiB. */
  readonly messageSize: number
  /** `msg_default`: `maxMessages` where `create` is not told. */
  readonly defaultMaxMessages: number
  /** `msgsize_default`: `messageSize` where `create` is not told. */
  readonly defaultMessageSize: number
  /** `queues_max`: how many queues there may be without CAP_SYS_RESOURCE. */
  readonly queues: number
  /** RLIMIT_MSGQUEUE: the most bytes of all queues of this user; `Infinity` if there is no limit. */
  readonly userBytes: number
}

const FOLDER = '/proc/sys/fs/mqueue'
const EACCES = -(errno['EACCES'] ?? 0)
const EMFILE = -(errno['EMFILE'] ?? 0)
// The kernel's own book-keeping: struct msg_msg, and a tree node for each priority in use (64-bit systems).
const PER_MESSAGE = 48 + 48

function setting(name: string, otherwise: number): number {
  try {
    return Number(readFileSync(`${FOLDER}/${name}`, 'utf8'))
  } catch {
    return otherwise // no /proc here: the kernel's own defaults
  }
}

function userBytes(): number {
  try {
    const line = /^Max msgqueue size +(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
    return line?.[1] === 'unlimited' ? Number.POSITIVE_INFINITY : Number(line?.[1] ?? 819_200)
  } catch {
    return 819_200
  }
}

/** Reads them; they may change at any time. */
export function readLimits(): PosixQueueLimits {
  return {
    maxMessages: setting('msg_max', 10),
    messageSize: setting('msgsize_max', 8192),
    defaultMaxMessages: setting('msg_default', 10),
    defaultMessageSize: setting('msgsize_default', 8192),
    queues: setting('queues_max', 256),
    userBytes: userBytes(),
  }
}

/** The attributes of a queue that is to be made. */
export interface QueueSize {
  readonly maxMessages: number
  readonly messageSize: number
}

/** What the kernel takes for what was not given. */
export function defaultSize(given: Partial<QueueSize>): QueueSize {
  const limits = readLimits()
  return {
    maxMessages: given.maxMessages ?? Math.min(limits.maxMessages, limits.defaultMaxMessages),
    messageSize: given.messageSize ?? Math.min(limits.messageSize, limits.defaultMessageSize),
  }
}

/** Whether it is this process that has no descriptor left: mq_open has the same error for another limit. */
function noDescriptorLeft(): boolean {
  const one = eventfd(0, constants.EFD_CLOEXEC)
  if (one >= 0) close(one)
  return one === EMFILE
}

/** What to do about an mq_open that gave `failed`; `size` if it was to make the queue. */
export function openHint(failed: number, size: Partial<QueueSize> | undefined): string | undefined {
  if (failed === ENOENT) return 'It does not exist; create makes it.'
  if (failed === EEXIST) return 'It exists already; open takes what is there.'
  if (failed === EACCES) return 'Its mode does not allow it to this user.'
  if (failed === ENOSYS) return 'This kernel was built without POSIX message queues.'
  if (size === undefined) return undefined
  const limits = readLimits()
  const { maxMessages, messageSize } = defaultSize(size)
  if (failed === EINVAL) {
    return (
      `maxMessages ${maxMessages} may be 1 to ${limits.maxMessages}, messageSize ${messageSize} may be ` +
      `1 to ${limits.messageSize} (${FOLDER}/msg_max, msgsize_max); 65536 and 16777216 with CAP_SYS_RESOURCE.`
    )
  }
  if (failed === ENOSPC) return `There are ${limits.queues} queues already (${FOLDER}/queues_max).`
  if (failed !== EMFILE || noDescriptorLeft()) return undefined
  const bytes = maxMessages * (messageSize + PER_MESSAGE)
  return (
    `It needs about ${bytes} bytes, more than is left of the ${limits.userBytes} for all queues of this user ` +
    '(RLIMIT_MSGQUEUE, `ulimit -q`): ask for smaller maxMessages or messageSize, or unlink queues.'
  )
}
