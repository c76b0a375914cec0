// Opening a POSIX message queue, by name or by descriptor.
import { fstatSync, readlinkSync } from 'node:fs'
import { constants } from '../../sys/constants.ts'
import { EBADF, EEXIST, EINTR, EINVAL, ENOENT } from '../../sys/errno.ts'
import { must, SysError } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { fcntl } from '../../sys/file.ts'
import { mq_getsetattr, mq_open, mq_unlink } from '../../sys/mqueue.ts'
import type { QueueAttributes } from '../../sys/native-mqueue.ts'
import { checkMode, checkWhole } from '../mapping-options.ts'
import { takePlace } from '../pipe/adopt.ts'
import { checkPosixName } from './name.ts'
import { defaultSize, openHint } from './queue-limits.ts'

/** What a queue is opened for. */
export type PosixQueueAccess = 'read' | 'write' | 'both'

/** Options of `PosixQueue.open`. */
export interface OpenPosixQueueOptions {
  /** Default `'both'`. */
  readonly access?: PosixQueueAccess | undefined
}

/** Options of `PosixQueue.create` and `PosixQueue.openOrCreate`. */
export interface CreatePosixQueueOptions extends OpenPosixQueueOptions {
  /** How many messages it holds. Default: the system's, usually 10, which is also the most for ordinary users. */
  readonly maxMessages?: number | undefined
  /** The longest message, in bytes. Default: the system's, usually 8192, which is also the most for ordinary users. */
  readonly messageSize?: number | undefined
  /** Permissions, less the umask. Default 0o600. */
  readonly mode?: number | undefined
}

/** A queue's descriptor and what is known of it. */
export interface OpenedQueue {
  readonly fd: Fd
  readonly name: string
  readonly created: boolean
  readonly access: PosixQueueAccess
}

interface Request {
  readonly name: string
  readonly access: PosixQueueAccess
  readonly mode: number
  readonly size: { readonly maxMessages?: number; readonly messageSize?: number }
}

const { O_ACCMODE, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_WRONLY } = constants
const FLAGS: Readonly<Record<PosixQueueAccess, number>> = { read: O_RDONLY, write: O_WRONLY, both: O_RDWR }
const LONGEST_NAME = 256 // NAME_MAX, and the slash, which the kernel does not count

function labelOf(name: string): string {
  return `POSIX queue ${name}`
}

function checkAccess(access: unknown = 'both'): PosixQueueAccess {
  if (access === 'read' || access === 'write' || access === 'both') return access
  throw new TypeError(`access must be 'read', 'write' or 'both', not ${JSON.stringify(access)}`)
}

/** Checks a name and options, before any system call. */
function requested(name: unknown, options: CreatePosixQueueOptions): Request {
  const checked = checkPosixName(name, LONGEST_NAME)
  if (typeof options !== 'object' || options === null) throw new TypeError('options must be an object')
  const { maxMessages, messageSize, mode } = options
  const size = {
    ...(maxMessages === undefined ? {} : { maxMessages: checkWhole(maxMessages, 'maxMessages', 1) }),
    ...(messageSize === undefined ? {} : { messageSize: checkWhole(messageSize, 'messageSize', 1) }),
  }
  return { name: checked, access: checkAccess(options.access), mode: checkMode(mode ?? 0o600), size }
}

function tryOpen({ name, access, mode, size }: Request, flags: number): number {
  const all = FLAGS[access] | flags
  const attributes = Object.keys(size).length === 0 ? undefined : defaultSize(size)
  const open = (): number =>
    mq_open(name.slice(1), all, mode, attributes?.maxMessages, attributes?.messageSize)
  let result = open()
  while (result === EINTR) result = open()
  return result
}

function opened(request: Request, result: number, created: boolean): OpenedQueue {
  const { name, access, size } = request
  if (result < 0) {
    const hint = openHint(result, created ? size : undefined)
    throw new SysError(result, 'mq_open', {
      on: labelOf(name),
      path: name,
      ...(hint === undefined ? {} : { hint }),
    })
  }
  return { fd: new Fd(result, labelOf(name)), name, created, access }
}

/** What must not exist. */
export function createQueue(name: string, options: CreatePosixQueueOptions): OpenedQueue {
  const request = requested(name, options)
  return opened(request, tryOpen(request, O_CREAT | O_EXCL), true)
}

/** What must exist. */
export function openQueue(name: string, options: OpenPosixQueueOptions): OpenedQueue {
  const request = requested(name, { access: options?.access })
  return opened(request, tryOpen(request, 0), false)
}

/** What may exist; says whether it was made. */
export function openOrCreateQueue(name: string, options: CreatePosixQueueOptions): OpenedQueue {
  const request = requested(name, options)
  for (;;) {
    const fresh = tryOpen(request, O_CREAT | O_EXCL)
    if (fresh !== EEXIST) return opened(request, fresh, true)
    const there = tryOpen(request, 0)
    if (there !== ENOENT) return opened(request, there, false)
    // Somebody removed it in between: once more.
  }
}

/** Removes a name. */
export function unlinkQueue(name: string): void {
  const checked = checkPosixName(name, LONGEST_NAME)
  must(mq_unlink(checked.slice(1)), 'mq_unlink', { on: labelOf(checked), path: checked })
}

/** Takes over a descriptor, inherited or received. EINVAL, and it stays open, if it is something else. */
export function adoptQueue(number: number): OpenedQueue {
  checkWhole(number, 'fd')
  const on = `fd ${number}`
  const about = { on, hint: 'Was it opened, and passed to this process?' }
  const flags = must(fcntl(number, constants.F_GETFL, 0), 'fcntl', about)
  if (mq_getsetattr(number) === EBADF) {
    const hint = `It is no POSIX message queue but ${targetOf(number)}.`
    throw new SysError(EINVAL, 'mq_getsetattr', { on, hint })
  }
  const name = nameOf(number)
  const kinds: Readonly<Record<number, PosixQueueAccess>> = { [O_RDONLY]: 'read', [O_WRONLY]: 'write' }
  const access = kinds[flags & O_ACCMODE] ?? 'both'
  return { fd: Fd.adopt(takePlace(number, number), labelOf(name)), name, created: false, access }
}

function targetOf(number: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${number}`)
  } catch {
    return 'something else' // no /proc here
  }
}

/** The kernel shows a queue's name with a note when it was removed. */
function nameOf(number: number): string {
  const target = targetOf(number)
  return fstatSync(number).nlink === 0 ? target.replace(/ \(deleted\)$/, '') : target
}

/** What mq_getattr(3) tells. */
export interface PosixQueueAttributes {
  readonly maxMessages: number
  readonly messageSize: number
  readonly queued: number
  readonly nonblocking: boolean
}

/** `struct mq_attr`, before `flags` are set if given. */
export function attributesOf(fd: Fd, flags?: number): QueueAttributes {
  const given = flags === undefined ? mq_getsetattr(fd.number) : mq_getsetattr(fd.number, flags)
  if (typeof given === 'number') throw new SysError(given, 'mq_getsetattr', { on: `${fd}` })
  return given
}

/** The attributes now. */
export function attributesNow(fd: Fd): PosixQueueAttributes {
  const [flags, maxMessages, messageSize, queued] = attributesOf(fd)
  return { maxMessages, messageSize, queued, nonblocking: (flags & constants.O_NONBLOCK) !== 0 }
}
