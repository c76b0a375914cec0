// FramingError: a byte stream that is not the messages it should be.

export type FramingErrorCode =
  /** Longer than maxMessage allows. */
  | 'ERR_FRAMING_TOO_LONG'
  /** The stream ended in the middle of a message. */
  | 'ERR_FRAMING_TRUNCATED'
  /** The framing has no way to carry this message. */
  | 'ERR_FRAMING_REFUSED'

/** What was received is no message of this framing, or what should be sent cannot be one. Match on `code`. */
export class FramingError extends Error {
  readonly code: FramingErrorCode
  /** With ERR_FRAMING_TRUNCATED: how many bytes the message still lacked, as far as its framing tells. */
  declare readonly missing?: number

  constructor(code: FramingErrorCode, message: string, missing?: number) {
    super(message)
    this.name = 'FramingError'
    this.code = code
    if (missing !== undefined) this.missing = missing
  }
}

export function tooLong(what: string, length: number | string, maxMessage: number): FramingError {
  return new FramingError(
    'ERR_FRAMING_TOO_LONG',
    `${what} of ${length} bytes is longer than maxMessage (${maxMessage}); raise it, if both sides agree on the framing`,
  )
}

export function truncated(what: string, missing: number): FramingError {
  const bytes = missing === 1 ? '1 byte is' : `${missing} bytes are`
  return new FramingError(
    'ERR_FRAMING_TRUNCATED',
    `the stream ended inside ${what}: ${bytes} missing`,
    missing,
  )
}

/** The limit every framing but `none` has. */
export function checkLength(message: Uint8Array, maxMessage: number): void {
  checkBytes(message)
  if (message.length > maxMessage) throw tooLong('a message', message.length, maxMessage)
}

export function checkBytes(bytes: Uint8Array): void {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('a message must be a Uint8Array')
}
