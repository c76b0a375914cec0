// Figures as text.
import { type Placement, sizeName } from './case.ts'
import type { Summary } from './statistics.ts'

export const placements: Readonly<Record<Placement, string>> = {
  'one-core': 'one core',
  'two-cores': 'two cores',
  unpinned: 'unpinned',
}

export function rateText(rate: number): string {
  if (rate >= 1e6) return `${(rate / 1e6).toFixed(2)} M/s`
  return rate >= 1e4 ? `${(rate / 1e3).toFixed(0)} k/s` : `${(rate / 1e3).toFixed(2)} k/s`
}

export function ratioText(ratio: Summary): string {
  return ratio.count === 0 ? '-' : ratio.median.toFixed(2)
}

export function quartiles(ratio: Summary): string {
  return ratio.count === 0 ? '-' : `${ratio.q1.toFixed(2)} to ${ratio.q3.toFixed(2)}`
}

const LARGE = 65536

/** `64 B`. */
export function sizeText(bytes: number): string {
  return sizeName(bytes).replace(/(\d)([A-Z])/i, '$1 $2')
}

/** Messages per second of small messages, bytes per second of large ones. */
export function speedText(rate: number, size: number): string {
  return size >= LARGE ? `${((rate * size) / 1e9).toFixed(2)} GB/s` : rateText(rate)
}
