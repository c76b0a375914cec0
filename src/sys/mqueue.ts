// POSIX message queues, mq_overview(7): the system calls. All give `>= 0` or `-errno`; see `must`.
import { native } from './addon.ts'
import { addressOf } from './futex.ts'
import type { BufferSource } from './native.ts'
import type { QueueAttributes } from './native-mqueue.ts'

/** mq_open(2), by the kernel's name: without a slash. Without `maxmsg` and `msgsize` the kernel's defaults hold. */
export const mq_open: (
  name: string,
  flags: number,
  mode: number,
  maxmsg?: number,
  msgsize?: number,
) => number = native.mq_open
/** mq_unlink(2), by the kernel's name: without a slash. */
export const mq_unlink: (name: string) => number = native.mq_unlink
/** mq_timedsend(2). Blocks, until a time of CLOCK_REALTIME if one is given. */
export const mq_timedsend: (
  fd: number,
  buffer: BufferSource,
  priority: number,
  seconds?: number,
  nanoseconds?: number,
) => number = native.mq_timedsend
/** mq_timedreceive(2): gives the length; the priority goes into `priority[0]`. */
export const mq_timedreceive: (
  fd: number,
  buffer: BufferSource,
  priority: Uint32Array,
  seconds?: number,
  nanoseconds?: number,
) => number = native.mq_timedreceive
/**
 * mq_notify(2). `how` is SIGEV_NONE, SIGEV_SIGNAL, or SIGEV_THREAD: then `signal` is a netlink socket, which gets 32 bytes
 * whose last is 1 (a message came) or 2 (the registration was removed). -1 cancels.
 */
export const mq_notify: (fd: number, how: number, signal: number, value: number) => number = native.mq_notify
/** mq_getsetattr(2): gives what holds before `flags` (0 or O_NONBLOCK) are set. */
export const mq_getsetattr: (fd: number, flags?: number) => QueueAttributes | number = native.mq_getsetattr

// native/mqueue.c's block: words, and the address behind them.
const FD = 0
const LENGTH = 1
const RESULT = 2
const PRIORITY = 3
const WAITS = 4
const ADDRESS = 3 // of 8 bytes
const memory = native.mqBlock()
const block = typeof memory === 'number' ? undefined : new Int32Array(memory)
const addresses = typeof memory === 'number' ? undefined : new Float64Array(memory)
const { mqQuickSend, mqQuickReceive } = native

const came = new Uint32Array(1)
const PAST = 0

/**
 * Memory for messages, sent from and received into again and again: its address is looked up once. It must stay
 * attached; `byteLength` tells.
 */
export class MessageMemory {
  readonly bytes: Uint8Array
  readonly byteLength: number
  readonly #address: number

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.byteLength = bytes.byteLength
    this.#address = block === undefined ? 0 : addressOf(bytes)
  }

  /** Whether it is this buffer, still whole: one that was detached has length 0. */
  is(bytes: unknown): boolean {
    return bytes === this.bytes && this.bytes.byteLength === this.byteLength
  }

  /** mq_timedsend(2) of its first `length` bytes; a try gives `-EAGAIN` or `-ETIMEDOUT` where it would have to wait. */
  send(fd: number, length: number, priority: number, waits: boolean): number {
    if (block === undefined || addresses === undefined) {
      const from = this.bytes.subarray(0, length)
      return waits ? mq_timedsend(fd, from, priority) : mq_timedsend(fd, from, priority, PAST, PAST)
    }
    block[FD] = fd
    block[LENGTH] = length
    block[PRIORITY] = priority
    block[WAITS] = waits ? 1 : 0
    addresses[ADDRESS] = this.#address
    mqQuickSend()
    return block[RESULT] as number
  }

  /** mq_timedreceive(2) into it, from byte `start` on; `lastPriority` tells the priority. A try as with `send`. */
  receive(fd: number, waits: boolean, start = 0): number {
    if (block === undefined || addresses === undefined) {
      const to = start === 0 ? this.bytes : this.bytes.subarray(start)
      return waits ? mq_timedreceive(fd, to, came) : mq_timedreceive(fd, to, came, PAST, PAST)
    }
    block[FD] = fd
    block[LENGTH] = this.byteLength - start
    block[WAITS] = waits ? 1 : 0
    addresses[ADDRESS] = this.#address + start
    mqQuickReceive()
    return block[RESULT] as number
  }
}

/** The priority of the message that this thread received last. */
export function lastPriority(): number {
  return (block === undefined ? came[0] : block[PRIORITY]) as number
}
