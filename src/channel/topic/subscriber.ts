// The receiving side of a topic.
import type { PeerCredentials } from '../../kernel/socket/credentials.ts'
import { closedError } from '../../sys/error.ts'
import type { SyncOptions, WaitOptions } from '../../wait/options.ts'
import { batches, each } from '../batches.ts'
import { type Closed, Closing } from '../closed.ts'
import type { Codec } from '../codec.ts'
import { Packed } from '../in-place.ts'
import { opened } from '../opened.ts'
import { Receiving } from '../receiving.ts'
import type { SubscriberCounters, TopicSource } from './source.ts'

// So often a message that is overwritten while it is taken is given up for the next, at a time.
const TRIES = 8

/**
 * Receives what one publisher sends, from its own place in the publisher's log: whole messages, in order, each at most once.
 * Where the publisher's policy is `overwrite`, what it wrote over before this subscriber read it is lost, and counted.
 */
export class Subscriber<T> implements AsyncIterable<T> {
  readonly #source: TopicSource
  readonly #receiving: Receiving<T>
  readonly #closed = new Closing()
  readonly #take: () => T | null | undefined
  #destroyed = false

  /** For `subscribe`. */
  constructor(source: TopicSource, codec: Codec<T>) {
    const receiving = new Receiving(source, codec, () => source.want(receiving.waiting > 0))
    this.#source = source
    this.#receiving = receiving
    this.#take = () => this.#unlessOvertaken(receiving.take)
    source.ready = () => {
      receiving.pump()
      if (!this.#destroyed) source.want(receiving.waiting > 0)
    }
    source.ended = (closed) => {
      receiving.pump()
      this.#closed.resolve(closed)
    }
    opened(this)
  }

  /** The lane, e.g. `shm:/run/prices`: what errors call the subscriber. */
  get label(): string {
    return this.#source.label
  }

  /** The publisher's process as the kernel vouches for it. */
  get peer(): PeerCredentials {
    return this.#source.peer
  }

  /** Resolves when the topic is over, with the reason; never rejects. What came before can still be received. */
  get closed(): Promise<Closed> {
    return this.#closed.promise
  }

  /** What came to this subscriber since it was opened. */
  get counters(): SubscriberCounters {
    return this.#source.counters
  }

  /**
   * How many messages the publisher wrote over before they were read here: exactly, of all that come before the message that
   * `receive` gives next.
   */
  get lost(): number {
    return this.#source.lost
  }

  /**
   * The next message, waiting for it; `null` once the publisher has closed the topic and everything has been received.
   * PeerDiedError, CorruptPeerError: so has it ended. BadMessageError: no value of the codec; LostMessagesError (with
   * `loss: 'error'`): messages are missing here; after both the next call goes on.
   */
  receive(options?: WaitOptions): Promise<T | null> {
    if (this.#destroyed) return Promise.reject(this.#gone())
    return this.#receiving.receive(this.#take, options)
  }

  /** As `receive`, without waiting: `undefined` when nothing is there. */
  tryReceive(): T | null | undefined {
    this.#check()
    return this.#receiving.waiting > 0 ? undefined : this.#take()
  }

  /** As `receive`, blocking this thread. */
  receiveSync(options?: SyncOptions): T | null {
    this.#check()
    return this.#receiving.receiveSync(this.#take, options)
  }

  /** The next message's bytes into memory of yours, without waiting; gives their number. RangeError: more than `target` takes. */
  tryReceiveInto(target: Uint8Array): number | null | undefined {
    this.#check()
    return this.#receiving.waiting > 0 ? undefined : this.#takeInto(target)
  }

  /** As `tryReceiveInto`, waiting. */
  receiveInto(target: Uint8Array, options?: WaitOptions): Promise<number | null> {
    if (this.#destroyed) return Promise.reject(this.#gone())
    return this.#receiving.receive(() => this.#takeInto(target), options)
  }

  /** As `tryReceiveInto`, blocking this thread. */
  receiveIntoSync(target: Uint8Array, options?: SyncOptions): number | null {
    this.#check()
    return this.#receiving.receiveSync(() => this.#takeInto(target), options)
  }

  /** As many messages of one length as were sent in one batch and fit into `target`, copied in one go. */
  tryReceivePacked(target: Uint8Array): Packed | null | undefined {
    this.#check()
    if (this.#receiving.waiting > 0) return undefined
    const single = (): number | null | undefined => this.#receiving.takeInto(target)
    return this.#unlessOvertaken(() => Packed.take(this.#source, target, single))
  }

  /** Resolves when there is a message, or the end: for who uses `tryReceive` and its like. */
  readable(options?: WaitOptions): Promise<void> {
    return this.#destroyed ? Promise.reject(this.#gone()) : this.#receiving.readable(options)
  }

  /** Messages until the publisher closes the topic; the subscriber stays open. Errors as `receive`. */
  [Symbol.asyncIterator](): AsyncIterator<T, void, undefined> {
    return each(this)
  }

  /** Messages, as many at a time as are there: several times faster than one by one. */
  batches(options?: WaitOptions & { readonly most?: number }): AsyncGenerator<T[], void, undefined> {
    return batches(this, options)
  }

  /** Waiting operations keep the event loop running (the default). */
  ref(): this {
    this.#source.keepAlive = true
    return this
  }

  unref(): this {
    this.#source.keepAlive = false
    return this
  }

  /** Closes at once; the publisher and the others go on. Idempotent. */
  close(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    this.#source.close()
    this.#receiving.abandon(this.#gone())
    this.#closed.resolve(this.#source.over ?? { reason: 'closed' })
  }

  [Symbol.dispose](): void {
    this.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  #takeInto(target: Uint8Array): number | null | undefined {
    return this.#unlessOvertaken(() => this.#receiving.takeInto(target))
  }

  /**
   * Takes the next message again when it was overwritten while it was taken; after some tries it is as if nothing were
   * there yet, so that a publisher that goes round and round does not hold this thread.
   */
  #unlessOvertaken<R>(take: () => R): R | undefined {
    for (let tries = 0; tries < TRIES; tries++) {
      try {
        return take()
      } catch (error) {
        if (!this.#source.forgives(error)) throw error
      }
    }
    return undefined
  }

  #check(): void {
    if (this.#destroyed) throw this.#gone()
  }

  #gone(): Error {
    return closedError('receive', `subscriber ${this.#source.label}`)
  }
}
