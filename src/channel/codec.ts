// Codecs turn values into the bytes of messages and back. docs/codec.md has the table.

/** A way to write values as bytes. One codec serves any number of channels; both sides must use the same. */
export interface Codec<T> {
  /**
   * Goes into the handshake where there is one, so that two sides that do not agree are told: `json`, `struct:Tick`. An
   * empty name agrees with all.
   */
  readonly name: string
  /**
   * The bytes of a value. TypeError or RangeError for one that this codec cannot carry. If `scratch`, they are good only
   * until the next call.
   */
  encode(value: T): Uint8Array
  readonly scratch: boolean
  /** Writes the bytes straight into `target`; gives how many, or -1 when they do not fit. */
  encodeInto?(value: T, target: Uint8Array): number
  /**
   * The value of bytes that a peer sent: they may be anything, and are private memory that nobody changes meanwhile. If
   * `keeps`, the value goes on referring to them; otherwise they are used again after the call.
   */
  decode(bytes: Uint8Array): T
  readonly keeps: boolean
}

/** A message is not what the codec says. It is gone; the channel goes on with the next. `cause` is the codec's error. */
export class BadMessageError extends Error {
  readonly code = 'ERR_BAD_MESSAGE'
  constructor(label: string, codec: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super(`${label}: a message that is no ${codec}: ${why}`, { cause })
    this.name = 'BadMessageError'
  }
}

/** Messages are bytes, as they are. A message that is sent must not change until its promise resolves. */
export const bytes: Codec<Uint8Array> = {
  name: 'bytes',
  scratch: false,
  keeps: true,
  encode(value) {
    if (!(value instanceof Uint8Array)) {
      throw new TypeError(
        `message must be a Uint8Array for the codec bytes, not ${typeof value}: pass a codec`,
      )
    }
    return value
  },
  decode: (message) => message,
}

// What is built on channels begins each message with a header of its own: nobody takes part by accident.
const PROTOCOL = /^(queue$|service:)/

/** Whether two ends that name these codecs understand each other. */
export function agree(one: string, other: string): boolean {
  if (one === other) return true
  return (one === '' && !PROTOCOL.test(other)) || (other === '' && !PROTOCOL.test(one))
}

/** For tools that carry the messages of others, whatever they mean: agrees with every codec. */
export const anyCodec: Codec<Uint8Array> = { ...bytes, name: '' }
