// Two commands to try after a comparison.
import type { Row } from './model.ts'

/** A command, and what it does. */
export type Suggestion = readonly [command: string, does: string]

/** `held`: the run had --hold already. */
export function suggest(rows: readonly Row[], held: boolean): readonly Suggestion[] {
  const good = rows.filter((row) => row.ok)
  const [best] = good.toSorted((a, b) => (b.bytesPerSecond ?? 0) - (a.bytesPerSecond ?? 0))
  const list: Suggestion = ['hutong ls', 'who shares what, now']
  if (held) return [['hutong compare --json', 'the same figures, for a program'], list]
  const only = best === undefined ? '' : ` --only ${best.name}`
  return [[`hutong compare --hold${only}`, 'stops half-way for a look'], list]
}
