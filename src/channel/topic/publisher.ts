// The sending side of a topic.
import { setTimeout as rest } from 'node:timers/promises'
import type { UnixListener } from '../../kernel/socket/listener.ts'
import { closedError } from '../../sys/error.ts'
import type { SyncOptions, WaitOptions } from '../../wait/options.ts'
import { type Closed, Closing } from '../closed.ts'
import type { Codec } from '../codec.ts'
import { Loan } from '../in-place.ts'
import { opened } from '../opened.ts'
import { Sending } from '../sending.ts'
import { endAtExit } from '../shm/exit.ts'
import type { PublisherCounters, TopicSink } from './sink.ts'

// How long is waited when a connection cannot be taken, for want of descriptors or memory. Milliseconds.
const WHEN_REFUSED = 100

/**
 * Sends messages to all who subscribe, over one log in shared memory: the cost of a message does not depend on how many
 * there are. Open, it keeps the event loop running, unless `unref`.
 *
 * What `send` and `trySend` take is published at the end of the turn of the event loop at the latest, several together;
 * `flush` does it now. `null` and `undefined` are no messages.
 */
export class Publisher<T> {
  readonly #sink: TopicSink
  readonly #sending: Sending<T>
  readonly #listener: UnixListener
  readonly #closed = new Closing()
  readonly #forget: () => void
  #keepAlive = true
  #destroyed = false

  /** For `publish`. */
  constructor(sink: TopicSink, listener: UnixListener, codec: Codec<T>) {
    this.#sink = sink
    this.#listener = listener
    this.#sending = new Sending(sink, fitting(codec, sink), () => sink.want(this.#sending.room))
    sink.ready = () => {
      this.#sending.pump()
      if (!this.#destroyed) sink.want(this.#sending.room)
    }
    this.#forget = endAtExit({
      end: () => {
        sink.finish()
        listener.unlink()
      },
    })
    this.#welcomeAll()
    opened(this)
  }

  /** The lane, e.g. `shm:/run/prices`: what errors call the publisher. */
  get label(): string {
    return this.#sink.label
  }

  /** Resolves when it is closed; never rejects. */
  get closed(): Promise<Closed> {
    return this.#closed.promise
  }

  /** How many subscribers there are now. */
  get subscribers(): number {
    return this.#sink.subscribers
  }

  /** What was sent since it was opened. */
  get counters(): PublisherCounters {
    return this.#sink.counters
  }

  /** Bytes of the longest message, and of a batch: a little less than half the capacity. */
  get longest(): number {
    return this.#sink.longest
  }

  /**
   * Sends a message. With the policy `block`, waits for room; with `drop`, a message without room is dropped and counted.
   * RangeError: it is longer than `longest`.
   */
  send(message: T, options?: WaitOptions): Promise<void> {
    return this.#destroyed ? Promise.reject(this.#gone()) : this.#sending.send(message, options)
  }

  /** As `send`, without waiting: `undefined` when there is no room now (with `drop`: it was dropped). */
  trySend(message: T): true | undefined {
    this.#check()
    const { dropped } = this.#sink
    return this.#sending.trySend(message) && this.#sink.dropped === dropped ? true : undefined
  }

  /** As `send`, blocking this thread. */
  sendSync(message: T, options?: SyncOptions): void {
    this.#check()
    this.#sending.sendSync(message, options)
  }

  /**
   * Sends messages of `size` bytes that lie one behind the other in `packed`, all or none, without waiting: `undefined` when
   * there is no room now. They are what the codec would make of the values; at most `longest` bytes in all.
   */
  trySendPacked(packed: Uint8Array, size: number): true | undefined {
    if (!Number.isInteger(size) || size < 1 || packed.length % size !== 0) {
      throw new RangeError(`size must divide the ${packed.length} bytes of packed, not ${size}`)
    }
    this.#check()
    const { dropped } = this.#sink
    const taken = packed.length === 0 || this.#sending.tryBatch(packed, size)
    return taken && this.#sink.dropped === dropped ? true : undefined
  }

  /** Resolves when a message of `length` bytes has room: for who uses `trySend`, `trySendPacked` or `tryLoan`. */
  writable(length = 1, options?: WaitOptions): Promise<void> {
    return this.#destroyed ? Promise.reject(this.#gone()) : this.#sending.writable(length, options)
  }

  /**
   * Room in the log for a message of up to `length` bytes, to be written in place and then committed or aborted; until then
   * nothing else is sent. `undefined` when there is no room now.
   */
  tryLoan(length: number): Loan | undefined {
    this.#check()
    return Loan.from(this.#sink, this.#sending, length)
  }

  /** Publishes what has been sent now, not at the end of the turn. */
  flush(): void {
    this.#check()
    this.#sink.flush()
  }

  /** Being open keeps the event loop running (the default). */
  ref(): this {
    this.#setKeepAlive(true)
    return this
  }

  unref(): this {
    this.#setKeepAlive(false)
    return this
  }

  /** Sends what still waits for room, then closes: subscribers receive everything, then the end. Idempotent. */
  async close(options?: WaitOptions): Promise<void> {
    if (this.#destroyed) return
    try {
      await this.#sending.drained(options)
    } finally {
      this.destroy()
    }
  }

  /** Closes at once: what still waits for room is rejected, what was published is still received. Idempotent. */
  destroy(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    this.#forget()
    this.#listener.unlink()
    this.#listener.close()
    this.#sink.close()
    this.#sending.end({ reason: 'closed' })
    this.#closed.resolve({ reason: 'closed' })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  [Symbol.dispose](): void {
    this.destroy()
  }

  #setKeepAlive(keepAlive: boolean): void {
    this.#keepAlive = keepAlive
    this.#sink.keepAlive = keepAlive
    if (keepAlive) this.#listener.ref()
    else this.#listener.unref()
  }

  async #welcomeAll(): Promise<void> {
    while (!this.#destroyed) {
      try {
        this.#sink.welcome(await this.#listener.accept())
      } catch {
        // The one who came is turned away, or still waits: the topic goes on for the others.
        if (!this.#destroyed) await rest(WHEN_REFUSED, undefined, { ref: this.#keepAlive })
      }
    }
  }

  #check(): void {
    if (this.#destroyed) throw this.#gone()
  }

  #gone(): Error {
    return closedError('send', `publisher ${this.#sink.label}`)
  }
}

/** The codec, which refuses what is no message of this topic: it is never sent in parts. */
function fitting<T>(codec: Codec<T>, { longest, label }: TopicSink): Codec<T> {
  const encodeInto = codec.encodeInto?.bind(codec)
  return {
    name: codec.name,
    scratch: codec.scratch,
    keeps: codec.keeps,
    decode: (bytes) => codec.decode(bytes),
    ...(encodeInto === undefined ? {} : { encodeInto }),
    encode(value) {
      const message = codec.encode(value)
      if (message.length <= longest) return message
      throw new RangeError(
        `${label}: ${message.length} bytes; a message has at most ${longest}: open it with more capacity`,
      )
    },
  }
}
