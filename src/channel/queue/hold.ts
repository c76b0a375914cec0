// Holding a queue: the process that listens keeps the jobs.
import { setTimeout as rest } from 'node:timers/promises'
import type { Address } from '../../address/index.ts'
import type { WaitOptions } from '../../wait/options.ts'
import { listen } from '../listen.ts'
import type { ChannelListener } from '../listener.ts'
import type { QueueCounters } from './counters.ts'
import { frames } from './frame.ts'
import { Star } from './holder.ts'

/** Options of `holdQueue`. */
export interface HoldOptions {
  /** Jobs that may wait for a worker; producers wait beyond them. Default 65,536. */
  readonly most?: number | undefined
  /** Bytes of the jobs that wait, likewise. Default 256 MiB. */
  readonly mostBytes?: number | undefined
  /** Bytes each direction of each connection holds. Default 256 KiB. */
  readonly capacity?: number | undefined
  /** Bytes of the longest job. Default 64 MiB. */
  readonly limit?: number | undefined
  /** Is told why a connection was ended that broke the protocol, or came with another codec. */
  readonly onError?: ((error: Error) => void) | undefined
}

const DEFAULT_MOST = 65_536
const DEFAULT_MOST_BYTES = 2 ** 28

// How long is waited when a connection cannot be taken, for want of descriptors or memory. Milliseconds.
const WHEN_REFUSED = 100

/** A queue that this process holds. What is in it goes when this process does; what workers had not acknowledged, too. */
export class QueueHolder {
  readonly #listener: ChannelListener<Uint8Array>
  readonly #star: Star
  #closed = false

  private constructor(listener: ChannelListener<Uint8Array>, star: Star) {
    this.#listener = listener
    this.#star = star
    this.#serve()
  }

  /** For `holdQueue`. */
  static async hold(address: string | Address, options: HoldOptions): Promise<QueueHolder> {
    const { most = DEFAULT_MOST, mostBytes = DEFAULT_MOST_BYTES, onError = () => {}, ...rest } = options
    if (!Number.isInteger(most) || most < 1)
      throw new RangeError(`most must be 1 or more jobs, not ${String(most)}`)
    if (!(mostBytes >= 1)) throw new RangeError(`mostBytes must be 1 or more bytes, not ${String(mostBytes)}`)
    const listener = await listen(address, { ...rest, codec: frames })
    return new QueueHolder(listener, new Star({ jobs: most, bytes: mostBytes }, onError))
  }

  /** Where producers and workers connect. */
  get address(): string {
    return this.#listener.address
  }

  get counters(): QueueCounters {
    return this.#star.counters
  }

  /** Listening, and those who are connected, keep the event loop running (the default). */
  ref(): this {
    this.#listener.ref()
    this.#star.keepAlive = true
    return this
  }

  unref(): this {
    this.#listener.unref()
    this.#star.keepAlive = false
    return this
  }

  /**
   * Takes no more connections and waits until every job is done, those that producers have sent meanwhile, too; then
   * closes, as it does after a timeout or abort. Idempotent.
   */
  async close(options?: WaitOptions): Promise<void> {
    if (this.#closed) return
    this.#listener.close()
    try {
      await this.#star.drained(options)
    } finally {
      this.destroy()
    }
  }

  /** Closes at once: producers and workers see the end; jobs that are not done are gone. Idempotent. */
  destroy(): void {
    if (this.#closed) return
    this.#closed = true
    this.#listener.close()
    this.#star.destroy()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  [Symbol.dispose](): void {
    this.destroy()
  }

  async #serve(): Promise<void> {
    while (!this.#listener.closed) {
      try {
        const channel = await this.#listener.accept()
        if (this.#closed) channel.destroy()
        else this.#star.serve(channel)
      } catch (error) {
        if (this.#listener.closed) return
        // Who came is turned away, or still waits: the queue goes on for the others.
        if (error instanceof Error) this.#star.failed(error)
        await rest(WHEN_REFUSED)
      }
    }
  }
}

/**
 * Holds a queue at a channel's address (`shm:`, `unix:`, `tcp:`): many producers, many workers, each job to one worker at
 * a time, and to another, marked `redelivered`, when that one dies, leaves or gives it back before it has acknowledged.
 */
export function holdQueue(address: string | Address, options: HoldOptions = {}): Promise<QueueHolder> {
  return QueueHolder.hold(address, options)
}
