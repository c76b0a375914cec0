// Sending to a System V message queue: at once, blocking, or waiting in turn.
import { constants } from '../../sys/constants.ts'
import { EACCES, EAGAIN, EINVAL, ETIMEDOUT } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import { msgsnd } from '../../sys/sysv-queue.ts'
import { checkOptions, checkTimeout, onGiveUp, TimeoutError, type WaitOptions } from '../../wait/options.ts'
import { takeTurn } from '../../wait/turn.ts'
import { type Bytes, bytesOf } from '../bytes.ts'
import type { SysvHandle } from './handle.ts'
import { checkType } from './queue-message.ts'
import { queueSystem, queues, readCapacity } from './queue-stat.ts'

/** How a message is sent. */
export interface SysvSendOptions {
  /** What receivers can select by: 1 to 2^53 - 1. Default 1. */
  readonly type?: number | undefined
}

const { IPC_NOWAIT } = constants // looked up once: there are so many that V8 keeps them in a hash table
const TYPE_BYTES = 8
const FOR_EVER = -1
const UNKNOWN = -1

/** The sending half of a queue. */
export class QueueSender {
  readonly #handle: SysvHandle
  // The last capacity heard of: a message that fits into it needs no look.
  #capacity = UNKNOWN
  // Sends that wait go one after the other, so that they arrive in the order of the calls and need one thread.
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  constructor(handle: SysvHandle) {
    this.#handle = handle
  }

  /** Forgets the capacity, which has been changed. */
  capacityChanged(): void {
    this.#capacity = UNKNOWN
  }

  send(data: Bytes, options: (WaitOptions & SysvSendOptions) | undefined): Promise<void> {
    try {
      const type = typeOf(options)
      const bytes = this.#checked(data)
      checkOptions(options)
      if (this.#waiting === 0 && this.#now(bytes, type)) return takeTurn(undefined)
      return this.#inTurn(framed(bytes, type), options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  trySend(data: Bytes, options: SysvSendOptions | undefined): true | undefined {
    const type = typeOf(options)
    const bytes = this.#checked(data)
    return this.#now(bytes, type) ? true : undefined
  }

  sendSync(data: Bytes, options: (WaitOptions & SysvSendOptions) | undefined): void {
    const timeout = options?.timeout
    const type = typeOf(options)
    const bytes = this.#checked(data)
    if (timeout === undefined || timeout === Number.POSITIVE_INFINITY) {
      this.#call(bytes, type, 0, FOR_EVER)
      return
    }
    checkTimeout(timeout)
    if (!this.#now(bytes, type)) {
      const result = this.#call(bytes, type, 0, Math.ceil(timeout))
      if (result === ETIMEDOUT) throw new TimeoutError(`sending to ${this.#handle}`, timeout)
    }
  }

  #checked(data: Bytes): Uint8Array {
    this.#handle.check('msgsnd')
    const bytes = bytesOf(data)
    if (bytes.length > this.#capacity) this.#checkFits(bytes.length)
    return bytes
  }

  /** Whether it was sent; false when it would have to wait. */
  #now(bytes: Uint8Array, type: number): boolean {
    return this.#call(bytes, type, IPC_NOWAIT, FOR_EVER) === 0
  }

  /** 0, `-EAGAIN` or `-ETIMEDOUT`. */
  #call(bytes: Uint8Array, type: number, flags: number, timeout: number): number {
    const result = msgsnd(this.#handle.id, bytes, type, flags, timeout)
    if (result === 0 || result === EAGAIN || result === ETIMEDOUT) return result
    throw this.#failed(result, bytes.byteLength)
  }

  #inTurn(frame: Uint8Array, options: WaitOptions | undefined): Promise<void> {
    const stop = new AbortController()
    const callOff = onGiveUp(options, `sending to ${this.#handle}`, (reason) => stop.abort(reason))
    const before = this.#last
    const sent = this.#wait(before, frame, stop.signal)
    this.#waiting++
    this.#last = Promise.allSettled([before, sent]).then(() => {
      callOff()
      this.#waiting--
    })
    return sent
  }

  async #wait(before: Promise<unknown>, frame: Uint8Array, signal: AbortSignal): Promise<void> {
    await settled(before, signal)
    this.#handle.check('msgsnd')
    const length = frame.byteLength - TYPE_BYTES
    const { result } = await this.#handle.wait(
      { number: constants.SYS_msgsnd, name: 'msgsnd', args: [this.#handle.id, frame, length, 0] },
      { signal },
    )
    if (result < 0) throw this.#failed(result, length)
  }

  /** The kernel lets a message wait for ever that is longer than the whole queue. */
  #checkFits(length: number): void {
    const about = queues.stat(this.#handle.id)
    if (typeof about === 'number') {
      if (about === EACCES) this.#capacity = Number.POSITIVE_INFINITY // may be written and not read
      return
    }
    this.#capacity = readCapacity(about)
    if (length <= this.#capacity || length > queueSystem().longestMessage) return // the latter is told by msgsnd itself
    throw new SysError(EINVAL, 'msgsnd', {
      on: `${this.#handle}`,
      hint: `The message has ${length} bytes, the queue has room for ${this.#capacity} in all: set({ capacity }) changes that.`,
    })
  }

  #failed(result: number, length: number): SysError {
    if (result === EINVAL) {
      const { longestMessage } = queueSystem()
      if (length > longestMessage) {
        const hint = `The message has ${length} bytes, the system's longest is ${longestMessage} (/proc/sys/kernel/msgmax).`
        return new SysError(EINVAL, 'msgsnd', { on: `${this.#handle}`, hint })
      }
    }
    return this.#handle.failed(result, 'msgsnd')
  }
}

function typeOf(options: SysvSendOptions | undefined): number {
  return options?.type === undefined ? 1 : checkType(options.type)
}

/** struct msgbuf. */
function framed(text: Uint8Array, type: number): Uint8Array {
  const frame = new Uint8Array(TYPE_BYTES + text.byteLength)
  new DataView(frame.buffer).setBigInt64(0, BigInt(type), true)
  frame.set(text, TYPE_BYTES)
  return frame
}

/** Resolves when `before` has, rejects as soon as the signal aborts. */
function settled(before: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    before.then(resolve)
  })
}
