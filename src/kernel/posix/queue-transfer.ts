// Messages into a queue and out of it, waiting in each of the three ways.
import { constants } from '../../sys/constants.ts'
import { EAGAIN, EBADF, EBUSY, EINTR, errno } from '../../sys/errno.ts'
import { closedError, SysError } from '../../sys/error.ts'
import type { Fd } from '../../sys/fd.ts'
import { lastPriority } from '../../sys/mqueue.ts'
import { checkOptions, type SyncOptions, type WaitOptions } from '../../wait/options.ts'
import { waitSync } from '../../wait/sync.ts'
import { takeTurn } from '../../wait/turn.ts'
import { type Bytes, bytesOf } from '../bytes.ts'
import { QueueGate } from './queue-gate.ts'
import { QueueMemory, targetOf } from './queue-memory.ts'

/** A message that was received. */
export interface PosixMessage {
  readonly data: Uint8Array
  /** 0 to 32767; higher ones come first. */
  readonly priority: number
}

/** What is known of a message that was received into the caller's memory. */
export interface PosixReceived {
  /** Bytes. */
  readonly length: number
  readonly priority: number
}

/** How a message is sent. */
export interface PosixSendOptions {
  /** 0 (the default) to 32767: higher ones are received first, equal ones in the order in which they were sent. */
  readonly priority?: number | undefined
}

const ETIMEDOUT = -(errno['ETIMEDOUT'] ?? 0)
const EMSGSIZE = -(errno['EMSGSIZE'] ?? 0)

const MOST_PRIORITY = 32_767

function checkPriority(priority: number | undefined): number {
  if (priority === undefined) return 0
  if (Number.isInteger(priority) && priority >= 0 && priority <= MOST_PRIORITY) return priority
  throw new RangeError(`priority must be a whole number from 0 to ${MOST_PRIORITY}, not ${String(priority)}`)
}

/** One queue's traffic. PosixQueue says what each method does. */
export class QueueTransfer {
  readonly messages: QueueGate
  readonly room: QueueGate
  readonly #memory: QueueMemory
  readonly #fd: Fd
  readonly #messageSize: number

  constructor(fd: Fd, messageSize: number) {
    this.#fd = fd
    this.#messageSize = messageSize
    this.#memory = new QueueMemory(messageSize)
    this.messages = new QueueGate(fd, constants.EPOLLIN)
    this.room = new QueueGate(fd, constants.EPOLLOUT)
  }

