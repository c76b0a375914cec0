// One run of the whole benchmark with the fewest trials: the processes meet, and the report has its shape.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Report } from '../../bench/report.ts'
import { start } from '../support/child.ts'
import { root } from '../support/paths.ts'

const directory = mkdtempSync(join(tmpdir(), 'hutong-test-'))
after(() => rmSync(directory, { recursive: true }))

const main = join(root, 'build/bench/main.js')

function bench(...args: string[]) {
  return start(process.execPath, [main, ...args], { cwd: directory }).ended
}

async function reportOf(...patterns: string[]): Promise<Report> {
  const out = join(directory, 'deep', 'report.json')
  const chosen = patterns.flatMap((pattern) => ['--case', pattern])
  const few = ['--quick', '--triples', '1', '--cycles', '200', '--json', '--out', out]
  const { code, stdout, stderr } = await bench(...few, ...chosen)
  assert.equal(code, 0, `${stderr}${stdout}`)
  assert.equal(readFileSync(out, 'utf8'), stdout)
  return JSON.parse(stdout) as Report
}

test('the same work is done over a pipe, a FIFO and a mapping, in C and in TypeScript', async () => {
  const report = await reportOf(
    '^pipe/64KiB/throughput/one-core$',
    '^fifo/64B/round-trip/unpinned$',
    '^mapping/64B/throughput/one-core$',
    '^mapping/1KiB/round-trip/unpinned$',
  )
  assert.equal(report.tool, 'hutong bench')
  assert.equal(report.quick, true)
  assert.equal(report.machine.node, process.version)
  assert.equal(report.results.length, 4)
  for (const result of report.results) {
    if (result.kind !== 'contest') assert.fail(`${result.name} gave no figures`)
    assert.ok(result.kept.length + result.thrown.length >= 1)
    for (const { first, inner, last } of [...result.kept, ...result.thrown]) {
      for (const rate of [first, inner, last]) assert.ok(rate > 0 && Number.isFinite(rate))
    }
    assert.notEqual(result.verdict, 'met', 'one triple is no basis for a verdict')
  }
})

test('the event loop is measured against net.Socket and fs streams', async () => {
  const report = await reportOf('^async-net/64B/round-trip/one-core$', '^async-fs/1KiB/throughput/one-core$')
  assert.deepEqual(
    report.results.map(({ kind }) => kind),
    ['contest', 'contest'],
  )
})

test('a process in which 128 operations waited ends by itself', async () => {
  const report = await reportOf('^waiting/')
  const [result] = report.results
  if (result?.kind !== 'waiting') assert.fail('no figures')
  if (result.ratio.p50.count > 0) assert.equal(result.waited, 128)
})

test('cycles of create, use and close leave no descriptor', async () => {
  const report = await reportOf('^cycles/')
  assert.equal(report.results.length, 7)
  for (const result of report.results) {
    if (result.kind !== 'cycles') assert.fail(`${result.name} gave no figures`)
    assert.equal(result.after.descriptors, result.before.descriptors, result.object)
  }
})

test('--list prints names that --case takes', async () => {
  const { code, stdout } = await bench('--list', '--case', '^waiting/')
  assert.equal(code, 0)
  assert.equal(stdout, 'waiting/readFile\n')
})

test('--help names every flag, a wrong flag is status 2', async () => {
  const help = await bench('--help')
  assert.equal(help.code, 0)
  for (const flag of [
    '--case',
    '--list',
    '--triples',
    '--quick',
    '--json',
    '--markdown',
    '--out',
    '--cycles',
  ]) {
    assert.ok(help.stdout.includes(flag), flag)
  }
  const wrong = await bench('--fast')
  assert.equal(wrong.code, 2)
  assert.match(wrong.stderr, /--fast/)
  const nothing = await bench('--case', 'no such thing')
  assert.equal(nothing.code, 2)
})
