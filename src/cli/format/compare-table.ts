// The table of `hutong compare`: a bar chart of throughputs, and the other figures beside it.
import type { Comparison, Row } from '../compare/model.ts'
import type { Style } from '../io.ts'
import { count, microseconds, rate } from './compare-quantity.ts'
import { wrap } from './wrap.ts'

export type Paint = (style: Style, text: string) => string

interface Table {
  readonly columns: number
  readonly paint: Paint
}

interface Widths {
  readonly name: number
  readonly bar: number
}

const RATE = 9
const TIME = 8
const COPIES = 8
const CALLS = 6
const CHECK = 7
const GAP = '  '
// Two spaces before all, one between bar and rate.
const REST = 3 + GAP.length * 6 + RATE + 2 * TIME + COPIES + CALLS + CHECK
const SHORTEST_BAR = 6
const LONGEST_BAR = 36

/** The lines of the table. Where the width does not do for a bar, there is none. */
export function table(found: Comparison, { columns, paint }: Table): string[] {
  const rows = found.mechanisms
  const name = Math.max(...rows.map((row) => row.name.length))
  const room = columns - REST - name
  const widths: Widths = { name, bar: room < SHORTEST_BAR ? 0 : Math.min(LONGEST_BAR, room) }
  const best = {
    rate: Math.max(0, ...rows.map((row) => row.bytesPerSecond ?? 0)),
    time: Math.min(...rows.map((row) => row.roundTrip?.microseconds.p50 ?? Number.POSITIVE_INFINITY)),
  }
  return [
    ...heading(widths).map((line) => paint('dim', line)),
    ...rows.flatMap((row) => lines(row, { widths, columns, paint, best })),
  ]
}

function heading({ name, bar }: Widths): string[] {
  const left = ' '.repeat(2 + name + GAP.length)
  const throughput = bar === 0 ? 'speed'.padStart(RATE) : 'throughput'.padEnd(bar + 1 + RATE)
  const trip = 'round trip of 64 B'.padStart(2 * TIME + GAP.length)
  const first = [throughput, trip, 'copies'.padStart(COPIES), 'calls'.padStart(CALLS), 'SHA-256']
  const second = [
    ' '.repeat(throughput.length),
    'p50'.padStart(TIME),
    'p99'.padStart(TIME),
    'per byte'.padStart(COPIES),
    'per MB'.padStart(CALLS),
  ]
  return [left + first.join(GAP), left + second.join(GAP)]
}

interface Context {
  readonly widths: Widths
  readonly columns: number
  readonly paint: Paint
  readonly best: { readonly rate: number; readonly time: number }
}

function lines(row: Row, context: Context): string[] {
  const { paint, widths, columns } = context
  const name = `  ${paint('bold', row.name.padEnd(widths.name))}${GAP}`
  const indent = ' '.repeat(2 + widths.name + GAP.length)
  const reason = wrap(row.error ?? '', columns - indent.length).map((line) => paint('red', line))
  const about = where(row)
  const below = [...(row.error === null ? [] : reason), ...(about === undefined ? [] : [paint('dim', about)])]
  const known = row.checksum !== null || (row.bytesPerEvent !== null && row.roundTrip !== null)
  const [first = '', ...rest] = known ? [figures(row, context), ...below] : below
  return [name + first, ...rest.map((line) => indent + line)]
}

function figures(row: Row, context: Context): string {
  const { bytesPerSecond, roundTrip, copies, calls, bytesPerEvent } = row
  const { widths, paint, best } = context
  const winner = (wins: boolean, text: string): string => (wins ? paint('green', text) : text)
  const p50 = roundTrip?.microseconds.p50
  const p99 = roundTrip?.microseconds.p99
  const chart = widths.bar === 0 ? '' : `${paint('cyan', bar(bytesPerSecond ?? 0, best.rate, widths.bar))} `
  const moved = chart + winner(bytesPerSecond === best.rate, cell(bytesPerSecond ?? undefined, rate, RATE))
  return [
    bytesPerEvent === null
      ? moved
      : paint(
          'dim',
          carried(bytesPerEvent)
            .padEnd(widths.bar + 1 + RATE)
            .slice(0, widths.bar + 1 + RATE),
        ),
    winner(p50 === best.time, cell(p50, microseconds, TIME)),
    cell(p99, microseconds, TIME),
    cell(copies?.perByte, (value) => value.toFixed(1), COPIES),
    cell(calls?.perMegabyte ?? undefined, count, CALLS),
    verdict(row, paint),
  ]
    .join(GAP)
    .trimEnd()
}

function verdict({ checksum }: Row, paint: Paint): string {
  if (checksum === null) return ''
  return checksum === 'equal' ? paint('green', 'equal') : paint('red', 'DIFFERS')
}

/** What an event carries, in words. */
export function carried(bytes: number): string {
  return bytes === 0 ? 'carries nothing' : `carries ${bytes} bytes`
}

function cell(value: number | undefined, format: (value: number) => string, width: number): string {
  return (value === undefined ? '-' : format(value)).padStart(width)
}

/** Who held what: the processes, and the kernel's name of the object between them. */
function where({ pids, objects }: Row): string | undefined {
  if (pids === null) return undefined
  const data = objects.find(({ use }) => use === 'data')
  // Where the name is the number, as in pipe:[4711], once is enough.
  const inode = data === undefined || data.inode === null || data.name.includes(`${data.inode}`)
  const object = data === undefined ? '' : `  ${data.name}${inode ? '' : ` (inode ${data.inode})`}`
  return `pid ${pids.sender} → ${pids.receiver}${object}`
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A bar of `value` on a scale where `most` fills the width, in eighths of a character; padded with spaces. */
export function bar(value: number, most: number, width: number): string {
  const eighths = most > 0 ? Math.round((Math.min(value, most) / most) * width * 8) : 0
  return ('█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '')).padEnd(width)
}
