// Many packets with one system call: sendmmsg(2), recvmmsg(2).
import { constants } from '../../sys/constants.ts'
import { EAGAIN, EINTR } from '../../sys/errno.ts'
import { must } from '../../sys/error.ts'
import type { Fd } from '../../sys/fd.ts'
import { recvmmsg, sendmmsg } from '../../sys/socket.ts'
import { type Bytes, bytesOf } from '../bytes.ts'
import { checkWhole } from '../mapping-options.ts'
import { isEnd } from './received.ts'
import type { SocketType } from './setting.ts'

/** Options of a PacketBatch. */
export interface PacketBatchOptions {
  /** Packets that it holds at most: 1 to 1024 (UIO_MAXIOV). Default 64. */
  readonly capacity?: number
  /** Bytes that a packet has at most. Default 2048. What a received packet has beyond is lost. */
  readonly size?: number
}

let inside: (batch: PacketBatch) => Slots
interface Slots {
  readonly bytes: Uint8Array
  readonly lengths: Uint32Array
  count: number
}

// Below, a loop is faster than a view of the bytes.
const FEW = 128

/** Memory for many packets, used again and again: filled with `add` and sent, or filled by receiving. */
export class PacketBatch implements Iterable<Uint8Array> {
  static {
    inside = (batch) => batch.#slots
  }

  readonly capacity: number
  readonly size: number
  readonly #slots: Slots

  constructor(options: PacketBatchOptions = {}) {
    this.capacity = checkWhole(options.capacity ?? 64, 'capacity', 1)
    this.size = checkWhole(options.size ?? 2048, 'size', 1)
    if (this.capacity > 1024)
      throw new RangeError(`capacity must be at most 1024 packets, not ${this.capacity}`)
    const bytes = new Uint8Array(this.capacity * this.size)
    this.#slots = { bytes, lengths: new Uint32Array(this.capacity), count: 0 }
  }

  /** How many packets it holds. */
  get count(): number {
    return this.#slots.count
  }

  /** Copies a packet into it. RangeError if it is full, or the packet longer than `size`. */
  add(data: Bytes): void {
    const bytes = bytesOf(data)
    const { count } = this.#slots
    if (count === this.capacity) throw new RangeError(`the batch is full: it has ${count} packets`)
    if (bytes.length > this.size) {
      throw new RangeError(`data must be at most ${this.size} bytes (the batch's size), not ${bytes.length}`)
    }
    this.#slots.bytes.set(bytes, count * this.size)
    this.#slots.lengths[count] = bytes.length
    this.#slots.count++
  }

  /** Packet `index`, in place: valid until the batch is filled anew. */
  packet(index: number): Uint8Array {
    const length = this.#check(index)
    const start = index * this.size
    return this.#slots.bytes.subarray(start, start + length)
  }

  /** Copies packet `index` into memory of yours, as much as fits there; gives its length. */
  copy(index: number, target: Uint8Array): number {
    const length = this.#check(index)
    const { bytes } = this.#slots
    const start = index * this.size
    const fits = Math.min(length, target.length)
    if (fits > FEW) target.set(bytes.subarray(start, start + fits))
    else for (let at = 0; at < fits; at++) target[at] = bytes[start + at] as number
    return length
  }

  /** Bytes of packet `index`. */
  length(index: number): number {
    return this.#slots.lengths[index] ?? 0
  }

  /** Empties it. */
  clear(): void {
    this.#slots.count = 0
  }

  #check(index: number): number {
    const { count, lengths } = this.#slots
    if (Number.isInteger(index) && index >= 0 && index < count) return lengths[index] as number
    throw new RangeError(`index must be 0 to ${count - 1}, not ${index}`)
  }

  *[Symbol.iterator](): Generator<Uint8Array, void, undefined> {
    for (let index = 0; index < this.count; index++) yield this.packet(index)
  }
}

const NOW = constants.MSG_DONTWAIT | constants.MSG_NOSIGNAL
const SEND_BLOCKING = constants.MSG_NOSIGNAL
const RECEIVE_BLOCKING = constants.MSG_WAITFORONE

/** Whether the call itself may wait, on a description that blocks. */
export type Waits = 'waits' | 'now'

/** Sends packets from `first` on: how many went, or `-EAGAIN`, `-EINTR`. Throws for the rest. */
export function sendSome(fd: Fd, batch: PacketBatch, first: number, waits: Waits): number {
  const flags = waits === 'waits' ? SEND_BLOCKING : NOW
  const { bytes, lengths, count } = inside(batch)
  return answer(sendmmsg(fd.number, bytes, lengths, first, count - first, flags), 'sendmmsg', fd)
}

/** Fills the batch with what is there: how many came (0: the end), or `-EAGAIN`, `-EINTR`. Throws for the rest. */
export function receiveSome(fd: Fd, type: SocketType, batch: PacketBatch, waits: Waits): number {
  const flags = waits === 'waits' ? RECEIVE_BLOCKING : NOW
  const slots = inside(batch)
  slots.count = 0
  const got = answer(
    recvmmsg(fd.number, slots.bytes, slots.lengths, 0, batch.capacity, flags),
    'recvmmsg',
    fd,
  )
  if (got <= 0) return got
  slots.count = got
  // At the end the kernel fills all slots that are left with nothing.
  if (batch.length(got - 1) === 0 && isEnd(fd, type)) {
    while (slots.count > 0 && batch.length(slots.count - 1) === 0) slots.count--
  }
  return slots.count
}

function answer(result: number, call: string, fd: Fd): number {
  return result === EAGAIN || result === EINTR ? result : must(result, call, { on: `${fd}` })
}
