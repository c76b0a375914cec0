// The report as tables of text: what print.ts prints, as plain text or Markdown.
import type { Measure } from './case.ts'
import { channelTables, costTables } from './channel-tables.ts'
import { placements, quartiles, ratioText, sizeText, speedText } from './figures.ts'
import type {
  ContestResult,
  CyclesResult,
  NoResult,
  Report,
  Runs,
  SingleResult,
  WaitingResult,
} from './report.ts'
import { ENOUGH, type Summary } from './statistics.ts'

export interface Table {
  readonly title: string
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

const measures: Readonly<Record<Measure, string>> = { throughput: 'throughput', 'round-trip': 'round trip' }

/** Messages per second of small messages, bytes per second of large ones, microseconds of a round trip. */
function figure({ measure, size }: ContestResult, { rate }: Runs): string {
  if (rate.count === 0) return '-'
  if (measure === 'round-trip') return `${(1e6 / rate.median).toFixed(2)} us`
  return speedText(rate.median, size)
}

function calls(runs: Runs): string {
  return runs.calls === undefined ? '-' : runs.calls.toFixed(2)
}

function barText({ bar, verdict }: ContestResult): string {
  return bar === undefined || verdict === undefined ? '' : `${Number(bar.toFixed(2))} ${verdict}`
}

function contestRow(result: ContestResult): string[] {
  const { size, placement, outerRuns, innerRuns, ratio, kept, thrown } = result
  return [
    size === 0 ? '' : sizeText(size),
    placements[placement],
    figure(result, outerRuns),
    figure(result, innerRuns),
    ratioText(ratio),
    quartiles(ratio),
    `${calls(outerRuns)} / ${calls(innerRuns)}`,
    `${kept.length}`,
    `${thrown.length}`,
    barText(result),
  ]
}

function contestTables(results: readonly ContestResult[]): Table[] {
  const groups = new Map<string, ContestResult[]>()
  for (const result of results) {
    const { mechanism, depth, measure, outer, inner } = result
    const what = depth === undefined ? mechanism : `${mechanism} of ${depth} messages`
    const title = `${what}, ${measures[measure]}: ${inner} against ${outer}`
    groups.set(title, [...(groups.get(title) ?? []), result])
  }
  return [...groups].map(([title, group]) => ({
    title,
    header: [
      'size',
      'where',
      group[0]?.outer ?? '',
      group[0]?.inner ?? '',
      'ratio',
      'quartiles',
      'calls/message',
      'triples',
      'thrown away',
      'bar',
    ],
    rows: group.map(contestRow),
  }))
}

function singleTable(results: readonly SingleResult[]): Table {
  return {
    title: 'one operation over and over in one process, nobody else around',
    header: [
      'operation',
      'against',
      'theirs',
      'hutong',
      'more',
      'quartiles',
      'triples',
      'thrown away',
      'bar',
    ],
    rows: results.map(({ operation, outer, outerTime, innerTime, more, kept, thrown, bar, verdict }) => [
      operation,
      outer,
      timeText(outerTime.median),
      timeText(innerTime.median),
      timeText(more.median),
      `${timeText(more.q1)} to ${timeText(more.q3)}`,
      `${kept.length}`,
      `${thrown}`,
      bar === undefined || verdict === undefined ? '' : `${bar} ns ${verdict}`,
    ]),
  }
}

/** Nanoseconds, in a unit to be read. */
function timeText(nanoseconds: number): string {
  if (Number.isNaN(nanoseconds)) return '-'
  return Math.abs(nanoseconds) >= 10_000
    ? `${(nanoseconds / 1000).toFixed(1)} us`
    : `${nanoseconds.toFixed(0)} ns`
}

const looks = { readFile: 'fs.readFile', timer: 'setTimeout 1 ms' } as const

function waitingTable({ idle, busy, ratio, waited, thrown }: WaitingResult): Table {
  return {
    title: `latencies while ${waited} operations wait (the process then ended by itself)`,
    header: ['', '', 'idle', 'waiting', 'ratio', 'quartiles', 'triples', 'thrown away'],
    rows: (['readFile', 'timer'] as const).flatMap((look) =>
      (['p50', 'p99'] as const).map((p) => [
        looks[look],
        p,
        `${idle[look][p].toFixed(0)} us`,
        `${busy[look][p].toFixed(0)} us`,
        ratioText(ratio[look][p]),
        quartiles(ratio[look][p]),
        `${ratio[look][p].count}`,
        `${thrown}`,
      ]),
    ),
  }
}

const MOST_MEMORY = 64
const LONGEST_CANCEL = 100

function costTable({ waited, crowd, addedMiB, cancelled }: WaitingResult): Table {
  const bar = ({ count, median }: Summary, most: number): string => {
    if (crowd !== 'thousand') return ''
    return `${most} ${count < ENOUGH ? 'undecided' : median <= most ? 'met' : 'missed'}`
  }
  return {
    title: `what ${waited} operations cost that wait`,
    header: ['', 'median', 'largest', 'bar'],
    rows: [
      [
        'resident memory added, MiB',
        addedMiB.median.toFixed(1),
        addedMiB.max.toFixed(1),
        bar(addedMiB, MOST_MEMORY),
      ],
      [
        'all cancelled by one AbortSignal, ms',
        cancelled.median.toFixed(1),
        cancelled.max.toFixed(1),
        bar(cancelled, LONGEST_CANCEL),
      ],
    ],
  }
}

function waitingTables(results: readonly WaitingResult[]): Table[] {
  return results.flatMap((result) => [waitingTable(result), costTable(result)])
}

function cyclesTable(results: readonly CyclesResult[]): Table {
  return {
    title: 'create, use, close: what is left in the process before, half way, after',
    header: ['object', 'cycles', 'a cycle', 'descriptors', 'mappings', 'resident MiB', 'address space MiB'],
    rows: results.map((result) => {
      const three = [result.before, result.half, result.after]
      const mib = (kib: number): string => (kib / 1024).toFixed(1)
      return [
        result.object,
        `${result.count}`,
        `${result.microseconds.toFixed(1)} us`,
        three.map(({ descriptors }) => descriptors).join(', '),
        three.map(({ mappings }) => mappings).join(', '),
        three.map(({ residentKiB }) => mib(residentKiB)).join(', '),
        three.map(({ addressSpaceKiB }) => mib(addressSpaceKiB)).join(', '),
      ]
    }),
  }
}

function noResultTable(results: readonly NoResult[]): Table {
  return {
    title: 'cases without a result',
    header: ['case', '', 'why'],
    rows: results.map(({ name, kind, why }) => [name, kind, why]),
  }
}

export function tablesOf({ results }: Report): Table[] {
  const contests = results.filter((result) => result.kind === 'contest')
  const singles = results.filter((result) => result.kind === 'single')
  const waiting = results.filter((result) => result.kind === 'waiting')
  const cycles = results.filter((result) => result.kind === 'cycles')
  const channels = results.filter((result) => result.kind === 'channel')
  const costs = results.filter((result) => result.kind === 'cost')
  const none = results.filter((result): result is NoResult => 'why' in result)
  return [
    ...contestTables(contests),
    ...(singles.length > 0 ? [singleTable(singles)] : []),
    ...waitingTables(waiting),
    ...(cycles.length > 0 ? [cyclesTable(cycles)] : []),
    ...channelTables(channels),
    ...costTables(costs),
    ...(none.length > 0 ? [noResultTable(none)] : []),
  ]
}
