// The ways a number is written in an address.
import type { Span } from './span.ts'

export interface Range {
  /** What the number is, as a message names it: `a port`. */
  readonly what: string
  readonly min: number
  readonly max: number
}

const UNITS = { K: 1024, M: 1024 ** 2, G: 1024 ** 3 } as const

/** A whole decimal number. No sign but `-`, and no leading zero, which C would take for octal. */
export function readDecimal(span: Span, range: Range): number {
  const { text } = span
  if (text === '') span.fail(`${range.what} is missing: write ${rangeText(range)}`)
  if (text.startsWith('-') && range.min >= 0) span.fail(`${range.what} cannot be negative`)
  const stray = text.slice(1).search(/[^0-9]/)
  if (!/^-?[0-9]/.test(text)) span.fail(`${range.what} is a decimal number, ${rangeText(range)}`)
  if (stray >= 0) span.fail(`${range.what} is a decimal number, ${rangeText(range)}`, stray + 1)
  if (/^-?0[0-9]/.test(text))
    span.fail(`${range.what} has a leading zero, which C reads as octal: leave it out`)
  if (text === '-0') span.fail('write 0, not -0')
  return within(span, Number(text), range)
}

/** `0x` and up to eight hexadecimal digits, as ipcs(1) prints a key. */
export function readHex(span: Span, range: Range): number {
  const { text } = span
  const stray = text.slice(2).search(/[^0-9A-Fa-f]/)
  if (text.length === 2) span.fail(`hexadecimal digits are missing after 0x`, 2)
  if (stray >= 0) span.fail(`${range.what} after 0x has hexadecimal digits only`, stray + 2)
  if (text.length > 10) span.fail(`${range.what} has at most eight hexadecimal digits (32 bits)`, 10)
  return within(span, Number.parseInt(text, 16), range)
}

/** Permission bits in octal, with or without a leading zero. */
export function readOctal(span: Span, range: Range): number {
  const { text } = span
  if (text === '') span.fail(`${range.what} is missing: write octal digits, as 0600`)
  const stray = text.search(/[^0-7]/)
  if (stray >= 0) span.fail(`${range.what} is octal, as chmod(1) takes it: 0600`, stray)
  const value = Number.parseInt(text, 8)
  if (value > range.max || text.length > 16) span.fail(`${range.what} is at most 0${range.max.toString(8)}`)
  return value
}

/** Bytes, with an optional K, M or G for a power of 1024. */
export function readSize(span: Span, range: Range): number {
  const suffix = span.text.search(/[^0-9]/)
  if (suffix <= 0) return readDecimal(span, range)
  const letter = span.text.slice(suffix)
  const unit = Object.entries(UNITS).find(([name]) => name === letter.toUpperCase())?.[1]
  if (unit === undefined) {
    span.fail(`${range.what} ends in K, M or G (1024, 1024^2 or 1024^3 bytes) or in a digit`, suffix)
  }
  const digits = span.slice(0, suffix)
  return within(digits, readDecimal(digits, { ...range, min: 0 }) * unit, range)
}

/** Shortest form that `readSize` reads back. */
export function printSize(bytes: number): string {
  const unit = Object.entries(UNITS).findLast(([, size]) => bytes > 0 && bytes % size === 0)
  return unit === undefined ? String(bytes) : `${bytes / unit[1]}${unit[0]}`
}

export function rangeText(range: Range): string {
  return range.max === Number.MAX_SAFE_INTEGER ? 'up to 2^53 - 1' : `${range.min} to ${range.max}`
}

function within(span: Span, value: number, range: Range): number {
  if (value < range.min) span.fail(`${range.what} is at least ${range.min}`)
  if (value > range.max) span.fail(`${range.what} is at most ${range.max}`)
  return value
}
