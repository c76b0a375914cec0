// POSIX message queues: named queues in the kernel, ordered by priority.
import { constants } from '../../sys/constants.ts'
import type { Fd } from '../../sys/fd.ts'
import type { SyncOptions, WaitOptions } from '../../wait/options.ts'
import type { Bytes } from '../bytes.ts'
import { checkFlag } from '../mapping-options.ts'
import type { SignalName } from '../signal/names.ts'
import { type PosixQueueLimits, readLimits } from './queue-limits.ts'
import { QueueNotifier } from './queue-notify.ts'
import {
  adoptQueue,
  attributesNow,
  attributesOf,
  type CreatePosixQueueOptions,
  createQueue,
  type OpenedQueue,
  type OpenPosixQueueOptions,
  openOrCreateQueue,
  openQueue,
  type PosixQueueAccess,
  type PosixQueueAttributes,
  unlinkQueue,
} from './queue-open.ts'
import {
  type PosixMessage,
  type PosixReceived,
  type PosixSendOptions,
  QueueTransfer,
} from './queue-transfer.ts'

/**
 * A POSIX message queue, mq_overview(7): messages of bytes, each with a priority, between any programs that agree on a
 * name. It stays with its messages until `unlink` (or a restart), whoever comes and goes. Waits on the event loop.
 */
export class PosixQueue {
  readonly name: string
  /** Whether it was made by this call. */
  readonly created: boolean
  readonly access: PosixQueueAccess
  /** How many messages it holds. */
  readonly maxMessages: number
  /** The longest message, in bytes. */
  readonly messageSize: number
  readonly #fd: Fd
  readonly #transfer: QueueTransfer
  readonly #notifier: QueueNotifier

  private constructor({ fd, name, created, access }: OpenedQueue) {
    const [, maxMessages, messageSize] = attributesOf(fd)
    this.name = name
    this.created = created
    this.access = access
    this.maxMessages = maxMessages
    this.messageSize = messageSize
    this.#fd = fd
    this.#transfer = new QueueTransfer(fd, messageSize)
    this.#notifier = new QueueNotifier(fd)
  }

  /** Makes a new queue: O_EXCL, 0600. Errors: EEXIST, EINVAL (above the limits), EMFILE, ENOSPC. */
  static create(name: string, options: CreatePosixQueueOptions = {}): PosixQueue {
    return new PosixQueue(createQueue(name, options))
  }

  /** Opens a queue that exists. Errors: ENOENT, EACCES. */
  static open(name: string, options: OpenPosixQueueOptions = {}): PosixQueue {
    return new PosixQueue(openQueue(name, options))
  }

  /** Either; safe when several processes do it at once. What exists keeps its size and mode. */
  static openOrCreate(name: string, options: CreatePosixQueueOptions = {}): PosixQueue {
    return new PosixQueue(openOrCreateQueue(name, options))
  }

  /**
   * Takes over descriptor `fd`, inherited or received; in place of a standard stream (0, 1, 2) it leaves /dev/null behind.
   * EINVAL, and it stays open, if it is something else.
   */
  static from(fd: number): PosixQueue {
    return new PosixQueue(adoptQueue(fd))
  }

  /** Removes a name, mq_unlink(3); who has the queue open keeps it. Errors: ENOENT, EACCES. */
  static unlink(name: string): void {
    unlinkQueue(name)
  }

  /** What the system allows now. */
  static limits(): PosixQueueLimits {
    return readLimits()
  }

  /** The descriptor's number. Throws EBADF once closed. */
  get fd(): number {
    return this.#fd.number
  }

  get closed(): boolean {
    return this.#fd.closed
  }

