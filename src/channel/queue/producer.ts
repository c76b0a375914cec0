// The producers' end of a queue.
import type { WaitOptions } from '../../wait/options.ts'
import type { Channel } from '../channel.ts'
import type { Closed } from '../closed.ts'
import type { Codec } from '../codec.ts'
import { FrameScratch, head, introduce, KIND } from './frame.ts'
import { StarEnd } from './star-end.ts'

/** Sends jobs. Of a queue that a process holds, or of a message queue of the kernel. */
export interface QueueProducer<T> {
  /** The lane: what errors call it. */
  readonly label: string
  /** Sends a job, waiting for room; it is in the queue then, or on its way to who holds it. */
  send(job: T, options?: WaitOptions): Promise<void>
  /** As `send`, without waiting: `undefined` when there is no room now. */
  trySend(job: T): true | undefined
  /** Resolves when the queue is over for us, with the reason. */
  readonly closed: Promise<Closed>
  ref(): this
  unref(): this
  /** Hands over what waits for room, then closes. Idempotent. */
  close(options?: WaitOptions): Promise<void>
  destroy(): void
  [Symbol.asyncDispose](): Promise<void>
  [Symbol.dispose](): void
}

/** A producer of a queue that another process holds. */
export class StarProducer<T> extends StarEnd<Uint8Array> implements QueueProducer<T> {
  readonly #codec: Codec<T>
  readonly #scratch = new FrameScratch()

  private constructor(channel: Channel<Uint8Array>, codec: Codec<T>) {
    super(channel)
    this.#codec = codec
  }

  /** Says who we are and what our jobs are. */
  static async join<T>(channel: Channel<Uint8Array>, codec: Codec<T>): Promise<StarProducer<T>> {
    await introduce(channel, { kind: KIND.produces, number: 0, codec: codec.name })
    return new StarProducer(channel, codec)
  }

  send(job: T, options?: WaitOptions): Promise<void> {
    try {
      return this.channel.send(this.#frame(job), options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  trySend(job: T): true | undefined {
    return this.channel.trySend(this.#frame(job))
  }

  #frame(job: T): Uint8Array {
    return head(this.#scratch.of(this.#codec.encode(job)), KIND.job, 0)
  }
}
