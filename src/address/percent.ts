// Percent-encoding: `%3F` for a question mark, as in URLs. Bytes are those of UTF-8.
import { Buffer } from 'node:buffer'
import type { Span } from './span.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const ESCAPES = /(?:%[0-9A-Fa-f]{2})+/y

/** What must not stand in an address as it is, or would be lost on a screen. */
const UNSAFE = /[%?#\p{Cc}\p{Cf}\p{Cs}\p{Z}]/gu
/** The same inside an option, where `&` separates. */
const UNSAFE_VALUE = /[%&?#\p{Cc}\p{Cf}\p{Cs}\p{Z}]/gu

/** The text with every `%XX` replaced; errors still point at the character as it was written. */
export function decode(span: Span): Span {
  const { text } = span
  if (!text.includes('%')) return span
  const parts: string[] = []
  const origins: number[] = []
  let at = 0
  while (at < text.length) {
    const run = text[at] === '%' ? escapes(span, at) : undefined
    const decoded = run === undefined ? text.charAt(at) : bytes(span, run, at)
    parts.push(decoded)
    for (const character of run === undefined ? [] : decoded) {
      for (let unit = 0; unit < character.length; unit++) origins.push(at)
      at += 3 * Buffer.byteLength(character)
    }
    if (run === undefined) origins.push(at++)
  }
  origins.push(text.length)
  return span.replaced(parts.join(''), (index) => origins[index] ?? text.length)
}

function escapes(span: Span, at: number): string {
  ESCAPES.lastIndex = at
  const run = ESCAPES.exec(span.text)?.[0]
  return run ?? span.fail('% begins two hexadecimal digits, as in %3F; write %25 for a percent sign', at)
}

function bytes(span: Span, run: string, at: number): string {
  try {
    return utf8.decode(Buffer.from(run.replaceAll('%', ''), 'hex'))
  } catch {
    return span.fail(`${run.length > 12 ? 'these bytes are' : `${run} is`} not UTF-8`, at)
  }
}

/** Inverse of `decode`, for everything before the options. */
export function encode(text: string): string {
  return text.replace(UNSAFE, escaped)
}

/** Inverse of `decode`, for the value of an option. */
export function encodeValue(text: string): string {
  return text.replace(UNSAFE_VALUE, escaped)
}

/** Every byte of `text` as `%XX`. */
export function escaped(text: string): string {
  return Buffer.from(text).toString('hex').toUpperCase().replace(/../g, '%$&')
}