  /** How many messages are in the queue: mq_curmsgs. */
  get queued(): number {
    return attributesOf(this.#fd)[3]
  }

  /** mq_getattr(3). */
  attributes(): PosixQueueAttributes {
    return attributesNow(this.#fd)
  }

  /**
   * Sets or clears O_NONBLOCK, mq_setattr(3), for everybody who shares this descriptor. The methods here never set it and
   * work the same either way; other programs may want it.
   */
  setNonblocking(nonblocking: boolean): void {
    checkFlag(nonblocking, 'nonblocking')
    attributesOf(this.#fd, nonblocking ? constants.O_NONBLOCK : 0)
  }

  /**
   * Sends a message of 0 to `messageSize` bytes, waiting while the queue is full; `data` must be left alone until then.
   * Several wait in the order in which they were called. EMSGSIZE: longer than `messageSize`.
   */
  send(data: Bytes, options?: WaitOptions & PosixSendOptions): Promise<void> {
    return this.#transfer.send(data, options)
  }

  /** As `send`, without waiting: `undefined` when the queue is full, or a `send` waits, which has the right of way. */
  trySend(data: Bytes, options?: PosixSendOptions): true | undefined {
    return this.#transfer.trySend(data, options)
  }

  /** As `send`, blocking this thread. EBUSY while a `send` waits, which it would overtake. */
  sendSync(data: Bytes, options?: SyncOptions & PosixSendOptions): void {
    this.#transfer.sendSync(data, options)
  }

  /** The next message: of the highest priority there is, of those the oldest. An abort or timeout takes none. */
  receive(options?: WaitOptions): Promise<PosixMessage> {
    return this.#transfer.receive(options)
  }

  /** As `receive`, without waiting: `undefined` when the queue is empty, or a `receive` waits. */
  tryReceive(): PosixMessage | undefined {
    return this.#transfer.tryReceive()
  }

  /** As `receive`, blocking this thread. */
  receiveSync(options?: SyncOptions): PosixMessage {
    return this.#transfer.receiveSync(options)
  }

  /**
   * As `receive`, into memory of yours of at least `messageSize` bytes, which must be left alone until then. EMSGSIZE: it
   * is smaller, however short the message.
   */
  receiveInto(target: ArrayBufferView, options?: WaitOptions): Promise<PosixReceived> {
    return this.#transfer.receiveInto(target, options)
  }

  /** As `receiveInto`, without waiting: `undefined` when the queue is empty, or a `receive` waits. */
  tryReceiveInto(target: ArrayBufferView): PosixReceived | undefined {
    return this.#transfer.tryReceiveInto(target)
  }

  /** As `receiveInto`, blocking this thread. Fastest when given the same memory again and again. */
  receiveIntoSync(target: ArrayBufferView, options?: SyncOptions): PosixReceived {
    return this.#transfer.receiveIntoSync(target, options)
  }

  /** Messages as they come, for ever: until `signal` aborts (it then throws `signal.reason`) or the loop is left. */
  async *messages(options?: {
    readonly signal?: AbortSignal
  }): AsyncGenerator<PosixMessage, never, undefined> {
    for (;;) yield await this.receive(options)
  }

  /**
   * Resolves when a message has come to the queue while it was empty and nobody waited in `mq_receive`, mq_notify(3). Once:
   * call it again for the next one, before taking the messages that are there. EBUSY: a process is registered already.
   * ECANCELED: the registration was removed, by `cancelNotify` or because this process closed a descriptor of the queue.
   */
  notify(options?: WaitOptions): Promise<void> {
    return this.#notifier.wait(options)
  }

  /** As `notify`, by a signal, once, with `value` (32 bits) in its siginfo; `si_code` is SI_MESGQ. */
  notifyBySignal(signal: SignalName | number, value = 0): void {
    this.#notifier.bySignal(signal, value)
  }

  /** Ends this process's registration, if it has one. */
  cancelNotify(): void {
    this.#notifier.cancel()
  }

  /** Waiting operations keep the event loop running (the default). */
  ref(): this {
    return this.#keepAlive(true)
  }

  unref(): this {
    return this.#keepAlive(false)
  }

  /** The descriptor's number, for `stdio` of `child_process.spawn`. Its flags are as they were made. */
  inherit(): number {
    return this.#fd.number
  }

  /** A second descriptor of this opening of the queue. */
  duplicate(): PosixQueue {
    const { name, access } = this
    return new PosixQueue({ fd: this.#fd.duplicate(), name, access, created: false })
  }

  /** Gives the descriptor away, for `PosixQueue.from` in another thread: this object is closed, the number is not. */
  release(): number {
    this.#transfer.forget()
    return this.#fd.release()
  }

  /** Closes the descriptor; the queue stays, and operations that wait reject with EBADF. Idempotent. */
  close(): void {
    this.#transfer.forget()
    this.#fd.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  toString(): string {
    return `${this.#fd}`
  }

  #keepAlive(keep: boolean): this {
    for (const one of [this.#transfer.messages, this.#transfer.room, this.#notifier]) one.keepAlive(keep)
    return this
  }
}
