// A part of shared memory, seen in the three ways a ring needs.
import { PAGE, UNIT } from './layout.ts'

/** Up to here a loop over words is faster than `set`, which is a call out of compiled code. Bytes. */
export const MOST_BY_WORDS = 128

/** Data as bytes and as 32-bit words. */
export interface Words {
  readonly bytes: Uint8Array
  readonly words: Int32Array
}

/** The control page of a ring and its data. All views lie over the same memory that the other side writes. */
export interface RingMemory {
  readonly control: Int32Array
  readonly counters: Float64Array
  readonly bytes: Uint8Array
  readonly words: Int32Array
  /** Units of data: a power of two. */
  readonly capacity: number
}

/** The ring whose control page begins at `offset`, with `capacity` bytes of data behind it. */
export function ringMemory(buffer: ArrayBufferLike, offset: number, capacity: number): RingMemory {
  const data = offset + PAGE
  return {
    control: new Int32Array(buffer, offset, PAGE / 4),
    counters: new Float64Array(buffer, offset, PAGE / 8),
    bytes: new Uint8Array(buffer, data, capacity),
    words: new Int32Array(buffer, data, capacity / 4),
    capacity: capacity / UNIT,
  }
}

const NO_WORDS: Int32Array = new Int32Array(0)

/**
 * The words of the array that was used last time, too: programs send from and receive into the same one again and again.
 * Views of an array used once would cost more than they save.
 */
export class LastWords {
  #array: Uint8Array | undefined
  #words: Int32Array = NO_WORDS

  /** The whole words of `array`; none when it is new here, long, or not aligned. */
  of(array: Uint8Array): Int32Array {
    if (array === this.#array && this.#words.length === array.length >>> 2) return this.#words
    return this.#meet(array)
  }

  /** Copies a message to byte `at` of a ring's or a log's data, a multiple of 8. */
  copyIn(message: Uint8Array, to: Words, at: number): void {
    const { length } = message
    const from = this.of(message)
    const { bytes, words } = to
    if (from.length === 0) {
      bytes.set(message, at)
      return
    }
    const first = at >>> 2
    for (let i = 0; i < from.length; i++) words[first + i] = from[i] as number
    for (let i = length & ~3; i < length; i++) bytes[at + i] = message[i] as number
  }

  #meet(array: Uint8Array): Int32Array {
    this.#words = NO_WORDS
    if (array !== this.#array) this.#array = array
    else if (array.length <= MOST_BY_WORDS && (array.byteOffset & 3) === 0) {
      this.#words = new Int32Array(array.buffer, array.byteOffset, array.length >>> 2)
    }
    return this.#words
  }
}