  send(data: Bytes, options: (WaitOptions & PosixSendOptions) | undefined): Promise<void> {
    try {
      const priority = options === undefined ? 0 : checkPriority(options.priority)
      checkOptions(options)
      const bytes = bytesOf(data)
      const attempt = (): number => this.#put(bytes, priority, false)
      if (this.room.pending === 0 && attempt() !== EAGAIN) return takeTurn(undefined)
      return this.room.pass(attempt, options).then(() => undefined)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  trySend(data: Bytes, options: PosixSendOptions | undefined): true | undefined {
    const priority = options === undefined ? 0 : checkPriority(options.priority)
    const bytes = bytesOf(data)
    return this.room.pending > 0 || this.#put(bytes, priority, false) === EAGAIN ? undefined : true
  }

  sendSync(data: Bytes, options: (SyncOptions & PosixSendOptions) | undefined): void {
    if (options === undefined && this.room.pending === 0) {
      const known = this.#memory.sent.known(data)
      if (known !== undefined && known.send(this.#fd.raw, known.byteLength, 0, true) === 0) return
    }
    const priority = options === undefined ? 0 : checkPriority(options.priority)
    const bytes = bytesOf(data)
    if (this.room.pending > 0) {
      const hint = 'Sends wait on it, which this one would overtake: await or abort them first.'
      throw new SysError(EBUSY, 'mq_timedsend', { on: `${this.#fd}`, hint })
    }
    const waits = options?.timeout === undefined
    if (waits && this.#put(bytes, priority, true) === 0) return
    waitSync(this.#fd, constants.POLLOUT, () => this.#put(bytes, priority, waits), options)
  }

  receive(options: WaitOptions | undefined): Promise<PosixMessage> {
    return this.#receive(
      () => this.#take(undefined, false),
      (length) => this.#message(length),
      options,
    )
  }

  tryReceive(): PosixMessage | undefined {
    const length = this.#tryReceive(undefined)
    return length === EAGAIN ? undefined : this.#message(length)
  }

  receiveSync(options: SyncOptions | undefined): PosixMessage {
    return this.#message(this.#receiveSync(undefined, options))
  }

  receiveInto(target: ArrayBufferView, options: WaitOptions | undefined): Promise<PosixReceived> {
    try {
      const bytes = targetOf(target)
      return this.#receive(
        () => this.#take(bytes, false),
        (length) => ({ length, priority: lastPriority() }),
        options,
      )
    } catch (error) {
      return Promise.reject(error)
    }
  }

  tryReceiveInto(target: ArrayBufferView): PosixReceived | undefined {
    const length = this.#tryReceive(targetOf(target))
    return length === EAGAIN ? undefined : { length, priority: lastPriority() }
  }

  receiveIntoSync(target: ArrayBufferView, options: SyncOptions | undefined): PosixReceived {
    if (options === undefined) {
      const known = this.#memory.received.known(target)
      const length = known === undefined ? EAGAIN : known.receive(this.#fd.raw, true)
      if (length >= 0) return { length, priority: lastPriority() }
    }
    const length = this.#receiveSync(targetOf(target), options)
    return { length, priority: lastPriority() }
  }

  /** Lets go of the buffers. */
  forget(): void {
    this.#memory.forget()
  }

  #receive<T>(take: () => number, made: (length: number) => T, options: WaitOptions | undefined): Promise<T> {
    try {
      checkOptions(options)
      if (this.messages.pending === 0) {
        const length = take()
        if (length !== EAGAIN) return takeTurn(made(length))
      }
      const received: T[] = []
      const attempt = (): number => {
        const length = take()
        if (length >= 0) received.push(made(length))
        return length
      }
      return this.messages.pass(attempt, options).then(() => received[0] as T)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #tryReceive(target: Uint8Array | undefined): number {
    return this.messages.pending > 0 ? EAGAIN : this.#take(target, false)
  }

  #receiveSync(target: Uint8Array | undefined, options: SyncOptions | undefined): number {
    const waits = options?.timeout === undefined
    const length = waits ? this.#take(target, true) : EAGAIN
    if (length >= 0) return length
    return waitSync(this.#fd, constants.POLLIN, () => this.#take(target, waits), options)
  }

  /** The message that was taken into no target just now. */
  #message(length: number): PosixMessage {
    const priority = lastPriority()
    return { data: this.#memory.taken(length), priority }
  }

  /** 0, or EAGAIN: without `waits` where it would sleep, with it only if the description is O_NONBLOCK. */
  #put(bytes: Uint8Array, priority: number, waits: boolean): number {
    const memory = this.#memory.outgoing(bytes)
    let result = memory.send(this.#fd.raw, bytes.length, priority, waits)
    while (result === EINTR) result = memory.send(this.#fd.raw, bytes.length, priority, waits)
    if (result === 0) return 0
    if (result === EAGAIN || result === ETIMEDOUT) return EAGAIN
    const hint = `The message has ${bytes.length} bytes, this queue takes at most ${this.#messageSize} (messageSize).`
    throw this.#failure(result, 'mq_timedsend', hint)
  }

  /** The length of the message, or EAGAIN as with #put. A target's address is asked for each time: it may be detached. */
  #take(target: Uint8Array | undefined, waits: boolean): number {
    for (;;) {
      const fd = this.#fd.raw
      const memory = this.#memory
      const result =
        target === undefined ? memory.receive(fd, waits) : memory.target(target).receive(fd, waits)
      if (result >= 0) return result
      if (result === EAGAIN || result === ETIMEDOUT) return EAGAIN
      if (result === EINTR) continue
      const needs = `must have ${this.#messageSize} (messageSize), however short the message`
      throw this.#failure(
        result,
        'mq_timedreceive',
        `The target has ${target?.byteLength} bytes and ${needs}.`,
      )
    }
  }

  #failure(result: number, syscall: string, tooLong: string): SysError {
    if (this.#fd.closed) return closedError(syscall, this.#fd.label)
    const hints: Readonly<Record<number, string>> = {
      [EMSGSIZE]: tooLong,
      [EBADF]: 'It is not open for this: see `access`.',
    }
    const hint = hints[result]
    return new SysError(result, syscall, { on: `${this.#fd}`, ...(hint === undefined ? {} : { hint }) })
  }
}
