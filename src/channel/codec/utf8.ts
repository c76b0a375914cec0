// Messages are strings.
import type { Codec } from '../codec.ts'
import { decodeText, encodeText, encodeTextInto } from './text.ts'

function checkText(value: string): void {
  if (typeof value !== 'string') {
    throw new TypeError(`message must be a string for the codec utf8, not ${typeof value}`)
  }
  if (!value.isWellFormed()) {
    throw new TypeError('message has half a surrogate pair, for which UTF-8 has no bytes')
  }
}

/** Messages are strings, in UTF-8 without a byte order mark: any text but half a surrogate pair. */
export const utf8: Codec<string> = {
  name: 'utf8',
  scratch: false,
  keeps: false,
  encode(value) {
    checkText(value)
    return encodeText(value)
  },
  encodeInto(value, target) {
    checkText(value)
    return encodeTextInto(value, target)
  },
  decode: decodeText,
}
