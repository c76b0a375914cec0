// %d %i %u %o %x, read as strtol(3) and strtoul(3) do.
import { typeBits } from './print-integer.ts'
import type { Reader } from './reader.ts'
import { Window } from './reader.ts'
import type { ScanDirective } from './scan-format.ts'

const DIGITS: Readonly<Record<number, RegExp>> = { 8: /[0-7]/, 10: /[0-9]/, 16: /[0-9A-Fa-f]/ }
const PREFIX: Readonly<Record<number, string>> = { 8: '0o', 10: '', 16: '0x' }
/** More digits than any 64-bit number has in any base. */
const TOO_MANY = 22

const MAX_SIGNED = 2n ** 63n - 1n
const MAX_UNSIGNED = 2n ** 64n - 1n

/** The number at hand; undefined, if there is none. A bigint for the lengths l ll z j t. */
export function scanInteger(reader: Reader, directive: ScanDirective): number | bigint | undefined {
  const window = new Window(reader, directive.width)
  const negative = window.take(/[-+]/) === '-'
  const { base, digits } = takeDigits(window, baseOf(directive.conversion))
  if (digits === '') return undefined
  const significant = digits.replace(/^0+/, '')
  const magnitude = significant.length > TOO_MANY ? 2n ** 64n : BigInt(`${PREFIX[base] ?? ''}${digits}`)
  const bits = typeBits(directive.length)
  const value = 'di'.includes(directive.conversion)
    ? BigInt.asIntN(bits, clampSigned(magnitude, negative))
    : BigInt.asUintN(bits, clampUnsigned(magnitude, negative))
  return bits === 64 ? value : Number(value)
}

/** 0 stands for: as the text says. */
function baseOf(conversion: string): number {
  return { d: 10, u: 10, o: 8, i: 0 }[conversion] ?? 16
}

function takeDigits(window: Window, asked: number): { base: number; digits: string } {
  let base = asked === 0 ? 10 : asked
  let leading = ''
  if (asked === 0 || asked === 16) {
    leading = window.take(/0/)
    if (leading !== '' && window.take(/[xX]/) !== '') {
      base = 16
      leading = '' // 0x alone is no number
    } else if (leading !== '' && asked === 0) base = 8
  }
  return { base, digits: leading + window.takeAll(DIGITS[base] ?? /[\s\S]/) }
}

/** strtol: beyond 64 bits the nearest bound. */
function clampSigned(magnitude: bigint, negative: boolean): bigint {
  if (negative) return magnitude > MAX_SIGNED ? -MAX_SIGNED - 1n : -magnitude
  return magnitude > MAX_SIGNED ? MAX_SIGNED : magnitude
}

/** strtoul: beyond 64 bits the largest number, whatever the sign; otherwise a minus sign wraps. */
function clampUnsigned(magnitude: bigint, negative: boolean): bigint {
  if (magnitude > MAX_UNSIGNED) return MAX_UNSIGNED
  return negative ? -magnitude : magnitude
}
