// Every kind of side does a little of its work: the processes meet, and what they report has its shape.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { cycled } from '../../bench/case.ts'
import { cases } from '../../bench/cases.ts'
import { compile } from '../../bench/compile.ts'
import { cycleAll } from '../../bench/cycles.ts'
import type { Report } from '../../bench/report.ts'
import { timeSingles } from '../../bench/single.ts'
import { type Pair, runTrial } from '../../bench/trial.ts'
import { runWaitingTrial } from '../../bench/waiting.ts'
import { start } from '../support/child.ts'
import '../support/leaks.ts'
import { root } from '../support/paths.ts'

const directory = mkdtempSync(join(tmpdir(), 'hutong-test-'))
before(compile)
after(() => rmSync(directory, { recursive: true }))

const FEW = { warmUp: 3, count: 20 }

/** One trial of a contest, which fails unless each message came once and in order. */
async function trial(name: string, pair: Pair): Promise<void> {
  const contest = cases.find((one) => one.name === name)
  if (contest?.kind !== 'contest') assert.fail(`no contest is called ${name}`)
  const { rate } = await runTrial({ contest, cpus: [0] }, pair, FEW)
  assert.ok(rate > 0 && Number.isFinite(rate), `${pair}: ${name}`)
}

const blocking: readonly (readonly [string, Pair])[] = [
  ['pipe/64KiB/throughput/unpinned', ['C', 'hutong']],
  ['fifo/64B/round-trip/unpinned', ['hutong', 'C']],
  ['mapping/64B/round-trip/one-core', ['C', 'hutong']],
  ['sysv-mq/8KiB/throughput/unpinned', ['hutong', 'C']],
  ['posix-mq/64B/round-trip/unpinned', ['C', 'hutong']],
  ['unix/64KiB/throughput/unpinned', ['hutong', 'C']],
  ['dgram/64B/round-trip/unpinned', ['C', 'hutong']],
  ['seqpacket-batch/64B/throughput/unpinned', ['hutong', 'C']],
  ['dgram-batch/64B/throughput/unpinned', ['C', 'hutong']],
  ['descriptor/64B/throughput/unpinned', ['C', 'hutong']],
  ['sysv-sem/round-trip/unpinned', ['hutong', 'C']],
  ['posix-sem/round-trip/unpinned', ['C', 'hutong']],
  ['signal/round-trip/unpinned', ['hutong', 'C']],
]

for (const [name, pair] of blocking) {
  test(`${name}: C and TypeScript do the same work, so they can do it together`, () => trial(name, pair))
}

const loops: readonly (readonly [string, Pair])[] = [
  ['async-net/64B/round-trip/one-core', ['net.Socket', 'hutong async']],
  ['async-fs/1KiB/throughput/one-core', ['fs streams', 'hutong stream']],
  ['stream-net/64B/throughput/one-core', ['C, 2 threads', 'net stream']],
  ['async-sysv-mq/64B/throughput/one-core', ['hutong async', 'C']],
  ['net-unix/64B/round-trip/one-core', ['net.Socket', 'hutong async']],
  ['rival-unix-dgram/64B/throughput/one-core', 'hutong async'],
  ['async-signal/round-trip/one-core', ['C', 'hutong async']],
]

for (const [name, pair] of loops) {
  test(`${name}: ${pair} understand each other`, () => trial(name, pair))
}

test('what one process does over and over, C and hutong can do', async () => {
  const operations = [...new Set(cases.flatMap((one) => (one.kind === 'single' ? [one.operation] : [])))]
  const ours = await timeSingles('hutong', operations, 10)
  assert.equal(ours.length, operations.length)
  const ofC = cases.flatMap((one) => (one.kind === 'single' && one.outer === 'C' ? [one.operation] : []))
  const theirs = await Promise.all(ofC.map((operation) => timeSingles('C', [operation], 10)))
  for (const nanoseconds of [...ours, ...theirs.flat()]) assert.ok(nanoseconds > 0)
})

test('a process in which a crowd waited ends by itself, and all of them were told', async () => {
  const [few, thousand] = await Promise.all([runWaitingTrial('few', 5), runWaitingTrial('thousand', 5)])
  assert.equal(few.waited, 128)
  assert.equal(thousand.waited, 1000)
  assert.ok(thousand.cancelled > 0)
})

test('cycles of create, use and close leave no descriptor', async () => {
  const results = await cycleAll(cycled, 20)
  assert.equal(results.length, cycled.length)
  results.forEach(({ before, after }, i) => {
    assert.equal(after.descriptors, before.descriptors, cycled[i])
  })
})

const main = join(root, 'build/bench/main.js')

function bench(...args: string[]) {
  return start(process.execPath, [main, ...args], { cwd: directory }).ended
}

test('a run writes its report, and prints it', async () => {
  const out = join(directory, 'deep', 'report.json')
  const chosen = ['--case', '^threads-c/64B/throughput/unpinned$', '--case', '^rival/posix-mq$']
  const { code, stdout, stderr } = await bench('--quick', '--triples', '1', '--json', '--out', out, ...chosen)
  assert.equal(code, 0, `${stderr}${stdout}`)
  assert.equal(readFileSync(out, 'utf8'), stdout)
  const report = JSON.parse(stdout) as Report
  assert.equal(report.tool, 'hutong bench')
  assert.equal(report.quick, true)
  assert.equal(report.machine.node, process.version)
  const [result, rival] = report.results
  if (result?.kind !== 'contest') assert.fail('no figures')
  for (const { first, inner, last } of [...result.kept, ...result.thrown]) {
    for (const rate of [first, inner, last]) assert.ok(rate > 0 && Number.isFinite(rate))
  }
  assert.ok(result.kept.length + result.thrown.length >= 1)
  assert.notEqual(result.verdict, 'met', 'one triple is no basis for a verdict')
  assert.equal(rival?.kind, 'skipped')
})

test('a wrong command line is status 2, and says what is wrong', async () => {
  const { code, stderr } = await bench('--fast')
  assert.equal(code, 2)
  assert.match(stderr, /--fast/)
})
