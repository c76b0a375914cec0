// Text in an array of char: UTF-8, a NUL, zeros.
import { Buffer } from 'node:buffer'
import { checkCount, type Place, type Scalar, shown } from './field.ts'
import { scalar } from './scalar.ts'

/** Options of `cstring`. */
export interface CStringOptions {
  /** Text that is too long is cut between two characters, instead of being refused. Default false. */
  readonly truncate?: boolean
}

/** Up to here a loop over the bytes is faster than the calls that do it at once. */
const SHORT = 64

const scratch = Buffer.allocUnsafeSlow(SHORT)

/** Each byte is loaded once, into memory nobody else writes to. */
function decode(view: DataView, at: number, size: number): string {
  if (size <= SHORT) {
    let length = 0
    for (; length < size; length++) {
      const byte = view.getUint8(at + length)
      if (byte === 0) break
      scratch[length] = byte
    }
    return scratch.toString('utf8', 0, length)
  }
  const copy = Buffer.from(new Uint8Array(view.buffer, view.byteOffset + at, size))
  const nul = copy.indexOf(0)
  return copy.toString('utf8', 0, nul < 0 ? size : nul)
}

/** Where to cut so that at most `room` bytes remain and no character is broken. */
function cut(encoded: Uint8Array, room: number): number {
  let length = room
  while (length > 0 && ((encoded[length] ?? 0) & 0xc0) === 0x80) length--
  return length
}

interface Text {
  readonly value: unknown
  readonly size: number
  readonly truncate: boolean
  readonly field: string
}

function encode({ value, size, truncate, field }: Text): Uint8Array {
  if (typeof value !== 'string') throw new TypeError(`${field} must be a string, not ${shown(value)}`)
  const nul = value.indexOf('\0')
  if (nul >= 0) throw new TypeError(`${field} has a NUL at position ${nul}, where a C string would end`)
  const encoded = Buffer.from(value)
  if (encoded.length < size) return encoded
  if (truncate) return encoded.subarray(0, cut(encoded, size - 1))
  throw new RangeError(
    `${field} must be at most ${size - 1} bytes of UTF-8 and a NUL, not ${encoded.length}; cstring(${size}, { truncate: true }) cuts it`,
  )
}

/**
 * `char[size]`: text of at most `size - 1` bytes of UTF-8, then a NUL; the rest is filled with zeros. Bytes that are no
 * UTF-8 read as U+FFFD; without a NUL the text is all `size` bytes. RangeError for text that is too long.
 */
export function cstring(size: number, options: CStringOptions = {}): Scalar<string> {
  checkCount(size, 'the size of a cstring', 1)
  const { truncate = false } = options
  return scalar({
    size,
    alignment: 1,
    declare: (name) => `char ${name}[${size}]`,
    cell: (at, field) => ({
      get(this: Place) {
        return decode(this.$view, this.$start + at, size)
      },
      set(this: Place, value) {
        const encoded = encode({ value, size, truncate, field })
        const target = new Uint8Array(this.$view.buffer, this.$view.byteOffset + this.$start + at, size)
        target.set(encoded)
        target.fill(0, encoded.length)
      },
    }),
  })
}
