// Medians, quartiles, and when a triple counts.

export interface Summary {
  readonly count: number
  readonly median: number
  /** First and third quartile. */
  readonly q1: number
  readonly q3: number
  readonly min: number
  readonly max: number
}

/** The `p` quantile, 0 to 1, interpolated between the two nearest values; NaN of nothing. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * p
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

export function summarize(values: readonly number[]): Summary {
  const at = (p: number): number => quantile(values, p)
  return { count: values.length, median: at(0.5), q1: at(0.25), q3: at(0.75), min: at(0), max: at(1) }
}

/** Three trials in a row, the outer two by the same contestant. The unit is the same for all three. */
export interface Triple {
  readonly first: number
  readonly inner: number
  readonly last: number
}

/** By how much the outer two differ, as a share of the smaller. */
export function drift({ first, last }: Triple): number {
  return Math.max(first, last) / Math.min(first, last) - 1
}

/** A machine that changed its speed between the outer two says nothing about the inner one. */
export const MOST_DRIFT = 0.15

export function isSteady(triple: Triple): boolean {
  return drift(triple) <= MOST_DRIFT
}

/** The inner trial over the mean of the outer two. */
export function ratioOf({ first, inner, last }: Triple): number {
  return inner / ((first + last) / 2)
}

/** Fewer triples than this are no basis for a verdict. */
export const ENOUGH = 9

export type Verdict = 'met' | 'missed' | 'undecided'

/** Whether the median of the ratios reaches the bar; undecided after fewer than nine steady triples. */
export function judge(ratios: Summary, bar: number): Verdict {
  if (ratios.count < ENOUGH) return 'undecided'
  return ratios.median >= bar ? 'met' : 'missed'
}
