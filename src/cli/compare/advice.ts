// One line of advice, from the figures of this very run.
import { microseconds, times } from '../format/compare-quantity.ts'
import type { Row } from './model.ts'

/** Below this factor two figures of one run are called the same. */
const SAME = 1.15
/** Passes shorter than this, in seconds, say more about starting than about moving. */
const TOO_SHORT = 0.002

interface Measured {
  readonly row: Row
  /** The more the better. */
  readonly merit: number
}

/** What the rows suggest. Only those that got through count. */
export function advise(rows: readonly Row[]): string {
  const good = rows.filter((row) => row.ok)
  const [only] = good
  if (only === undefined) return 'No mechanism got through: the table says why.'
  if (rows.length === 1)
    return `Only ${only.name} was compared: leave out --only to see it beside the others.`
  if (good.length === 1) return `Only ${only.name} got through: the table says why.`
  const sentences = [bulk(good), messages(good), events(good)].filter((sentence) => sentence !== undefined)
  return sentences.length > 0
    ? sentences.join(' ')
    : `${only.name} alone moves a file: compare it with others.`
}

function ranked(rows: readonly Row[], merit: (row: Row) => number | null): readonly Measured[] {
  return rows
    .flatMap((row) => {
      const value = merit(row)
      return value === null ? [] : [{ row, merit: value }]
    })
    .sort((a, b) => b.merit - a.merit)
}

function bulk(rows: readonly Row[]): string | undefined {
  const ranking = ranked(rows, (row) => row.bytesPerSecond)
  const best = ranking[0]
  const worst = ranking.at(-1)
  if (best === undefined || worst === undefined || best === worst) return undefined
  if (Math.min(...best.row.seconds) < TOO_SHORT) {
    return 'The file is too small to tell throughputs apart: try one of 10 MB or more.'
  }
  const factor = best.merit / worst.merit
  if (factor < SAME) return `For bulk all are alike here, within ${percent(factor)}.`
  const copies = copiesOf(best.row, worst.row)
  return `For bulk: ${winners(ranking)}, ${times(factor)} as fast as ${worst.row.name}${copies}.`
}

function messages(rows: readonly Row[]): string | undefined {
  const ranking = ranked(rows, ({ roundTrip, bytesPerEvent }) =>
    roundTrip === null || bytesPerEvent !== null ? null : 1 / roundTrip.microseconds.p50,
  )
  const best = ranking[0]
  const worst = ranking.at(-1)
  if (best === undefined || worst === undefined || best === worst) return undefined
  const factor = best.merit / worst.merit
  if (factor < SAME) return `For small messages all are alike here, within ${percent(factor)}.`
  const comparison = `${times(factor)} as fast as ${worst.row.name} (${microseconds(1 / best.merit)} there and back)`
  return `For small messages: ${winners(ranking)}, ${comparison}.`
}

/** The quickest to wake the other side, of those that do no more. */
function events(rows: readonly Row[]): string | undefined {
  const ranking = ranked(rows, ({ roundTrip, bytesPerEvent }) =>
    roundTrip === null || bytesPerEvent === null ? null : 1 / roundTrip.microseconds.p50,
  )
  const [best] = ranking
  if (best === undefined) return undefined
  return `To wake and no more: ${winners(ranking)} (${microseconds(1 / best.merit)}).`
}

/** The best, and whoever is hardly worse. */
function winners(ranking: readonly Measured[]): string {
  const names = ranking
    .filter(({ merit }) => (ranking[0]?.merit ?? 0) / merit < SAME)
    .map(({ row }) => row.name)
  return names.length === 1 ? names.join() : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

function copiesOf(best: Row, worst: Row): string {
  if (best.copies === null || worst.copies === null) return ''
  const [few, many] = [best.copies.perByte.toFixed(1), worst.copies.perByte.toFixed(1)]
  return few === many
    ? ` (each byte copied ${few} times by both)`
    : ` (each byte copied ${few} times, not ${many})`
}

function percent(factor: number): string {
  return `${Math.ceil((factor - 1) * 100)} %`
}
