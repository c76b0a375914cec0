// `length`: four bytes with the length of the payload, unsigned, little-endian, and then the payload.
import type { ByteQueue } from './byte-queue.ts'
import { type Cutter, QueueDecoder } from './decoder.ts'
import { checkLength, type FramingError, tooLong, truncated } from './error.ts'
import type { Framing } from './framing.ts'

const HEADER = 4

export function lengthFraming(maxMessage: number): Framing {
  return {
    name: 'length',
    encode(message) {
      checkLength(message, maxMessage)
      const header = new Uint8Array(HEADER)
      new DataView(header.buffer).setUint32(0, message.length, true)
      return message.length === 0 ? [header] : [header, message]
    },
    decoder: () => new QueueDecoder(new LengthCutter(maxMessage)),
  }
}

/** Nothing is allocated for a message before all of it has come: a header alone costs its sender four bytes. */
class LengthCutter implements Cutter {
  readonly #maxMessage: number
  /** The payload's length, once its header has been taken. */
  #wanted: number | undefined

  constructor(maxMessage: number) {
    this.#maxMessage = maxMessage
  }

  cut(queue: ByteQueue): Uint8Array | undefined {
    this.#wanted ??= this.#header(queue)
    if (this.#wanted === undefined || queue.length < this.#wanted) return undefined
    const message = queue.take(this.#wanted)
    this.#wanted = undefined
    return message
  }

  rest(queue: ByteQueue): FramingError | undefined {
    if (this.#wanted !== undefined) {
      return truncated(`a message of ${this.#wanted} bytes`, this.#wanted - queue.length)
    }
    return queue.length === 0 ? undefined : truncated('the length of a message', HEADER - queue.length)
  }

  #header(queue: ByteQueue): number | undefined {
    if (queue.length < HEADER) return undefined
    const header = queue.take(HEADER)
    const length = new DataView(header.buffer, header.byteOffset, HEADER).getUint32(0, true)
    if (length > this.#maxMessage) throw tooLong('a received message', length, this.#maxMessage)
    return length
  }
}
