// Receiving from a System V message queue: at once, blocking, or waiting on a thread.
import { constants } from '../../sys/constants.ts'
import { E2BIG, ENOMSG, ENOSYS, ETIMEDOUT } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import {
  copyReceived,
  isInPlace,
  messageRoom,
  msgrcv,
  msgrcvInto,
  receivedText,
  receivedType,
} from '../../sys/sysv-queue.ts'
import type { CallResult } from '../../wait/call.ts'
import {
  checkOptions,
  checkTimeout,
  type SyncOptions,
  TimeoutError,
  type WaitOptions,
} from '../../wait/options.ts'
import { takeTurn } from '../../wait/turn.ts'
import type { SysvHandle } from './handle.ts'
import { ANY, type ReceivedInto, type SysvMessage, type Wanted, type WantedInto } from './queue-message.ts'
import { queueSystem } from './queue-stat.ts'

const { IPC_NOWAIT } = constants // looked up once: there are so many that V8 keeps them in a hash table
const TYPE_BYTES = 8
const FOR_EVER = -1
// What a waiting thread offers at first: a thousand of them stay cheap. It grows to what this queue carries.
const SMALL = 4096
const LARGE = 65_536

/** Where a message goes. */
export interface Sink<W extends Wanted, T> {
  /** One of `length` bytes that this thread has just received. */
  now(length: number, wanted: W): T
  /** One that a waiting thread took. */
  later(message: SysvMessage, wanted: W): T
}

/** Into memory of its own. */
export const MESSAGE: Sink<Wanted, SysvMessage> = {
  now: (length) => ({ type: receivedType(), data: receivedText(length) }),
  later: (message) => message,
}

/** Into the caller's memory, which is long enough. */
export const INTO: Sink<WantedInto, ReceivedInto> = {
  now: (length) => ({ type: receivedType(), length }),
  later({ type, data }, { target }) {
    target.set(data)
    return { type, length: data.length }
  },
}

/** The receiving half of a queue. */
export class QueueReceiver {
  readonly #handle: SysvHandle
  #offer = SMALL

  constructor(handle: SysvHandle) {
    this.#handle = handle
  }

  /** Undefined when there is none. */
  now<W extends Wanted, T>(wanted: W, sink: Sink<W, T>): T | undefined {
    this.#handle.check('msgrcv')
    const length = this.#call(wanted, IPC_NOWAIT, FOR_EVER)
    return length === ENOMSG ? undefined : sink.now(length, wanted)
  }

  async receive<W extends Wanted, T>(wanted: W, sink: Sink<W, T>, options?: WaitOptions): Promise<T> {
    checkOptions(options)
    const taken = this.now(wanted, sink)
    return taken === undefined ? this.#wait(wanted, sink, options) : takeTurn(taken)
  }

