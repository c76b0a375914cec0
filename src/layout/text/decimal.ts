// A double as the exact decimal number it is, and that number rounded as C does: to nearest, ties to even.

/** digits · 10^-scale */
export interface Decimal {
  readonly digits: bigint
  readonly scale: number
}

const view = new DataView(new ArrayBuffer(8))

/** The exact value of a finite double, without its sign. */
export function exact(value: number): Decimal {
  view.setFloat64(0, value)
  const high = view.getUint32(0)
  const biased = (high >>> 20) & 0x7ff
  const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(view.getUint32(4))
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n)
  const exponent = Math.max(biased, 1) - 1075
  if (exponent >= 0) return { digits: mantissa << BigInt(exponent), scale: 0 }
  // m / 2^k = m · 5^k / 10^k; powers of two that m itself has need not be carried along.
  const spare = mantissa === 0n ? -exponent : Math.min(-exponent, trailingZeros(mantissa))
  const scale = -exponent - spare
  return { digits: (mantissa >> BigInt(spare)) * 5n ** BigInt(scale), scale }
}

/** `digits` with its last `drop` decimal digits rounded away. */
export function dropDigits(digits: bigint, drop: number): bigint {
  const unit = 10n ** BigInt(drop)
  const kept = digits / unit
  const twice = 2n * (digits % unit)
  const up = twice > unit || (twice === unit && (kept & 1n) === 1n)
  return up ? kept + 1n : kept
}

function trailingZeros(value: bigint): number {
  const bits = value.toString(2)
  return bits.length - 1 - bits.lastIndexOf('1')
}
