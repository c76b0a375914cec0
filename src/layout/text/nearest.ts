// The float or double nearest to an exact number, ties to even.

/** A binary floating-point type. */
export interface FloatType {
  /** Bits of the significand, with the hidden one. */
  readonly bits: number
  /** Exponent of the smallest number above zero: 2^minimum. */
  readonly minimum: number
  readonly largest: number
}

export const SINGLE: FloatType = { bits: 24, minimum: -149, largest: (2 - 2 ** -23) * 2 ** 127 }
export const DOUBLE: FloatType = { bits: 53, minimum: -1074, largest: Number.MAX_VALUE }

/** mantissa · base^exponent, never negative. */
export interface Exact {
  readonly mantissa: bigint
  readonly base: 2 | 10
  readonly exponent: number
}

/** Powers of two beyond which every type is at infinity or at zero. */
const FAR = 1100

export function nearest(exact: Exact, type: FloatType): number {
  if (exact.mantissa === 0n) return 0
  const perPower = exact.base === 2 ? 1 : Math.log2(10)
  const magnitude = bitLength(exact.mantissa) + exact.exponent * perPower
  if (magnitude > FAR) return Number.POSITIVE_INFINITY
  if (magnitude < -FAR) return 0
  const power = BigInt(exact.base) ** BigInt(Math.abs(exact.exponent))
  return exact.exponent < 0 ? divide(exact.mantissa, power, type) : divide(exact.mantissa * power, 1n, type)
}

/** The nearest to a / b: the quotient in units of its last bit, rounded. */
function divide(a: bigint, b: bigint, type: FloatType): number {
  let unit = Math.max(bitLength(a) - bitLength(b) - type.bits, type.minimum)
  let [quotient, rest, whole] = inUnits(a, b, unit)
  if (bitLength(quotient) > type.bits) [quotient, rest, whole] = inUnits(a, b, ++unit)
  const twice = 2n * rest
  if (twice > whole || (twice === whole && (quotient & 1n) === 1n)) quotient++
  const value = Number(quotient) * 2 ** unit
  return value > type.largest ? Number.POSITIVE_INFINITY : value
}

/** a / b in units of 2^unit: quotient, remainder, and the divisor the remainder belongs to. */
function inUnits(a: bigint, b: bigint, unit: number): [quotient: bigint, rest: bigint, divisor: bigint] {
  const scaled = unit < 0 ? a << BigInt(-unit) : a
  const divisor = unit > 0 ? b << BigInt(unit) : b
  return [scaled / divisor, scaled % divisor, divisor]
}

function bitLength(value: bigint): number {
  const text = value.toString(16)
  return value === 0n ? 0 : 4 * text.length - Math.clz32(Number.parseInt(text.charAt(0), 16)) + 28
}
