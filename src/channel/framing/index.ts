// Framings: how messages are told apart on pipes, FIFOs and stream sockets, also by programs that are not ours.
import { fixedFraming } from './fixed.ts'
import type { Framing, FramingName } from './framing.ts'
import { lengthFraming } from './length.ts'
import { linesFraming } from './lines.ts'
import { noFraming } from './none.ts'

export { FramingError, type FramingErrorCode } from './error.ts'
export type { FrameDecoder, Framing, FramingName } from './framing.ts'

export interface FramingOptions {
  /** The longest message taken or sent, in bytes; 64 MiB if not given, at most 2^32 - 1. */
  readonly maxMessage?: number
}

export const DEFAULT_MAX_MESSAGE: number = 64 * 2 ** 20
/** What a length of 32 bits can say. */
const LONGEST = 2 ** 32 - 1

/**
 * The framing of that name: `length` (32-bit little-endian length, payload), `lines` (a newline ends each message),
 * `fixed:N` (every message has N bytes) or `none` (chunks as they come, whatever `maxMessage` says).
 *
 * @throws TypeError for another name
 * @throws RangeError if `maxMessage` or N is no whole number from 1 to 2^32 - 1, or N is above `maxMessage`
 */
export function framing(name: FramingName, options: FramingOptions = {}): Framing {
  const maxMessage = bounded('maxMessage', options.maxMessage ?? DEFAULT_MAX_MESSAGE)
  if (name === 'length') return lengthFraming(maxMessage)
  if (name === 'lines') return linesFraming(maxMessage)
  if (name === 'none') return noFraming()
  const digits = /^fixed:([1-9][0-9]*)$/.exec(name)?.[1]
  if (digits === undefined) {
    throw new TypeError(`framing must be length, lines, fixed:N or none, not ${String(name)}`)
  }
  const size = bounded('N of fixed:N', Number(digits))
  if (size > maxMessage) throw new RangeError(`fixed:${size} is above maxMessage (${maxMessage}): raise that`)
  return fixedFraming(size)
}

function bounded(what: string, bytes: number): number {
  if (Number.isInteger(bytes) && bytes >= 1 && bytes <= LONGEST) return bytes
  throw new RangeError(`${what} must be a whole number from 1 to ${LONGEST}, not ${String(bytes)}`)
}
