// Receiving with what comes beside the bytes: recvmsg(2), SCM_RIGHTS and SCM_CREDENTIALS of unix(7).
import { constants } from '../../sys/constants.ts'
import { EAGAIN, EINTR } from '../../sys/errno.ts'
import { must } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { close, poll } from '../../sys/file.ts'
import { ABOUT, recvmsg } from '../../sys/socket.ts'
import { checkWhole } from '../mapping-options.ts'
import { chunkOf, memoryFor } from '../pipe/chunk.ts'
import type { PeerCredentials } from './credentials.ts'
import { decodeName, type UnixName } from './name.ts'
import { getInt, type SocketType, setInt } from './setting.ts'

/** What `receive` gives. */
export interface Received {
  readonly data: Uint8Array
  /** Open files that came with it; yours to close. Close-on-exec. */
  readonly descriptors: readonly Fd[]
  /** Who sent it, where `passCredentials` is on. */
  readonly credentials: PeerCredentials | undefined
  /** A packet was longer than `max`; the rest is lost. Never on a stream. */
  readonly truncated: boolean
  /** More descriptors came than were asked for, or than this process may open: those were closed. */
  readonly descriptorsLost: boolean
}

/** What `receive` of a datagram socket gives. */
export interface ReceivedFrom extends Received {
  /** The sender's name, where it has one. */
  readonly sender: UnixName | undefined
}

/** Options of `receive`. */
export interface ReceiveOptions {
  /** At most so many bytes, 1 to 2 GiB. Default: 64 KiB. What a packet has beyond is lost, and `truncated` says so. */
  readonly max?: number | undefined
  /** At most so many descriptors, 0 (the default) to 253 (what one message can carry). Others that come are closed. */
  readonly descriptors?: number | undefined
}

/** SCM_MAX_FD: what one message can carry. */
export const MOST_DESCRIPTORS = 253
const SOCKADDR = 110
// Filled by one call and read at once, on one thread.
const about = new Int32Array(ABOUT.first + MOST_DESCRIPTORS)
const address = new Uint8Array(SOCKADDR)

export function checkDescriptors(value: number | undefined): number {
  if (value === undefined) return 0
  if (checkWhole(value, 'descriptors') > MOST_DESCRIPTORS) {
    throw new RangeError(
      `descriptors must be at most ${MOST_DESCRIPTORS}, which is what one message carries, not ${value}; receiveDescriptors takes more`,
    )
  }
  return value
}

/** One recvmsg(2) at a time: `>= 0` with `last` set, or `-EAGAIN` or `-EINTR`. Throws for other errors. */
export class Receiver {
  /** What came; `null`: the end. */
  last: ReceivedFrom | null = null
  readonly #fd: Fd
  readonly #type: SocketType

  constructor(fd: Fd, type: SocketType) {
    this.#fd = fd
    this.#type = type
  }

  attempt(max: number | undefined, descriptors: number): number {
    const memory = memoryFor(max)
    const got = recvmsg(this.#fd.number, [memory], constants.MSG_DONTWAIT, about, descriptors, address)
    if (got === EAGAIN || got === EINTR) return got
    if (got < 0) must(got, 'recvmsg', { on: `${this.#fd}` })
    // At the end of a stream the kernel fills in credentials of nobody.
    const control = about[ABOUT.descriptors] !== 0 || about[ABOUT.hasCredentials] !== 0
    const mayEnd = got === 0 && (this.#type === 'stream' || !control)
    this.last = mayEnd && isEnd(this.#fd, this.#type) ? null : take(memory, got)
    return got
  }
}

/**
 * Whether nothing at all means the end, and not an empty packet. One that was the last before its sender closed cannot
 * be told from the end, unless it carries credentials.
 */
export function isEnd(fd: Fd, type: SocketType): boolean {
  if (type === 'dgram') return false
  return type === 'stream' || (poll(fd.number, constants.POLLRDHUP, 0) > 0 && !packetWaits(fd))
}

const peeked = new Int32Array(ABOUT.first)
const nothing = new Uint8Array(1)

/** Whether there is a packet, be it empty, on a connection that its sender has ended: one carries credentials if asked to. */
function packetWaits(fd: Fd): boolean {
  const before = getInt(fd, constants.SO_PASSCRED)
  if (before === 0) setInt(fd, constants.SO_PASSCRED, 1)
  const got = recvmsg(fd.number, [nothing], constants.MSG_DONTWAIT | constants.MSG_PEEK, peeked, 0)
  if (before === 0) setInt(fd, constants.SO_PASSCRED, 0)
  if (got >= 0 && peeked[ABOUT.pidfd] !== -1) close(peeked[ABOUT.pidfd] ?? -1)
  return got >= 0 && peeked[ABOUT.hasCredentials] === 1
}

function descriptorsThatCame(): Fd[] {
  const count = about[ABOUT.descriptors] ?? 0
  if (count === 0) return []
  const numbers = about.subarray(ABOUT.first, ABOUT.first + count)
  return Array.from(numbers, (number) => new Fd(number, 'received descriptor'))
}

function credentialsThatCame(): PeerCredentials {
  const [pid = 0, uid = 0, gid = 0] = about.subarray(ABOUT.pid, ABOUT.gid + 1)
  return { pid, uid: uid >>> 0, gid: gid >>> 0 }
}

function take(memory: Uint8Array, got: number): ReceivedFrom {
  const flags = about[ABOUT.flags] ?? 0
  if (about[ABOUT.pidfd] !== -1) close(about[ABOUT.pidfd] ?? -1) // not asked for here
  return {
    data: chunkOf(memory, got),
    descriptors: descriptorsThatCame(),
    credentials: about[ABOUT.hasCredentials] === 1 ? credentialsThatCame() : undefined,
    truncated: (flags & constants.MSG_TRUNC) !== 0,
    descriptorsLost: (flags & constants.MSG_CTRUNC) !== 0,
    sender: decodeName(address, about[ABOUT.addressLength] ?? 0),
  }
}
