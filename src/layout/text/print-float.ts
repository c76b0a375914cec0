// %f, %e and %g of a double.
import { dropDigits, exact } from './decimal.ts'
import type { Run } from './field.ts'

/** Digits before and after the point; `zeros` more follow the latter. */
interface Digits {
  readonly whole: string
  readonly fraction: string
  readonly zeros: number
  /** The power of ten the number is to be multiplied with. */
  readonly exponent: number
}

export interface FloatStyle {
  /** One of fFeEgG. */
  readonly conversion: string
  readonly precision: number | undefined
  /** `#`: the point is always there, and %g keeps its zeros. */
  readonly alternate: boolean
}

/** The text of a number without its sign. */
export function floatRuns(value: number, style: FloatStyle): Run[] {
  const upper = style.conversion < 'a'
  if (!Number.isFinite(value)) {
    const name = Number.isNaN(value) ? 'nan' : 'inf'
    return [upper ? name.toUpperCase() : name]
  }
  const kind = style.conversion.toLowerCase()
  const precision = style.precision ?? 6
  if (kind === 'g') return general(Math.abs(value), Math.max(precision, 1), style)
  const digits = kind === 'f' ? fixed(value, precision) : scientific(value, precision)
  return runs(digits, style.alternate, kind === 'e' ? exponentText(digits.exponent, upper) : '')
}

/** %g: whichever of %e and %f is shorter, `significant` digits, zeros at the end left away. */
function general(value: number, significant: number, style: FloatStyle): Run[] {
  const { exponent } = scientific(value, significant - 1)
  const small = exponent >= -4 && exponent < significant
  const digits = small ? fixed(value, significant - 1 - exponent) : scientific(value, significant - 1)
  const kept = style.alternate
    ? digits
    : { ...digits, fraction: digits.fraction.replace(/0+$/, ''), zeros: 0 }
  return runs(kept, style.alternate, small ? '' : exponentText(exponent, style.conversion < 'a'))
}

function fixed(value: number, precision: number): Digits {
  const { digits, scale } = exact(value)
  const after = Math.min(scale, precision)
  const text = dropDigits(digits, scale - after)
    .toString()
    .padStart(after + 1, '0')
  const point = text.length - after
  return { whole: text.slice(0, point), fraction: text.slice(point), zeros: precision - after, exponent: 0 }
}

function scientific(value: number, precision: number): Digits {
  const { digits, scale } = exact(value)
  if (digits === 0n) return { whole: '0', fraction: '', zeros: precision, exponent: 0 }
  const length = digits.toString().length
  const after = Math.min(length - 1, precision)
  const text = dropDigits(digits, length - 1 - after).toString()
  // 9.99 rounded up to one digit has become 10: one digit more.
  const carry = text.length - 1 - after
  const exponent = length - 1 - scale + carry
  return { whole: text.charAt(0), fraction: text.slice(1, 1 + after), zeros: precision - after, exponent }
}

function runs({ whole, fraction, zeros }: Digits, alternate: boolean, exponent: string): Run[] {
  const point = alternate || fraction !== '' || zeros > 0 ? '.' : ''
  return [`${whole}${point}${fraction}`, zeros, exponent]
}

function exponentText(exponent: number, upper: boolean): string {
  const digits = String(Math.abs(exponent)).padStart(2, '0')
  return `${upper ? 'E' : 'e'}${exponent < 0 ? '-' : '+'}${digits}`
}
