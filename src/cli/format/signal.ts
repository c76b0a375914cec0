// A received signal, and the list of all, on standard output.
import type { SignalInfo } from '../../kernel/signal/info.ts'
import type { SignalDescription } from '../../kernel/signal/names.ts'
import type { Output } from '../io.ts'
import { formatTable } from './table.ts'

/** One line. */
export function formatSignal(info: SignalInfo, json: boolean): string {
  if (json) {
    // 64 bits do not fit into JSON's numbers: a string, in hexadecimal.
    const plain = (_: string, value: unknown): unknown =>
      typeof value === 'bigint' ? `0x${value.toString(16)}` : value
    return `${JSON.stringify(info, plain)}\n`
  }
  const { signal, source, pid, uid, value, timer, overrun } = info
  const parts = [
    `${signal} by ${source}`,
    pid === undefined ? '' : `from process ${pid}`,
    uid === undefined ? '' : `of user ${uid}`,
    timer === undefined ? '' : `timer ${timer}, overrun ${overrun ?? 0}`,
  ]
  return `${parts.filter(Boolean).join(' ')}${value === undefined ? '' : `: ${value}`}\n`
}

export function formatSignals(
  signals: readonly SignalDescription[],
  out: Pick<Output, 'columns' | 'paint'>,
): string {
  const columns = [{ heading: 'NUMBER', right: true }, { heading: 'NAME' }, { heading: 'BY DEFAULT' }]
  return formatTable(
    columns,
    signals.map(({ number, name, action }) => [`${number}`, name, action]),
    out,
  )
}
