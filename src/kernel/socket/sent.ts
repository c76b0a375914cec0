// Sending with descriptors and credentials: sendmsg(2), SCM_RIGHTS and SCM_CREDENTIALS of unix(7).
import { constants } from '../../sys/constants.ts'
import { EAGAIN, EBADF, EBUSY, EINTR, EMSGSIZE, EOPNOTSUPP, ETOOMANYREFS } from '../../sys/errno.ts'
import { must, SysError } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { sendmsg } from '../../sys/socket.ts'
import type { PeerCredentials } from './credentials.ts'
import { MOST_DESCRIPTORS } from './received.ts'
import type { SocketType } from './setting.ts'

/** Options of `send`. */
export interface SendOptions {
  /**
   * Open files that go with the data; they stay open here, too. At most 253 with a packet. On a stream any number: more
   * than 253 go as several messages, each with at least a byte of the data.
   */
  readonly descriptors?: readonly (Fd | number | { readonly fd: number })[]
  /** Who this process says it is: its own pid, uid and gid (the default), or, for root, others' (SCM_CREDENTIALS). */
  readonly credentials?: PeerCredentials
}

const NONE = new Int32Array(0)
const FLAGS = constants.MSG_DONTWAIT | constants.MSG_NOSIGNAL

/** What is to go out, and how far that has come. */
export class Sending {
  readonly bytes: Uint8Array
  readonly #fd: Fd
  readonly #type: SocketType
  readonly #descriptors: Int32Array
  readonly #credentials: Int32Array | undefined
  readonly #address: Uint8Array | undefined
  #passed = 0

  constructor(fd: Fd, type: SocketType, message: Outgoing) {
    this.#fd = fd
    this.#type = type
    this.bytes = message.bytes
    this.#descriptors = numbersOf(message.options?.descriptors)
    this.#credentials = wordsOf(message.options?.credentials)
    this.#address = message.address
    this.#checkRoom()
  }

  /** One sendmsg(2) of what is left from byte `from` on: how many bytes went, or `-EAGAIN`, `-EINTR`. Throws for the rest. */
  step(from: number): number {
    const left = this.#descriptors.length - this.#passed
    const some = left === 0 ? NONE : this.#descriptors.subarray(this.#passed, this.#passed + MOST_DESCRIPTORS)
    const whole = from === 0 && left <= MOST_DESCRIPTORS
    const rest = whole
      ? this.bytes
      : this.bytes.subarray(from, left > MOST_DESCRIPTORS ? from + 1 : undefined)
    const credentials = from === 0 ? this.#credentials : undefined
    const put = sendmsg(
      this.#fd.number,
      [rest],
      FLAGS,
      left > 0 ? some : undefined,
      credentials,
      this.#address,
    )
    if (put < 0 && put !== EAGAIN && put !== EINTR) {
      must(put, 'sendmsg', { on: `${this.#fd}`, ...hintFor(put, this) })
    }
    if (put >= 0) this.#passed += some.length
    return put
  }

  #checkRoom(): void {
    const count = this.#descriptors.length
    if (this.#type !== 'stream') {
      if (count <= MOST_DESCRIPTORS) return
      throw new RangeError(`descriptors: a packet carries at most ${MOST_DESCRIPTORS}, not ${count}`)
    }
    const messages = Math.ceil(count / MOST_DESCRIPTORS)
    if (this.bytes.length < messages) {
      const least = messages === 1 ? '1 byte' : `${messages} bytes (one for each ${MOST_DESCRIPTORS})`
      throw new RangeError(`data must be at least ${least}: on a stream descriptors travel with data`)
    }
  }
}

/** A message, checked. */
export interface Outgoing {
  readonly bytes: Uint8Array
  readonly options?: SendOptions | undefined
  /** To whom, on a socket that is not connected. */
  readonly address?: Uint8Array | undefined
}

function numbersOf(descriptors: SendOptions['descriptors']): Int32Array {
  if (descriptors === undefined) return NONE
  if (!Array.isArray(descriptors)) throw new TypeError('descriptors must be an array')
  return Int32Array.from(descriptors, (each: Fd | number | { readonly fd: number }, index) => {
    const number = each instanceof Fd ? each.number : typeof each === 'number' ? each : each?.fd
    if (Number.isInteger(number) && number >= 0) return number
    throw new TypeError(`descriptors[${index}] must be an Fd, a descriptor's number or an object with \`fd\``)
  })
}

function wordsOf(credentials: PeerCredentials | undefined): Int32Array | undefined {
  if (credentials === undefined) return undefined
  return Int32Array.from(['pid', 'uid', 'gid'] as const, (name) => {
    const value = credentials[name]
    if (Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff) return value | 0
    throw new RangeError(`credentials.${name} must be 0 to 2^32 - 1, not ${String(value)}`)
  })
}

function hintFor(failed: number, { bytes }: Sending): { readonly hint?: string } {
  if (failed === ETOOMANYREFS) {
    return { hint: 'Too many descriptors are under way and not yet received: RLIMIT_NOFILE bounds them.' }
  }
  if (failed === EMSGSIZE) {
    return {
      hint: `A packet of ${bytes.length} bytes is too long: raise sendBuffer, or /proc/sys/net/core/wmem_max.`,
    }
  }
  return failed === EBADF ? { hint: 'Is every descriptor to be sent open?' } : {}
}

/** For a call that cannot be made on this type of socket. */
export function wrongType(what: string, type: SocketType, fd: Fd): SysError {
  return new SysError(EOPNOTSUPP, what, { on: `${fd}`, hint: `It is a ${type} socket.` })
}

/** For a blocking send while others wait: their bytes would be torn apart. */
export function busy(what: string, on: unknown): SysError {
  return new SysError(EBUSY, what, { on: `${on}`, hint: 'Sends wait on it: await or abort them first.' })
}
