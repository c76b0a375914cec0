// Every mover of the cases of channels does a little of its work, and what it reports becomes a row.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { cases } from '../../bench/cases.ts'
import { runChannelTrial } from '../../bench/channel.ts'
import type { ChannelCase, Lane } from '../../bench/channel-case.ts'
import { idle } from '../../bench/channel-cost.ts'
import { channelTables } from '../../bench/channel-tables.ts'
import { compile } from '../../bench/compile.ts'
import type { ChannelResult } from '../../bench/report.ts'
import { summarize } from '../../bench/statistics.ts'
import '../support/leaks.ts'

before(compile)

function caseOf(name: string): ChannelCase {
  const one = cases.find((each) => each.name === name)
  if (one?.kind !== 'channel') assert.fail(`no case of channels is called ${name}`)
  return one
}

const { inner, outer } = caseOf('channel/one/64B/one-core')
const lanes: readonly Lane[] = [
  outer,
  { ...outer, way: 'round trip' },
  { ...inner, way: 'batches' },
  { ...inner, way: 'packed' },
  { ...inner, mover: 'net', way: 'round trip' },
  { ...inner, mover: 'process.send advanced' },
  { ...inner, way: 'overwrite', readers: 1 },
]

for (const lane of lanes) {
  test(`${lane.mover}, ${lane.way}: each message comes once and in order`, async () => {
    const course = { lane, placement: 'one-core', cpus: [0] } as const
    const { rate, cpu } = await runChannelTrial(course, { warmUp: 64, count: 128 })
    assert.ok(rate > 0 && Number.isFinite(rate))
    assert.ok(cpu >= 0)
  })
}

test('channels that are idle are opened, looked at and closed', async () => {
  const figures = await idle(3, 0.05)
  assert.deepEqual(
    figures.map(({ unit }) => unit),
    ['ms', 'MiB'],
  )
})

const twice = summarize([2, 2, 2])
const result: ChannelResult = {
  ...caseOf('channel/one/64B/two-cores'),
  ratio: twice,
  verdict: 'met',
  outerRuns: { rate: summarize([20e6]), cpu: 40 },
  innerRuns: { rate: summarize([40e6]), cpu: 20.4 },
  kept: [],
  thrown: [],
}

function rowOf(of: ChannelResult): string {
  return channelTables([of])[0]?.rows[0]?.join(' | ') ?? ''
}

test('a row shows how, both figures, processor time, and whether the bar is met', () => {
  const row = rowOf(result)
  assert.match(row, /^one \| default \| 64 B \| two cores \| C \| 20\.00 M\/s \| 40\.00 M\/s \| 2\.00/)
  assert.match(row, /40 ns \/ 20 ns .* 0\.7 met$/)
})

test('the readers of a topic are told', () => {
  const topic = { ...result, ...caseOf('channel/topic-overwrite/64B/two-cores') }
  assert.match(rowOf(topic), /^overwrite, 4 readers .* hutong, 1 reader /)
})

test('round trips are shown as microseconds, bars in their own unit', () => {
  const trip = { ...result, ...caseOf('channel/trip/64B/two-cores') }
  assert.match(rowOf(trip), /0\.05 us \| 0\.03 us .* 1\.5 us met$/)
  const fresh = { ...result, ...caseOf('channel/fresh/64B/two-cores') }
  assert.match(rowOf(fresh), /C, one .* 10\.00 M\/s met$/)
})
