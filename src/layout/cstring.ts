// Strings as C keeps them: UTF-8 bytes and a NUL.
import { Buffer } from 'node:buffer'

/**
 * Reads the string at `offset`: up to its NUL, or `max` bytes, or the end of `bytes`, whichever comes first. Bytes
 * that are no UTF-8 become U+FFFD. Safe on memory another process writes: what is decoded is a private copy.
 *
 * @throws RangeError if `offset` or `max` is no whole number, negative, or beyond the bytes
 */
export function readCString(bytes: Uint8Array, offset = 0, max?: number): string {
  const room = checkedRoom(bytes, offset)
  if (max !== undefined && (!Number.isSafeInteger(max) || max < 0)) {
    throw new RangeError(`max must be a whole number of bytes, not ${max}`)
  }
  const end = offset + Math.min(max ?? room, room)
  const found = bytes.subarray(offset, end).indexOf(0)
  const copy = Buffer.from(bytes.subarray(offset, found < 0 ? end : offset + found))
  const nul = copy.indexOf(0) // the writer may have put one there meanwhile
  return copy.toString('utf8', 0, nul < 0 ? copy.length : nul)
}

/**
 * Writes `text` and a NUL at `offset`. Text that does not fit is cut between two code points; the NUL is always
 * written when there is a byte at all. Gives the bytes the whole needs, NUL included: more than there was room for
 * means it was cut.
 *
 * @throws RangeError if `offset` is no whole number, negative, or beyond the bytes
 * @throws TypeError if `text` holds a NUL, where a reader would take it to end
 */
export function writeCString(bytes: Uint8Array, text: string, offset = 0): number {
  const room = checkedRoom(bytes, offset)
  if (typeof text !== 'string') throw new TypeError('text must be a string')
  const nul = text.indexOf('\0')
  if (nul >= 0) throw new TypeError(`text has a NUL at position ${nul}, where a C string would end`)
  const encoded = Buffer.from(text)
  if (room > 0) {
    const length = fitting(encoded, room - 1)
    bytes.set(encoded.subarray(0, length), offset)
    bytes[offset + length] = 0
  }
  return encoded.length + 1
}

/** The longest part of at most `room` bytes that ends with a whole code point. */
function fitting(encoded: Uint8Array, room: number): number {
  if (encoded.length <= room) return encoded.length
  let length = room
  while (length > 0 && isContinuation(encoded[length])) length--
  return length
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}

function checkedRoom(bytes: Uint8Array, offset: number): number {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('bytes must be a Uint8Array')
  if (Number.isSafeInteger(offset) && offset >= 0 && offset <= bytes.length) return bytes.length - offset
  throw new RangeError(`offset must be a whole number from 0 to ${bytes.length}, not ${offset}`)
}
