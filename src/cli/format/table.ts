// A table of text: columns as wide as they must be, and on a terminal no wider than it is.
import type { Output } from '../io.ts'
import { cut, width } from './text.ts'

export interface Column {
  readonly heading: string
  /** Numbers stand at the right. */
  readonly right?: boolean
}

export interface TableOptions {
  readonly headings: boolean
}

const GAP = 2
/** No column that is not the last takes more of a terminal than this. */
const SHARE = 0.45

/** The lines of a table; rows hold one cell per column. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  out: Pick<Output, 'columns' | 'paint'>,
  { headings }: TableOptions = { headings: true },
): string {
  const all = headings ? [columns.map(({ heading }) => heading), ...rows] : rows
  const last = columns.length - 1
  const most = out.columns === undefined ? Number.POSITIVE_INFINITY : Math.floor(out.columns * SHARE)
  const widths = columns.map((_, index) =>
    index === last ? 0 : Math.min(most, Math.max(0, ...all.map((row) => width(row[index] ?? '')))),
  )
  const lines = all.map((row) => {
    const cells = columns.map(({ right }, index) => {
      if (index === last && right !== true) return row[index] ?? ''
      return pad(row[index] ?? '', widths[index] ?? 0, right === true)
    })
    const line = cells.join(' '.repeat(GAP)).trimEnd()
    return out.columns === undefined ? line : cut(line, out.columns)
  })
  return lines.map((line, index) => `${headings && index === 0 ? out.paint('bold', line) : line}\n`).join('')
}

function pad(text: string, columns: number, right: boolean): string {
  const shortened = columns === 0 ? text : cut(text, columns)
  const space = ' '.repeat(Math.max(0, columns - width(shortened)))
  return right ? space + shortened : shortened + space
}
