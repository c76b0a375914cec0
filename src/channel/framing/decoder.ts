// The part all decoders with a memory share: one message ahead at the end, and errors in their place.
import { ByteQueue } from './byte-queue.ts'
import { checkBytes, type FramingError } from './error.ts'
import type { FrameDecoder } from './framing.ts'

/** How one framing cuts messages out of the bytes that have come. */
export interface Cutter {
  /** Takes one whole message; undefined, if there is none yet. */
  cut(queue: ByteQueue): Uint8Array | undefined
  /** What the bytes that are left are, now that no more will come: a message, nothing, or an error. */
  rest(queue: ByteQueue): Uint8Array | FramingError | undefined
}

export class QueueDecoder implements FrameDecoder {
  readonly #queue = new ByteQueue()
  readonly #cutter: Cutter
  #ahead: Uint8Array | undefined
  #failure: unknown
  #ended = false

  constructor(cutter: Cutter) {
    this.#cutter = cutter
  }

  get buffered(): number {
    return this.#queue.length + (this.#ahead?.length ?? 0)
  }

  push(chunk: Uint8Array): void {
    checkBytes(chunk)
    if (this.#failure !== undefined) throw this.#failure
    if (this.#ended) throw new TypeError('push after end: the stream was said to have ended')
    this.#queue.push(chunk)
  }

  next(): Uint8Array | undefined {
    const ahead = this.#ahead
    this.#ahead = undefined
    return ahead ?? this.#cut()
  }

  end(): void {
    this.#ended = true
    this.#ahead ??= this.#cut()
  }

  #cut(): Uint8Array | undefined {
    if (this.#failure !== undefined) throw this.#failure
    try {
      const message = this.#cutter.cut(this.#queue)
      if (message !== undefined || !this.#ended) return message
      const rest = this.#cutter.rest(this.#queue)
      if (rest instanceof Error) throw rest
      return rest
    } catch (error) {
      this.#failure = error
      throw error
    }
  }
}
