// Seeded random numbers, so that a failing round can be run again.

/** A source of numbers in [0, 1). */
export type Random = () => number

/** mulberry32: small, fast, good enough to choose test cases. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A whole number in [0, below). */
export function below(random: Random, bound: number): number {
  return Math.floor(random() * bound)
}
