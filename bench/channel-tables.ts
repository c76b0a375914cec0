// The results of channels as tables.
import type { Bar, Lane } from './channel-case.ts'
import { placements, quartiles, rateText, ratioText, sizeText, speedText } from './figures.ts'
import type { ChannelResult, ChannelRuns, CostResult } from './report.ts'
import type { Table } from './tables.ts'

function isTrip({ way }: Lane): boolean {
  return way === 'round trip'
}

/** A message in place is not copied: bytes per second would say nothing. */
function speed(lane: Lane, { rate }: ChannelRuns): string {
  if (rate.count === 0) return '-'
  if (isTrip(lane)) return `${(1e6 / rate.median).toFixed(2)} us`
  return lane.way === 'in place' ? rateText(rate.median) : speedText(rate.median, lane.size)
}

function barText({ of, value }: Bar): string {
  if (of === 'rate') return rateText(value)
  return of === 'microseconds' ? `${value} us` : `${Number(value.toFixed(2))}`
}

function readersText({ readers = 0 }: Lane): string {
  return `${readers} reader${readers === 1 ? '' : 's'}`
}

function wayText(lane: Lane): string {
  return lane.readers === undefined ? lane.way : `${lane.way}, ${readersText(lane)}`
}

/** What the other differs in. */
function other({ outer, inner }: ChannelResult): string {
  const way = outer.way === inner.way ? [] : [outer.way]
  const size = outer.size === inner.size ? [] : [sizeText(outer.size)]
  const readers = outer.readers === inner.readers ? [] : [readersText(outer)]
  return [outer.mover, ...way, ...size, ...readers].join(', ')
}

function cpuText({ rate, cpu }: ChannelRuns): string {
  if (rate.count === 0) return '-'
  return cpu >= 10_000 ? `${(cpu / 1000).toFixed(1)} us` : `${cpu.toFixed(0)} ns`
}

function row(result: ChannelResult): string[] {
  const { inner, outer, placement, outerRuns, innerRuns, ratio, kept, thrown, bar, verdict } = result
  return [
    wayText(inner),
    inner.mode,
    sizeText(inner.size),
    placements[placement],
    other(result),
    speed(outer, outerRuns),
    speed(inner, innerRuns),
    ratioText(ratio),
    quartiles(ratio),
    `${cpuText(outerRuns)} / ${cpuText(innerRuns)}`,
    `${kept.length}`,
    `${thrown.length}`,
    bar === undefined || verdict === undefined ? '' : `${barText(bar)} ${verdict}`,
  ]
}

function table(title: string, results: readonly ChannelResult[]): Table[] {
  if (results.length === 0) return []
  const header =
    'way,mode,size,where,against,theirs,hutong,ratio,quartiles,CPU theirs / ours,triples,thrown away,bar'
  return [{ title, header: header.split(','), rows: results.map(row) }]
}

export function channelTables(results: readonly ChannelResult[]): Table[] {
  return [
    ...table(
      'channels in shared memory, throughput',
      results.filter(({ inner }) => !isTrip(inner)),
    ),
    ...table(
      'channels in shared memory, round trip (the one in the middle)',
      results.filter(({ inner }) => isTrip(inner)),
    ),
  ]
}

export function costTables(results: readonly CostResult[]): Table[] {
  if (results.length === 0) return []
  const figures = results.flatMap((result) => result.figures)
  return [
    {
      title: 'what channels cost beside their messages',
      header: ['', 'measured', 'bar'],
      rows: figures.map(({ what, unit, value, most }) => [
        what,
        `${value.toFixed(2)} ${unit}`,
        `${most} ${unit} ${value <= most ? 'met' : 'missed'}`,
      ]),
    },
  ]
}
