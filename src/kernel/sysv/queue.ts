// SysvQueue: a System V message queue.
import { constants } from '../../sys/constants.ts'
import { SysError } from '../../sys/error.ts'
import { messageMemory, msgctl } from '../../sys/sysv-queue.ts'
import type { SyncOptions, WaitOptions } from '../../wait/options.ts'
import type { Bytes } from '../bytes.ts'
import { checkLength, checkWhole } from '../mapping-options.ts'
import type { Gotten } from './get.ts'
import { SysvHandle } from './handle.ts'
import { keyOf, type SysvKey } from './key.ts'
import {
  type ReceivedInto,
  type SysvMessage,
  type SysvMessageLimit,
  type SysvSelection,
  type SysvTruncation,
  wantedInto,
  wantedOf,
} from './queue-message.ts'
import {
  type CreateSysvQueueOptions,
  findQueue,
  keyOfQueue,
  labelOf,
  makeQueue,
  type OpenSysvQueueOptions,
  type SetSysvQueueOptions,
  setQueue,
} from './queue-open.ts'
import { INTO, MESSAGE, QueueReceiver } from './queue-receive.ts'
import { QueueSender, type SysvSendOptions } from './queue-send.ts'
import {
  listQueues,
  queueSystem,
  queues,
  readStat,
  type SysvQueueStat,
  type SysvQueueSystem,
} from './queue-stat.ts'

/**
 * A System V message queue: messages with a type, kept by the kernel until somebody receives them or removes the queue, also
 * while no process uses it. Any programs that agree on a key share it. sysvipc(7), msgget(2), msgop(2), msgctl(2)
 */
export class SysvQueue {
  /** The kernel's number for it. */
  readonly id: number
  /** Unsigned; 0 for a private queue. */
  readonly key: number
  /** Whether this call made the queue. */
  readonly created: boolean
  readonly #handle: SysvHandle
  readonly #sender: QueueSender
  readonly #receiver: QueueReceiver

  private constructor({ id, created }: Gotten, key: number) {
    this.id = id
    this.key = key
    this.created = created
    this.#handle = new SysvHandle(id, `${labelOf(key)} (id ${id})`)
    this.#sender = new QueueSender(this.#handle)
    this.#receiver = new QueueReceiver(this.#handle)
  }

  /** Makes a queue. Errors: EEXIST; ENOSPC, as many as /proc/sys/kernel/msgmni; EPERM, a `capacity` above msgmnb; ENOMEM. */
  static create(key: SysvKey, options: CreateSysvQueueOptions = {}): SysvQueue {
    const number = keyOf(key)
    return new SysvQueue(makeQueue(number, options), number)
  }

  /** One that exists. Errors: ENOENT; with `access`, EACCES. */
  static open(key: SysvKey, options: OpenSysvQueueOptions = {}): SysvQueue {
    const number = keyOf(key)
    return new SysvQueue(findQueue(number, options), number)
  }

  /** Either; safe when several processes do it at once. One that is there must allow what `mode` says, and stays as it is. */
  static openOrCreate(key: SysvKey, options: CreateSysvQueueOptions = {}): SysvQueue {
    const number = keyOf(key)
    return new SysvQueue(makeQueue(number, options, 'open'), number)
  }

  /** Makes a queue without a key: others find it by its `id`. */
  static createPrivate(options: CreateSysvQueueOptions = {}): SysvQueue {
    return new SysvQueue(makeQueue(constants.IPC_PRIVATE, options), constants.IPC_PRIVATE)
  }

  /** One whose id is known. EINVAL when there is none. */
  static from(id: number): SysvQueue {
    return new SysvQueue({ id, created: false }, keyOfQueue(id))
  }

  /** Every queue of the system (of this IPC namespace), also those that may not be read. */
  static list(): SysvQueueStat[] {
    return listQueues()
  }

  /** The system's limits, and what is used of them. */
  static system(): SysvQueueSystem {
    return queueSystem()
  }

  /**
   * Memory of `length` bytes, not zeroed, for long messages that are sent and received often: they move between it and the
   * kernel without a copy on the way. It, or a part that begins where it begins, is given as `data` or as `target`.
   */
  static memory(length: number): Uint8Array {
    return messageMemory(checkLength(length))
  }

  get closed(): boolean {
    return this.#handle.closed
  }

