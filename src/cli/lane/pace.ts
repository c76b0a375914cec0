// How much may be read of a stream without taking bytes of the next message: whoever reads it after us wants those.
import type { FramingName } from '../../address/index.ts'

const CHUNK = 65_536
const HEADER = 4

export interface Pace {
  /** Bytes that may be read now; 1 or more. */
  wanted(): number
  took(chunk: Uint8Array): void
}

/** For a reader that leaves after some messages. */
export function exactPace(framing: FramingName): Pace {
  if (framing === 'length') return new LengthPace()
  if (framing === 'lines') return { wanted: () => 1, took() {} }
  return framing === 'none' ? BULK : fixedPace(Number(framing.slice('fixed:'.length)))
}

/** For one that stays to the end. */
export const BULK: Pace = { wanted: () => CHUNK, took() {} }

function fixedPace(size: number): Pace {
  let have = 0
  return {
    wanted: () => size - have,
    took: ({ length }) => {
      have = (have + length) % size
    },
  }
}

/** Follows the headers: four bytes of length, little-endian, and then so many. */
class LengthPace implements Pace {
  readonly #header = new Uint8Array(HEADER)
  #filled = 0
  #payload = 0

  wanted(): number {
    return this.#payload > 0 ? this.#payload : HEADER - this.#filled
  }

  took(chunk: Uint8Array): void {
    for (let rest = chunk; rest.length > 0; ) {
      const part = rest.subarray(0, this.wanted())
      rest = rest.subarray(part.length)
      if (this.#payload > 0) this.#payload -= part.length
      else this.#takeHeader(part)
    }
  }

  #takeHeader(part: Uint8Array): void {
    this.#header.set(part, this.#filled)
    this.#filled += part.length
    if (this.#filled < HEADER) return
    this.#filled = 0
    this.#payload = new DataView(this.#header.buffer).getUint32(0, true)
  }
}
