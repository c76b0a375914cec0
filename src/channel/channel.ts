// Channel: messages both ways between two processes, whatever carries them.
import type { PeerCredentials } from '../kernel/socket/credentials.ts'
import { closedError } from '../sys/error.ts'
import type { SyncOptions, WaitOptions } from '../wait/options.ts'
import { batches, each } from './batches.ts'
import { type Closed, Closing } from './closed.ts'
import type { Codec } from './codec.ts'
import { Loan, Packed, View } from './in-place.ts'
import { opened } from './opened.ts'
import { Receiving } from './receiving.ts'
import { Sending } from './sending.ts'
import type { Transport, TransportCounters } from './transport.ts'

/**
 * One end of a channel: messages both ways, whole and in order, each a value of its codec: from `connect`, a listener, or a
 * `channelPair`.
 *
 * What `send` and `trySend` take is handed over at the end of the turn of the event loop at the latest, several together;
 * `flush` does it now. `null` and `undefined` are no messages: they stand for the end, and for "nothing there".
 */
export class Channel<T> implements AsyncIterable<T> {
  readonly #transport: Transport
  readonly #sending: Sending<T>
  readonly #receiving: Receiving<T>
  readonly #closed = new Closing()
  #destroyed = false

  /** For adapters: builds a channel on a transport that is ready. */
  constructor(transport: Transport, codec: Codec<T>) {
    const changed = (): void => {
      transport.want(this.#receiving.waiting > 0, this.#sending.room)
    }
    this.#transport = transport
    this.#sending = new Sending(transport, codec, changed)
    this.#receiving = new Receiving(transport, codec, changed)
    transport.listener = {
      ready: () => {
        this.#sending.pump()
        this.#receiving.pump()
        if (!this.#destroyed) changed()
      },
      over: (closed) => {
        this.#sending.end(closed)
        this.#receiving.pump()
        this.#closed.resolve(closed)
      },
    }
    opened(this)
  }

  /** The lane, e.g. `shm:/run/prices`: what errors call the channel. */
  get label(): string {
    return this.#transport.label
  }

  /** The process at the other end as the kernel vouches for it; `undefined` where the mechanism does not tell. */
  get peer(): PeerCredentials | undefined {
    return this.#transport.peer
  }

  /** Resolves when the channel is over, with the reason; never rejects. What came before can still be received. */
  get closed(): Promise<Closed> {
    return this.#closed.promise
  }

  /** What went through this end since it was opened. */
  get counters(): TransportCounters {
    return this.#transport.counters
  }

  /** Bytes of the longest message that `trySend`, `loan` and a batch take; `send` takes longer ones, in parts. */
  get longest(): number {
    return this.#transport.longest
  }

  /**
   * Sends a message, waiting for room. Resolves when it is handed over, which is not yet received. EPIPE: the peer has
   * closed the channel. PeerDiedError. An abort in the middle of a message longer than `longest` lets it go whole.
   */
  send(message: T, options?: WaitOptions): Promise<void> {
    return this.#destroyed ? Promise.reject(this.#gone('send')) : this.#sending.send(message, options)
  }

  /** As `send`, without waiting: `undefined` when there is no room now. RangeError: it is longer than `longest`. */
  trySend(message: T): true | undefined {
    this.#check('send')
    return this.#sending.trySend(message) ? true : undefined
  }

  /** As `send`, blocking this thread. */
  sendSync(message: T, options?: SyncOptions): void {
    this.#check('send')
    this.#sending.sendSync(message, options)
  }

  /**
   * Sends messages of `size` bytes that lie one behind the other in `packed`, all or none, without waiting: `undefined` when
   * there is no room now. They are what the codec would make of the values; at most `longest` bytes in all.
   */
  trySendPacked(packed: Uint8Array, size: number): true | undefined {
    this.#check('send')
    if (!Number.isInteger(size) || size < 1 || packed.length % size !== 0) {
      throw new RangeError(`size must divide the ${packed.length} bytes of packed, not ${size}`)
    }
    return packed.length === 0 || this.#sending.tryBatch(packed, size) ? true : undefined
  }

  /** Resolves when a message of `length` bytes has room: for who uses `trySend`, `trySendPacked` or `tryLoan`. */
  writable(length = 1, options?: WaitOptions): Promise<void> {
    return this.#destroyed ? Promise.reject(this.#gone('send')) : this.#sending.writable(length, options)
  }

  /**
   * Room for a message of up to `length` bytes, to be written in place where the mechanism has memory for that, and then
   * committed or aborted; until then nothing else is sent. `undefined` when there is no room now.
   */
  tryLoan(length: number): Loan | undefined {
    this.#check('send')
    return Loan.from(this.#transport, this.#sending, length)
  }

  /** Hands over what has been sent now, not at the end of the turn. */
  flush(): void {
    this.#check('send')
    this.#transport.flush()
  }

  /**
   * The next message, waiting for it; `null` once the peer has closed the channel and everything has been received.
   * PeerDiedError, CorruptPeerError: so has it ended. BadMessageError: no value of the codec; the next call goes on.
   */
  receive(options?: WaitOptions): Promise<T | null> {
    if (this.#destroyed) return Promise.reject(this.#gone('receive'))
    return this.#receiving.receive(this.#receiving.take, options)
  }

  /** As `receive`, without waiting: `undefined` when nothing is there. */
  tryReceive(): T | null | undefined {
    this.#check('receive')
    return this.#receiving.waiting > 0 ? undefined : this.#receiving.take()
  }

  /** As `receive`, blocking this thread. */
  receiveSync(options?: SyncOptions): T | null {
    this.#check('receive')
    return this.#receiving.receiveSync(this.#receiving.take, options)
  }

  /** The next message's bytes into memory of yours, without waiting; gives their number. RangeError: more than `target` takes. */
  tryReceiveInto(target: Uint8Array): number | null | undefined {
    this.#check('receive')
    return this.#receiving.waiting > 0 ? undefined : this.#receiving.takeInto(target)
  }

  /** As `tryReceiveInto`, waiting. */
  receiveInto(target: Uint8Array, options?: WaitOptions): Promise<number | null> {
    if (this.#destroyed) return Promise.reject(this.#gone('receive'))
    return this.#receiving.receive(() => this.#receiving.takeInto(target), options)
  }

  /** As `tryReceiveInto`, blocking this thread. */
  receiveIntoSync(target: Uint8Array, options?: SyncOptions): number | null {
    this.#check('receive')
    return this.#receiving.receiveSync(() => this.#receiving.takeInto(target), options)
  }

  /** As many messages of one length as are there one behind the other and fit into `target`, copied in one go. */
  tryReceivePacked(target: Uint8Array): Packed | null | undefined {
    this.#check('receive')
    if (this.#receiving.waiting > 0) return undefined
    return Packed.take(this.#transport, target, () => this.#receiving.takeInto(target))
  }

  /**
   * The next message's bytes where they lie, without waiting: good until `release`. The peer can still change them, and its
   * room is not given back before. `null` at the end, `undefined` when nothing is there.
   */
  tryReceiveView(): View | null | undefined {
    this.#check('receive')
    return this.#receiving.waiting > 0 ? undefined : View.take(this.#transport)
  }

  /** As `tryReceiveView`, waiting. */
  receiveView(options?: WaitOptions): Promise<View | null> {
    if (this.#destroyed) return Promise.reject(this.#gone('receive'))
    return this.#receiving.receive(() => View.take(this.#transport), options)
  }

  /** Resolves when there is a message, or the end: for who uses `tryReceive` and its like. */
  readable(options?: WaitOptions): Promise<void> {
    return this.#destroyed ? Promise.reject(this.#gone('receive')) : this.#receiving.readable(options)
  }

  /** Messages until the peer closes the channel; it stays open. Errors as `receive`. */
  [Symbol.asyncIterator](): AsyncIterator<T, void, undefined> {
    return each(this)
  }

  /** Messages, as many at a time as are there: several times faster than one by one. */
  batches(options?: WaitOptions & { readonly most?: number }): AsyncGenerator<T[], void, undefined> {
    return batches(this, options)
  }

  /** Waiting operations keep the event loop running (the default). */
  ref(): this {
    this.#transport.ref()
    return this
  }

  unref(): this {
    this.#transport.unref()
    return this
  }

  /** Sends what still waits for room, then closes: the peer receives everything, then the end. Idempotent. */
  async close(options?: WaitOptions): Promise<void> {
    if (this.#destroyed) return
    try {
      await this.#sending.drained(options)
    } finally {
      this.destroy()
    }
  }

  /** Closes at once: what still waits for room is rejected, what was handed over is still received. Idempotent. */
  destroy(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    this.#transport.close()
    this.#sending.end({ reason: 'closed' })
    this.#receiving.abandon(this.#gone('receive'))
    this.#closed.resolve(this.#transport.over ?? { reason: 'closed' })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  [Symbol.dispose](): void {
    this.destroy()
  }

  #check(syscall: string): void {
    if (this.#destroyed) throw this.#gone(syscall)
  }

  #gone(syscall: string): Error {
    return closedError(syscall, `channel ${this.#transport.label}`)
  }
}