  sync<W extends Wanted, T>(wanted: W, sink: Sink<W, T>, options?: SyncOptions): T {
    const timeout = options?.timeout
    if (timeout === undefined || timeout === Number.POSITIVE_INFINITY) {
      this.#handle.check('msgrcv')
      return sink.now(this.#call(wanted, 0, FOR_EVER), wanted)
    }
    checkTimeout(timeout)
    this.#handle.check('msgrcv')
    let length = this.#call(wanted, IPC_NOWAIT, FOR_EVER) // needs no timer
    if (length === ENOMSG) length = this.#call(wanted, 0, Math.ceil(timeout))
    if (length === ETIMEDOUT) throw this.#timeout(timeout)
    return sink.now(length, wanted)
  }

  /** MSG_COPY: the message at `index`, 0 being the oldest; undefined when there are fewer. Takes nothing. */
  peek(index: number): SysvMessage | undefined {
    this.#handle.check('msgrcv')
    const size = queueSystem().longestMessage // a shorter buffer is refused, whatever the message
    const flags = constants.MSG_COPY | IPC_NOWAIT
    const length = msgrcv(this.#handle.id, size, index, flags, FOR_EVER)
    if (length >= 0) return MESSAGE.now(length, ANY)
    if (length === ENOMSG) return undefined
    throw this.#peekFailed(length, size)
  }

  /** The length of the message, or `-ENOMSG` or `-ETIMEDOUT`. */
  #call(wanted: Wanted, flags: number, timeout: number): number {
    const { type, target, truncate } = wanted
    const result =
      target !== undefined && isInPlace(target)
        ? msgrcvInto(this.#handle.id, target, type, wanted.flags | flags | truncate, timeout)
        : this.#grow(wanted, flags, timeout)
    if (result >= 0 || result === ENOMSG || result === ETIMEDOUT) return result
    throw this.#failed(result, wanted)
  }

  /** Through memory of ours, which grows while it is too small. */
  #grow(wanted: Wanted, flags: number, timeout: number): number {
    const { type, max, target } = wanted
    const end = timeout === FOR_EVER ? 0 : performance.now() + timeout
    let size = Math.min(max, messageRoom())
    for (let left = timeout; ; ) {
      const all = wanted.flags | flags | (size === max ? wanted.truncate : 0)
      const result = msgrcv(this.#handle.id, size, type, all, left)
      if (result >= 0 && target !== undefined) copyReceived(target, result)
      if (result !== E2BIG || size === max) return result
      size = Math.min(max, size * 2)
      if (left !== FOR_EVER) left = Math.max(0, Math.ceil(end - performance.now()))
    }
  }

  async #wait<W extends Wanted, T>(wanted: W, sink: Sink<W, T>, options?: WaitOptions): Promise<T> {
    const begin = performance.now()
    for (let left = options; ; left = remaining(options, begin)) {
      const offer = Math.min(wanted.max, this.#offer)
      const { result, bytes } = await this.#thread(wanted, offer, left).catch((error: unknown) => {
        throw error instanceof TimeoutError ? this.#timeout(options?.timeout) : error
      })
      if (result >= 0 && bytes !== undefined) return sink.later(messageIn(bytes, result), wanted)
      if (result !== E2BIG || offer === wanted.max) throw this.#failed(result, wanted)
      // It is longer than that, and still there unless somebody else takes it before us.
      this.#offer = Math.min(LARGE, this.#offer * 2)
      const taken = this.now(wanted, sink)
      if (taken !== undefined) return taken
    }
  }

  #timeout(timeout = 0): TimeoutError {
    return new TimeoutError(`receiving from ${this.#handle}`, timeout)
  }

  #thread(wanted: Wanted, size: number, options: WaitOptions | undefined): Promise<CallResult> {
    const flags = wanted.flags | (size === wanted.max ? wanted.truncate : 0)
    return this.#handle.wait(
      {
        number: constants.SYS_msgrcv,
        name: `receiving from ${this.#handle}`,
        args: [this.#handle.id, 0, size, wanted.type, flags],
        out: { index: 1, size: TYPE_BYTES + size },
      },
      options,
    )
  }

  #failed(result: number, { max }: Wanted): SysError {
    if (result !== E2BIG) return this.#handle.failed(result, 'msgrcv')
    const hint = `The message is longer than max (${max} bytes) and stays in the queue; truncate: true would cut it.`
    return new SysError(E2BIG, 'msgrcv', { on: `${this.#handle}`, hint })
  }

  #peekFailed(result: number, size: number): SysError {
    const on = `${this.#handle}`
    if (result === ENOSYS) {
      return new SysError(result, 'msgrcv', {
        on,
        hint: 'MSG_COPY needs a kernel with CONFIG_CHECKPOINT_RESTORE.',
      })
    }
    if (result === E2BIG) {
      const hint = `The message is longer than /proc/sys/kernel/msgmax (${size}) is by now, which MSG_COPY cannot show.`
      return new SysError(result, 'msgrcv', { on, hint })
    }
    return this.#handle.failed(result, 'msgrcv')
  }
}

function messageIn(bytes: ArrayBuffer, length: number): SysvMessage {
  const type = Number(new DataView(bytes).getBigInt64(0, true))
  const text = new Uint8Array(bytes, TYPE_BYTES, length)
  return { type, data: length < bytes.byteLength >> 1 ? text.slice() : text }
}

/** The options with what is left of their timeout. */
function remaining(options: WaitOptions | undefined, begin: number): WaitOptions | undefined {
  const timeout = options?.timeout
  if (timeout === undefined || timeout === Number.POSITIVE_INFINITY) return options
  return { ...options, timeout: Math.max(0, timeout - (performance.now() - begin)) }
}