  /**
   * Sends a message, waiting while the queue is full. Sends of this object that wait go out in the order of the calls. An abort
   * or timeout sends nothing. EINVAL: the message is longer than any may be, or than the whole queue.
   */
  send(data: Bytes, options?: WaitOptions & SysvSendOptions): Promise<void> {
    return this.#sender.send(data, options)
  }

  /** Sends now and gives true; `undefined` when the queue is full. Does not queue up behind sends that wait. */
  trySend(data: Bytes, options?: SysvSendOptions): true | undefined {
    return this.#sender.trySend(data, options)
  }

  /** As `send`, blocking this thread. Does not queue up behind sends that wait. */
  sendSync(data: Bytes, options?: SyncOptions & SysvSendOptions): void {
    this.#sender.sendSync(data, options)
  }

  /** Takes the first message that fits, waiting for one. An abort or timeout takes nothing. EIDRM: the queue was removed. */
  async receive(options?: WaitOptions & SysvSelection & SysvMessageLimit): Promise<SysvMessage> {
    return this.#receiver.receive(wantedOf(options), MESSAGE, options)
  }

  /** As `receive`, at once; `undefined` when there is none. */
  tryReceive(options?: SysvSelection & SysvMessageLimit): SysvMessage | undefined {
    return this.#receiver.now(wantedOf(options), MESSAGE)
  }

  /** As `receive`, blocking this thread. */
  receiveSync(options?: SyncOptions & SysvSelection & SysvMessageLimit): SysvMessage {
    return this.#receiver.sync(wantedOf(options), MESSAGE, options)
  }

  /** As `receive`, into memory of yours, which is written when the message is there. E2BIG when it is longer than that. */
  async receiveInto(
    target: Uint8Array,
    options?: WaitOptions & SysvSelection & SysvTruncation,
  ): Promise<ReceivedInto> {
    return this.#receiver.receive(wantedInto(target, options), INTO, options)
  }

  /** As `receiveInto`, at once; `undefined` when there is none. */
  tryReceiveInto(target: Uint8Array, options?: SysvSelection & SysvTruncation): ReceivedInto | undefined {
    return this.#receiver.now(wantedInto(target, options), INTO)
  }

  /** As `receiveInto`, blocking this thread. The fastest way to receive. */
  receiveIntoSync(target: Uint8Array, options?: SyncOptions & SysvSelection & SysvTruncation): ReceivedInto {
    return this.#receiver.sync(wantedInto(target, options), INTO, options)
  }

  /**
   * A copy of the message at `index`, 0 being the oldest, which stays; `undefined` when there are fewer. ENOSYS where the kernel
   * lacks MSG_COPY (CONFIG_CHECKPOINT_RESTORE).
   */
  peek(index = 0): SysvMessage | undefined {
    return this.#receiver.peek(checkWhole(index, 'index'))
  }

  /** Message after message, until the queue is removed. An abort throws the signal's reason. */
  async *messages(
    options?: { readonly signal?: AbortSignal } & SysvSelection & SysvMessageLimit,
  ): AsyncGenerator<SysvMessage, void, undefined> {
    for (;;) {
      let message: SysvMessage
      try {
        message = await this.receive(options)
      } catch (error) {
        if (error instanceof SysError && error.code === 'EIDRM') return
        throw error
      }
      yield message
    }
  }

  /** What the kernel says about it. EACCES unless it may be read. */
  stat(): SysvQueueStat {
    this.#handle.check('msgctl')
    const view = queues.stat(this.id)
    if (typeof view === 'number') throw this.#handle.failed(view, 'msgctl')
    return readStat(this.id, view)
  }

  /** Changes owner, mode, capacity. EPERM for who is neither owner nor creator; for a capacity above the system's. */
  set(options: SetSysvQueueOptions): void {
    this.#handle.check('msgctl')
    setQueue(this.#handle, options)
    this.#sender.capacityChanged()
  }

  /** Removes the queue and what is in it: whoever waits on it, or uses it later, gets EIDRM. EPERM as `set`. */
  remove(): void {
    this.#handle.check('msgctl')
    const result = msgctl(this.id, constants.IPC_RMID)
    if (result < 0) throw this.#handle.failed(result, 'msgctl')
  }

  /** Ends the use of this object; operations of it that wait reject with EBADF. The queue stays. Idempotent. */
  close(): void {
    this.#handle.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  toString(): string {
    return this.#handle.label
  }
}
