// What the holder of a queue and those who send to it and work for it say to each other: eight bytes, and behind them the
// bytes of a job. docs/protocol.md
//
//   0  kind     u8
//   1  flags    u8: of a job, 1 if it was delivered before
//   2  0        u16
//   4  number   u32: which job, on this connection; of `hello`, how many jobs may be there at once
import type { Channel } from '../channel.ts'
import type { Codec } from '../codec.ts'

export const KIND = {
  /** Producer and worker say once who they are; behind it the name of their codec. */
  produces: 1,
  works: 2,
  job: 3,
  /** The worker is done with the job. */
  done: 4,
  /** The worker gives the job back. */
  back: 5,
} as const

export const REDELIVERED = 1
export const FRAME_HEADER = 8

/** A frame is its bytes: a fresh array for each that is received. Those that are sent are copied at once. */
export const frames: Codec<Uint8Array> = {
  name: 'queue',
  scratch: true,
  keeps: true,
  encode: (frame) => frame,
  decode(frame) {
    if (frame.length < FRAME_HEADER) throw new RangeError(`a frame of ${frame.length} bytes`)
    return frame
  },
}

/** Writes a header over the first bytes of `frame`, and gives `frame`. */
export function head(frame: Uint8Array, kind: number, number: number, flags = 0): Uint8Array {
  frame[0] = kind
  frame[1] = flags
  frame[2] = 0
  frame[3] = 0
  frame[4] = number & 255
  frame[5] = (number >>> 8) & 255
  frame[6] = (number >>> 16) & 255
  frame[7] = number >>> 24
  return frame
}

/** The number in a frame's header. */
export function numberOf(frame: Uint8Array): number {
  const [, , , , a = 0, b = 0, c = 0, d = 0] = frame
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0
}

// Memory for frames longer than this is not kept for shorter ones.
const LONG = 2 ** 20

/** Frames one after the other in the same memory; those of one length in the same view, which the ring then knows. */
export class FrameScratch {
  #bytes = new Uint8Array(FRAME_HEADER)

  /** A frame with room for a body. */
  of(body: Uint8Array): Uint8Array {
    const length = FRAME_HEADER + body.length
    if (length !== this.#bytes.length) this.#resize(length)
    this.#bytes.set(body, FRAME_HEADER)
    return this.#bytes
  }

  #resize(length: number): void {
    const { buffer } = this.#bytes
    const fits = buffer.byteLength >= length && buffer.byteLength <= Math.max(LONG, length)
    const room = fits ? buffer : new ArrayBuffer(length < LONG / 2 ? 2 * length : length)
    this.#bytes = new Uint8Array(room, 0, length)
  }
}

/** Bytes of the longest name of a codec. */
export const LONGEST_NAME = 128

/** The first frame: who we are, and what our jobs are. The channel is gone when it cannot be sent. */
export async function introduce<T>(
  channel: Channel<T | Uint8Array>,
  who: { readonly kind: number; readonly number: number; readonly codec: string },
): Promise<void> {
  try {
    const name = Buffer.from(who.codec)
    if (name.length > LONGEST_NAME) {
      throw new RangeError(`codec.name must be at most ${LONGEST_NAME} bytes, not ${name.length}`)
    }
    await channel.send(head(new FrameScratch().of(name), who.kind, who.number))
  } catch (error) {
    channel.destroy()
    throw error
  }
}

// Frames that are kept lie side by side: an ArrayBuffer of its own costs each more than everything else together.
const SLAB = 65_536
const MOST_IN_SLAB = 4096

/** Takes frames from a channel that are kept for a while. */
export class FrameSlab {
  readonly #channel: Channel<Uint8Array>
  #slab = new Uint8Array(0)
  #at = 0
  /** Whether the last one was too long to lie beside others: the next is, too, as a rule. */
  #long = false

  constructor(channel: Channel<Uint8Array>) {
    this.#channel = channel
  }

  /** The next frame; `null` at the end, `undefined` when there is none now. */
  tryReceive(): Uint8Array | null | undefined {
    if (this.#long) return this.#alone()
    if (this.#at + MOST_IN_SLAB > this.#slab.length) {
      this.#slab = new Uint8Array(SLAB)
      this.#at = 0
    }
    const place = this.#slab.subarray(this.#at, this.#at + MOST_IN_SLAB)
    try {
      const length = this.#channel.tryReceiveInto(place)
      if (length === null || length === undefined) return length
      this.#at += length
      return place.subarray(0, length)
    } catch (error) {
      if (error instanceof RangeError) return this.#alone()
      throw error
    }
  }

  #alone(): Uint8Array | null | undefined {
    const frame = this.#channel.tryReceive()
    if (frame instanceof Uint8Array) this.#long = frame.length > MOST_IN_SLAB
    return frame
  }
}
