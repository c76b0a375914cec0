// Messages are JSON texts.
import type { Codec } from '../codec.ts'
import { decodeText, encodeText, encodeTextInto } from './text.ts'
import { noValue } from './value.ts'

function textOf(value: unknown): string {
  const text = JSON.stringify(value)
  // NaN and what has a `toJSON` that gives null are `null` by then, too.
  if (text === undefined || text === 'null') {
    throw noValue('json', text ?? (value === undefined ? 'undefined' : typeof value))
  }
  return text
}

/**
 * Messages are JSON texts. What JSON has no form for arrives changed, as everywhere: a Date as a string, a Map as `{}`,
 * `undefined` in an array as null. TypeError: a BigInt, a circle, or a value whose JSON is `null`.
 */
export function json<T>(): Codec<T> {
  return {
    name: 'json',
    scratch: false,
    keeps: false,
    encode: (value) => encodeText(textOf(value)),
    encodeInto: (value, target) => encodeTextInto(textOf(value), target),
    decode: (bytes) => JSON.parse(decodeText(bytes)) as T,
  }
}
