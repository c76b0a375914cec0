// `none`: the stream is bytes and no messages; what is pushed is given as it came.
import { checkBytes } from './error.ts'
import type { FrameDecoder, Framing } from './framing.ts'

export function noFraming(): Framing {
  return {
    name: 'none',
    encode(message) {
      checkBytes(message)
      return message.length === 0 ? [] : [message]
    },
    decoder: () => new ChunkDecoder(),
  }
}

class ChunkDecoder implements FrameDecoder {
  #chunks: Uint8Array[] = []
  #given = 0
  #ended = false
  #buffered = 0

  get buffered(): number {
    return this.#buffered
  }

  push(chunk: Uint8Array): void {
    checkBytes(chunk)
    if (this.#ended) throw new TypeError('push after end: the stream was said to have ended')
    if (chunk.length === 0) return
    this.#chunks.push(chunk)
    this.#buffered += chunk.length
  }

  next(): Uint8Array | undefined {
    const chunk = this.#chunks[this.#given++]
    this.#buffered -= chunk?.length ?? 0
    if (2 * this.#given >= this.#chunks.length) {
      this.#chunks = this.#chunks.slice(this.#given)
      this.#given = 0
    }
    return chunk
  }

  end(): void {
    this.#ended = true
  }
}
