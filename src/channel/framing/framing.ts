// What a framing is: the way messages are told apart on a byte stream.
import type { FramingName } from '../../address/address.ts'

export type { FramingName }

/** A way to put messages on a byte stream and to find them again. Holds no state: one serves any number of streams. */
export interface Framing {
  readonly name: FramingName
  /**
   * The parts to write, in order, as for writev(2); `message` itself is one of them, uncopied.
   *
   * @throws FramingError for a message this framing cannot carry
   */
  encode(message: Uint8Array): Uint8Array[]
  /** A new decoder, for one stream. */
  decoder(): FrameDecoder
}

/**
 * Finds the messages in a stream: push what was read, then take messages until there are none.
 *
 * A FramingError comes in its place: after the messages before it, and then from every call, since nothing behind it
 * can be told apart any more.
 */
export interface FrameDecoder {
  /** Bytes that were pushed and are not part of a message already given. */
  readonly buffered: number
  /** Adds what was read. The decoder keeps `chunk`, and messages are views of it: do not write into it again. */
  push(chunk: Uint8Array): void
  /** The next message; undefined, while it is not whole. */
  next(): Uint8Array | undefined
  /**
   * Says that the stream has ended. Messages may still be waiting in `next`. A stream that ended in the middle of a
   * message is a FramingError: at once when nothing is waiting, otherwise from `next` in its turn.
   */
  end(): void
}
