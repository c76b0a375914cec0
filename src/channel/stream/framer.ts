// The framings of ../framing, for messages that are written and found in place, in memory that a channel uses again.
import { checkBytes, checkLength, FramingError, tooLong, truncated } from '../framing/error.ts'
import { type FramingName, framing } from '../framing/index.ts'

/** Of the bytes of one stream: where messages begin and end. */
export interface Framer {
  /** How many bytes stand in front of each message, and behind it. */
  readonly before: number
  readonly after: number
  /** FramingError for a message that this framing cannot carry. */
  check(message: Uint8Array): void
  /** Writes what stands around a message of `length` bytes that begins, with what is in front of it, at `target[at]`. */
  open(target: Uint8Array, at: number, length: number): void
  close(target: Uint8Array, at: number): void
  /**
   * The length of the message that begins, with what is in front of it, at `buffer[from]`, of which bytes have come up to
   * `to`; if it is not whole, the negative of how many bytes it still lacks, as far as is known. FramingError: too long.
   */
  find(buffer: Uint8Array, from: number, to: number): number
  /** Whether what is left when the stream ends is a message although its end is missing. */
  readonly lastIsOpen: boolean
  /** What is wrong with the last of the messages that begin at `buffer[from]`, now that no more bytes will come. */
  fault(buffer: Uint8Array, from: number, to: number): FramingError | undefined
}

/** A framer for one stream. RangeError, TypeError as `framing` gives them. */
export function framerFor(name: FramingName, limit: number): Framer {
  framing(name, { maxMessage: limit }) // which checks both
  if (name === 'length') return new LengthFramer(limit)
  if (name === 'lines') return new LinesFramer(limit)
  return name === 'none' ? new NoFramer() : new FixedFramer(Number(name.slice('fixed:'.length)))
}

const HEADER = 4
const NEWLINE = 0x0a

class LengthFramer implements Framer {
  readonly before = HEADER
  readonly after = 0
  readonly lastIsOpen = false
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  check(message: Uint8Array): void {
    checkLength(message, this.#limit)
  }

  open(target: Uint8Array, at: number, length: number): void {
    target[at] = length
    target[at + 1] = length >>> 8
    target[at + 2] = length >>> 16
    target[at + 3] = length >>> 24
  }

  close(): void {}

  find(buffer: Uint8Array, from: number, to: number): number {
    if (to - from < HEADER) return to - from - HEADER
    const low = (buffer[from] as number) | ((buffer[from + 1] as number) << 8)
    const length = (low | ((buffer[from + 2] as number) << 16) | ((buffer[from + 3] as number) << 24)) >>> 0
    if (length > this.#limit) throw tooLong('a received message', length, this.#limit)
    const lacks = HEADER + length - (to - from)
    return lacks > 0 ? -lacks : length
  }

  fault(buffer: Uint8Array, from: number, to: number): FramingError | undefined {
    for (let at = from; at < to; ) {
      const length = this.find(buffer, at, to)
      if (length >= 0) at += HEADER + length
      else if (to - at < HEADER) return truncated('the length of a message', -length)
      else return truncated(`a message of ${to - at - length - HEADER} bytes`, -length)
    }
    return undefined
  }
}

class LinesFramer implements Framer {
  readonly before = 0
  readonly after = 1
  readonly lastIsOpen = true // the last line of a file need not end with a newline
  readonly #limit: number
  /** So many bytes of the line that begins are known to have no newline. */
  #searched = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  check(message: Uint8Array): void {
    checkLength(message, this.#limit)
    const newline = message.indexOf(NEWLINE)
    if (newline < 0) return
    const reason = `a message with a newline (at byte ${newline}) would be read as two lines`
    throw new FramingError('ERR_FRAMING_REFUSED', `${reason}: use the framing length`)
  }

  open(): void {}

  close(target: Uint8Array, at: number): void {
    target[at] = NEWLINE
  }

  find(buffer: Uint8Array, from: number, to: number): number {
    if (to < buffer.length) buffer[to] = NEWLINE // so that the search ends there: what is behind is of no message yet
    const found = buffer.indexOf(NEWLINE, from + this.#searched)
    const whole = found >= 0 && found < to
    const length = (whole ? found : to) - from
    if (length > this.#limit) {
      throw tooLong('a received line', whole ? length : `at least ${length}`, this.#limit)
    }
    this.#searched = whole ? 0 : length
    return whole ? length : -1
  }

  fault(): undefined {
    return undefined
  }
}

class FixedFramer implements Framer {
  readonly before = 0
  readonly after = 0
  readonly lastIsOpen = false
  readonly #size: number

  constructor(size: number) {
    this.#size = size
  }

  check(message: Uint8Array): void {
    checkBytes(message)
    if (message.length === this.#size) return
    const reason = `a message of ${message.length} bytes: every one has ${this.#size}`
    throw new FramingError('ERR_FRAMING_REFUSED', `framing fixed:${this.#size} cannot carry ${reason}`)
  }

  open(): void {}
  close(): void {}

  find(_buffer: Uint8Array, from: number, to: number): number {
    const lacks = this.#size - (to - from)
    return lacks > 0 ? -lacks : this.#size
  }

  fault(_buffer: Uint8Array, from: number, to: number): FramingError | undefined {
    const part = (to - from) % this.#size
    return part === 0 ? undefined : truncated(`a message of ${this.#size} bytes`, this.#size - part)
  }
}

class NoFramer implements Framer {
  readonly before = 0
  readonly after = 0
  readonly lastIsOpen = false

  check(message: Uint8Array): void {
    checkBytes(message)
    if (message.length > 0) return
    throw new FramingError(
      'ERR_FRAMING_REFUSED',
      'framing none cannot carry an empty message: nothing tells it',
    )
  }

  open(): void {}
  close(): void {}

  find(_buffer: Uint8Array, from: number, to: number): number {
    return to > from ? to - from : -1
  }

  fault(): undefined {
    return undefined
  }
}
