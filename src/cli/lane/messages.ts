// Messages from a byte stream.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FramingName } from '../../address/index.ts'
import { type FrameDecoder, framing } from '../../channel/framing/index.ts'
import { BULK, exactPace, type Pace } from './pace.ts'
import type { Source } from './stream.ts'
import { budget, inTime, type Left } from './wait.ts'

const NEWLINE = 0x0a
const MOST = 65_536

export interface MessageOptions {
  readonly framing: FramingName
  /** Bytes of the longest message. */
  readonly limit: number | undefined
  /** Take nothing of the message after the last one asked for. */
  readonly exact: boolean
  /** Milliseconds for each message. */
  readonly timeout: number | undefined
}

export class MessageReader {
  readonly #source: Source
  readonly #options: MessageOptions
  readonly #decoder: FrameDecoder
  readonly #pace: Pace
  #ended = false

  constructor(source: Source, options: MessageOptions) {
    const { limit } = options
    this.#source = source
    this.#options = options
    this.#decoder = framing(options.framing, limit === undefined ? {} : { maxMessage: limit }).decoder()
    this.#pace = options.exact ? exactPace(options.framing) : BULK
  }

  /** The next message; null at the end. */
  next(): Promise<Uint8Array | null> {
    const { timeout } = this.#options
    const left = budget(timeout)
    return inTime(`waiting for a message from ${this.#source.name}`, timeout, () => this.#next(left))
  }

  async #next(left: Left): Promise<Uint8Array | null> {
    for (;;) {
      const message = this.#decoder.next()
      if (message !== undefined) return message
      if (this.#ended) return null
      if (this.#options.exact && this.#options.framing === 'lines' && this.#takeLine()) continue
      const chunk = await this.#source.read(this.#pace.wanted(), left())
      if (chunk === null) {
        this.#ended = true
        this.#decoder.end()
        continue
      }
      this.#take(chunk)
      // It may hold 30,000 messages. In between a signal wants to be heard, or that nobody reads our output any more.
      if (!this.#options.exact) await nextTurn()
    }
  }

  /** Bytes that are there, up to a newline; false if there are none. */
  #takeLine(): boolean {
    const bytes: number[] = []
    while (bytes.length < MOST && bytes.at(-1) !== NEWLINE) {
      const byte = this.#source.readByte()
      if (byte === undefined) break
      bytes.push(byte)
    }
    this.#take(Uint8Array.from(bytes))
    return bytes.length > 0
  }

  #take(chunk: Uint8Array): void {
    this.#pace.took(chunk)
    this.#decoder.push(chunk)
  }
}
