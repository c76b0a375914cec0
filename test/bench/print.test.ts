import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asMarkdown, asText } from '../../bench/print.ts'
import type { ContestResult, Report, Result, SingleResult, WaitingResult } from '../../bench/report.ts'
import { summarize } from '../../bench/statistics.ts'

const contest: ContestResult = {
  kind: 'contest',
  name: 'pipe/64B/throughput/one-core',
  mechanism: 'pipe',
  size: 64,
  measure: 'throughput',
  placement: 'one-core',
  outer: 'C',
  inner: 'hutong',
  bar: 0.8,
  amount: { warmUp: 4, count: 10 },
  ratio: summarize([0.84, 0.86, 0.85]),
  verdict: 'met',
  outerRuns: { rate: summarize([4_310_000]), calls: 1 },
  innerRuns: { rate: summarize([3_660_000]), calls: undefined },
  kept: [{ first: 1, inner: 1, last: 1 }],
  thrown: [],
}

function report(results: readonly Result[], quick = false): Report {
  return {
    tool: 'hutong bench',
    version: 1,
    date: '2026-11-20T10:00:00.000Z',
    quick,
    triples: 9,
    mostTriples: 18,
    trialSeconds: 0.12,
    mostDrift: 0.15,
    machine: {
      processor: 'a processor',
      cpus: [0],
      hypervisor: true,
      clocksource: 'tsc',
      memoryMiB: 1024,
      kernel: '6.18',
      system: 'a system',
      node: 'v20',
      v8: '11',
      uv: '1',
      compiler: 'cc 12',
      hutong: '0.1.0',
      commit: 'abc',
      load: 0.5,
    },
    oneBuild: true,
    results,
    seconds: 1,
  }
}

const single: SingleResult = {
  kind: 'single',
  name: 'single/mutex/C',
  operation: 'mutex',
  outer: 'C',
  inner: 'hutong',
  bar: 150,
  count: 1000,
  outerTime: summarize([20]),
  innerTime: summarize([110]),
  more: summarize([88, 90, 92]),
  verdict: 'met',
  kept: [{ first: 20, inner: 110, last: 20 }],
  thrown: 0,
}

const latencies = { p50: 100, p99: 400 }
const ratios = { p50: summarize([1.1]), p99: summarize([2]) }
const waiting: WaitingResult = {
  kind: 'waiting',
  name: 'waiting/thousand',
  crowd: 'thousand',
  idle: { readFile: latencies, timer: latencies },
  busy: { readFile: latencies, timer: latencies },
  ratio: { readFile: ratios, timer: ratios },
  waited: 1000,
  addedMiB: summarize(Array.from({ length: 9 }, () => 31.5)),
  cancelled: summarize(Array.from({ length: 9 }, () => 120)),
  thrown: 1,
}

function lineWith(text: string, part: string): string {
  return text.split('\n').find((line) => line.includes(part)) ?? ''
}

test('a row shows both figures, the ratio, its quartiles and whether the bar is met', () => {
  const line = lineWith(asText(report([contest])), '64 B')
  for (const part of ['one core', '4.31 M/s', '3.66 M/s', '0.85', '0.84 to 0.85', '0.8 met', '1.00 / -']) {
    assert.ok(line.includes(part), `${part} in: ${line}`)
  }
})

test('a case without a bar says nothing about one', () => {
  const line = lineWith(asText(report([{ ...contest, bar: undefined, verdict: undefined }])), '64 B')
  assert.doesNotMatch(line, /met|missed|undecided|undefined/)
})

test('large messages are shown as bytes per second, round trips as microseconds', () => {
  const rate = summarize([10_000])
  const large = { ...contest, size: 65536, outerRuns: { rate, calls: 1 } }
  assert.match(asText(report([large])), /0\.66 GB\/s/)
  const trip = { ...contest, measure: 'round-trip' as const, outerRuns: { rate, calls: 1 } }
  assert.match(asText(report([trip])), /100\.00 us/)
})

test('a case whose triples were all thrown away shows no figures', () => {
  const none = { ...contest, ratio: summarize([]), verdict: 'undecided' as const, kept: [] }
  const empty = { rate: summarize([]), calls: undefined }
  const text = asText(report([{ ...none, outerRuns: empty, innerRuns: empty }]))
  assert.doesNotMatch(text, /NaN/)
  assert.match(lineWith(text, '64 B'), /0\.8 undecided/)
})

test('an operation of one process shows by how many nanoseconds it is slower', () => {
  const line = lineWith(asText(report([single])), 'mutex')
  for (const part of ['20 ns', '110 ns', '90 ns', '89 ns to 91 ns', '150 ns met']) {
    assert.ok(line.includes(part), `${part} in: ${line}`)
  }
})

test('a crowd that waits shows its latencies, its memory and how fast it can be cancelled', () => {
  const text = asText(report([waiting]))
  assert.match(text, /while 1000 operations wait/)
  assert.match(lineWith(text, 'setTimeout'), /p50 +100 us +100 us +1\.10/)
  assert.match(lineWith(text, 'resident memory'), /31\.5 +31\.5 +64 met/)
  assert.match(lineWith(text, 'AbortSignal'), /120\.0 +120\.0 +100 missed/)
})

test('a quick run is labelled as one', () => {
  assert.match(asText(report([contest], true)), /QUICK/)
  assert.doesNotMatch(asText(report([contest])), /QUICK/)
})

test('a run during which hutong was built anew says so', () => {
  assert.match(asText({ ...report([contest]), oneBuild: false }), /built anew/)
  assert.doesNotMatch(asText(report([contest])), /built anew/)
})

test('cases that were skipped or failed are listed with the reason', () => {
  const text = asText(
    report([
      { kind: 'skipped', name: 'pipe/64B/throughput/two-cores', why: 'one processor only' },
      { kind: 'failed', name: 'pipe/1KiB/throughput/one-core', why: 'no peer' },
    ]),
  )
  assert.match(text, /two-cores +skipped +one processor only/)
  assert.match(text, /one-core +failed +no peer/)
})

test('Markdown has one table for each group, with the machine above it', () => {
  const text = asMarkdown(report([contest, { ...contest, mechanism: 'fifo' }]))
  assert.equal(text.match(/^### /gm)?.length, 2)
  assert.match(text, /a processor/)
  assert.match(text, /^\| 64 B \| one core \| 4\.31 M\/s \|/m)
  assert.match(text, /^\| --- \|/m)
})
