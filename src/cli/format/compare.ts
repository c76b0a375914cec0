// The words and the table of `hutong compare`. Pure: plain data in, lines out.
import type { Comparison, Plan, Row } from '../compare/model.ts'
import type { Held } from '../compare/trial.ts'
import { bytes, bytesOf, duration, grouped, microseconds, rate } from './compare-quantity.ts'
import { carried, type Paint, table } from './compare-table.ts'
import { wrap } from './wrap.ts'

export interface Look {
  /** The width to keep to. */
  readonly columns: number
  readonly paint: Paint
}

/** What is going to happen, before it does. */
export function formatPlan(plan: Plan, { columns, paint }: Look): string {
  const { mechanisms, path, size, passes, rounds } = plan
  const width = Math.max(...mechanisms.map(({ name }) => name.length))
  const ways = mechanisms.length === 1 ? 'one way' : `${mechanisms.length} ways`
  return [
    ...wrap(`Moving ${path} (${bytes(size)}) from one process to another, ${ways}:`, columns),
    '',
    ...mechanisms.map(({ name, how }) => `  ${paint('bold', name.padEnd(width))}  ${how}`),
    '',
    ...wrap(
      `Each way has two processes of its own${placement(plan)}, ${passes === 1 ? 'one timed pass' : `${passes} timed passes`} of the file ` +
        `checked by SHA-256, and ${grouped(rounds)} round trips of a 64-byte message. ${preparation(plan)} ` +
        `This takes about ${duration(plan.seconds)}; Ctrl-C leaves nothing behind.`,
      columns,
    ),
    '',
  ]
    .map((line) => `${line}\n`)
    .join('')
}

function placement({ processors }: Plan): string {
  return processors === null ? '' : `, on processors ${processors.sender} and ${processors.receiver}`
}

function preparation({ destination }: Plan): string {
  return destination === 'memory'
    ? 'The file is read once before, so that it is in memory, and lands in memory: no disk takes part.'
    : 'The file is large: it lands in the temporary directory, and the disk takes part in the figures.'
}

/** A line for each mechanism that is done, where there is no terminal to draw on. */
export function formatDone(row: Row, index: number, count: number): string {
  const where = `${index}/${count} ${row.name}`
  if (!row.ok) return `${where}: ${row.error}\n`
  const figures = [
    row.bytesPerSecond === null ? undefined : rate(row.bytesPerSecond),
    row.roundTrip === null ? undefined : `round trip ${microseconds(row.roundTrip.microseconds.p50)}`,
    row.bytesPerEvent === null ? 'checksum equal' : carried(row.bytesPerEvent),
  ]
  return `${where}: ${figures.filter((figure) => figure !== undefined).join(', ')}\n`
}

/** What was found out. */
export function formatComparison(
  found: Comparison,
  next: readonly (readonly [string, string])[],
  look: Look,
): string {
  const { columns, paint } = look
  const width = Math.max(...next.map(([command]) => command.length))
  return [
    ...table(found, look),
    '',
    ...wrap(counted(found), columns).map((line) => paint('dim', line)),
    '',
    ...wrap(found.advice, columns).map((line) => paint('bold', line)),
    '',
    'Try next:',
    ...next.map(([command, does]) => `  ${paint('cyan', command.padEnd(width))}  ${does}`),
  ]
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}

/** What was counted, and how: only what there was in this run. */
function counted({ file, mechanisms }: Comparison): string {
  const rows = mechanisms.filter(({ copies }) => copies !== null)
  if (mechanisms.every(({ bytesPerEvent }) => bytesPerEvent !== null))
    return 'These carry no file: no byte was copied.'
  if (mechanisms.every(({ checksum }) => checksum === null)) return 'Nothing arrived, so nothing was counted.'
  if (file.size === 0) return 'An empty file: nothing was copied.'
  if (rows.length === 0) return 'Copies and calls were not counted: this system has no /proc/PID/io.'
  const own = new Set(rows.flatMap(({ calls }) => Object.keys(calls?.transfer ?? {})))
  own.delete('read')
  own.delete('write')
  const others = [...own].sort().join(', ')
  const otherwise = rows.some(({ copies }) => (copies?.copiedOtherwise ?? 0) > 0)
  return (
    'Counted in both processes during the timed passes. Copies: bytes through read and write (rchar and wchar of ' +
    `/proc/PID/io)${otherwise ? ' and our count of what other calls copied (see the guide)' : ''}, over the file's. ` +
    `Calls: syscr and syscw of /proc/PID/io${others === '' ? '' : ` and our count of ${others}`}, per 1,000,000 bytes.`
  )
}

/** While `--hold` waits: where the transfer stands and what shows it. */
export function formatHeld({ mechanism, at, size, commands }: Held, { paint }: Look): string {
  const where = at === 0 || at >= size ? 'is about to move' : `stopped at ${bytesOf(at, size)}`
  return [
    '',
    `${paint('bold', mechanism)} ${where}. In another terminal:`,
    ...commands.map((command) => `  ${paint('cyan', command)}`),
    'Enter goes on.',
    '',
  ]
    .map((line) => `${line}\n`)
    .join('')
}
