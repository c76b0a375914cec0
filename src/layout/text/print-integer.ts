// %d %i %u %o %x %X: an integer as wide as the C type it stands for.
import type { Field } from './field.ts'

/** Bits of the C type a length modifier names, on Linux with 64 bits. */
export function typeBits(length: string): number {
  if (length === 'hh') return 8
  if (length === 'h') return 16
  return length === '' ? 32 : 64
}

export interface IntegerStyle {
  /** One of diuoxX. */
  readonly conversion: string
  readonly length: string
  readonly precision: number | undefined
  readonly alternate: boolean
  /** What stands before a number that is not negative: nothing, + or a blank. */
  readonly positive: string
}

/** The integer wrapped to its type, as a cast in C does it. */
export function integerField(value: bigint, style: IntegerStyle): Field {
  const zeros = style.precision === undefined
  const bits = typeBits(style.length)
  if ('di'.includes(style.conversion)) {
    const wrapped = BigInt.asIntN(bits, value)
    const magnitude = wrapped < 0n ? -wrapped : wrapped
    return { sign: wrapped < 0n ? '-' : style.positive, runs: digitRuns(magnitude.toString(), style), zeros }
  }
  const wrapped = BigInt.asUintN(bits, value)
  const radix = { u: 10, o: 8 }[style.conversion] ?? 16
  const digits = wrapped.toString(radix)
  const runs = digitRuns(style.conversion === 'X' ? digits.toUpperCase() : digits, style)
  const hexadecimal = radix === 16 && style.alternate && wrapped !== 0n
  return { sign: hexadecimal ? `0${style.conversion}` : '', runs, zeros }
}

function digitRuns(digits: string, style: IntegerStyle): [zeros: number, digits: string] {
  const shown = digits === '0' && style.precision === 0 ? '' : digits
  const zeros = Math.max(0, (style.precision ?? 1) - shown.length)
  // `#` makes octal begin with a zero, if the precision did not already see to that.
  const octal = style.conversion === 'o' && style.alternate && zeros === 0 && !shown.startsWith('0')
  return [octal ? 1 : zeros, shown]
}
