// One timeout for an operation that waits several times.
import { type SyncOptions, TimeoutError } from './options.ts'

export class Countdown<T extends SyncOptions> {
  readonly #options: T
  readonly #start = performance.now()

  constructor(options: T) {
    this.#options = options
  }

  /** The options with what is left of their timeout, 0 when nothing is. */
  left(): T {
    const { timeout } = this.#options
    if (timeout === undefined) return this.#options
    return { ...this.#options, timeout: Math.max(0, timeout - (performance.now() - this.#start)) }
  }

  /** What a wait ended with, except that a timeout is that of the whole. */
  ended(reason: unknown, what: string): unknown {
    const { timeout } = this.#options
    return reason instanceof TimeoutError && timeout !== undefined ? new TimeoutError(what, timeout) : reason
  }
}
