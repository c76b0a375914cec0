import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cases } from '../../bench/cases.ts'
import { parseCpuList, pinning } from '../../bench/machine.ts'
import { choose, takeOptions, UsageError } from '../../bench/options.ts'
import { obstacle } from '../../bench/possible.ts'
import { mappingSize, ringCapacity, ringOffset } from '../../bench/sides/ring-layout.ts'

test('by default all cases run with nine triples', () => {
  const options = takeOptions([])
  assert.equal(options.triples, 9)
  assert.equal(options.quick, false)
  assert.equal(options.out, 'build/bench/report.json')
  assert.equal(choose(cases, options.patterns).length, cases.length)
})

test('a quick run has fewer and shorter trials', () => {
  const quick = takeOptions(['--quick'])
  const full = takeOptions([])
  assert.ok(quick.triples < full.triples)
  assert.ok(quick.seconds < full.seconds)
  assert.ok(quick.cycles < full.cycles)
  assert.equal(takeOptions(['--quick', '--triples', '5']).triples, 5)
})

test('the limit of tries allows for unsteady triples', () => {
  const { triples, mostTriples } = takeOptions(['--triples', '12'])
  assert.equal(triples, 12)
  assert.ok(mostTriples > triples)
})

test('patterns choose cases, several add up', () => {
  const { patterns } = takeOptions(['--case', '^pipe/64B/throughput', '--case', '^cycles/memfd$'])
  const names = choose(cases, patterns).map(({ name }) => name)
  assert.deepEqual(names, [
    'pipe/64B/throughput/one-core',
    'pipe/64B/throughput/two-cores',
    'pipe/64B/throughput/unpinned',
    'cycles/memfd',
  ])
})

test('names of cases are unique', () => {
  const names = cases.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
})

test('bars stand where the requirements put them and nowhere else', () => {
  const barOf = (name: string) => cases.filter((one) => one.kind === 'contest' && one.name === name)[0]
  const bar = (name: string) => {
    const one = barOf(name)
    return one?.kind === 'contest' ? one.bar : 'no such case'
  }
  assert.equal(bar('pipe/64B/throughput/one-core'), 0.8)
  assert.equal(bar('fifo/64B/throughput/unpinned'), 0.8)
  assert.equal(bar('pipe/1KiB/throughput/one-core'), undefined)
  assert.equal(bar('pipe/64KiB/throughput/two-cores'), 0.9)
  assert.equal(bar('fifo/1MiB/throughput/two-cores'), 0.9)
  assert.equal(bar('pipe/64B/round-trip/one-core'), undefined)
  assert.equal(bar('mapping/64B/throughput/two-cores'), undefined)
  assert.equal(bar('async-net/64B/throughput/one-core'), 1.5)
  assert.equal(bar('async-fs/1MiB/throughput/two-cores'), 1.5)
  assert.equal(bar('stream-fs/64B/throughput/two-cores'), 1.5)
  assert.equal(bar('async-net/64B/round-trip/one-core'), undefined)
  assert.equal(bar('ceiling/64B/throughput/one-core'), undefined)
  assert.equal(bar('sysv-mq/64B/throughput/unpinned'), 0.8)
  assert.equal(bar('posix-mq/8KiB/throughput/two-cores'), 0.9)
  assert.equal(bar('posix-mq-deep/64B/throughput/two-cores'), 0.8)
  assert.equal(bar('posix-mq/64B/round-trip/one-core'), undefined)
  assert.equal(bar('dgram/64B/throughput/one-core'), 0.8)
  assert.equal(bar('seqpacket-batch/64B/throughput/two-cores'), 0.8)
  assert.equal(bar('unix/64KiB/throughput/two-cores'), undefined)
  assert.equal(bar('posix-sem/round-trip/two-cores'), 0.8)
  assert.equal(bar('threads-hutong/64B/throughput/one-core'), undefined)
})

test('what cannot run here is skipped with the reason', () => {
  const why = (name: string, cpus: readonly number[]) => {
    const one = cases.find((other) => other.name === name)
    return one === undefined ? 'no such case' : obstacle(one, cpus)
  }
  assert.match(why('pipe/64B/throughput/two-cores', [0]) ?? '', /one processor only/)
  assert.equal(why('pipe/64B/throughput/one-core', [0]), undefined)
  assert.match(why('rival/posix-mq', [0, 1]) ?? '', /does not build/)
})

test('a wrong command line is a usage error that names the flag', () => {
  const wrong: readonly (readonly [string[], RegExp])[] = [
    [['--triples', '0'], /--triples/],
    [['--triples', 'many'], /--triples/],
    [['--cycles', '1.5'], /--cycles/],
    [['--case', '('], /--case/],
    [['--json', '--markdown'], /--json and --markdown/],
    [['--fast'], /--fast/],
    [['pipe'], /pipe/],
  ]
  for (const [args, message] of wrong) {
    assert.throws(
      () => takeOptions(args),
      (error) => error instanceof UsageError && message.test(error.message),
    )
  }
})

test('a list of processors may hold ranges', () => {
  assert.deepEqual(parseCpuList('0-2,5\n'), [0, 1, 2, 5])
  assert.deepEqual(parseCpuList('3'), [3])
})

test('two cores need two processors', () => {
  assert.deepEqual(pinning('one-core', [4, 6]), [4, 4])
  assert.deepEqual(pinning('two-cores', [4, 6]), [4, 6])
  assert.deepEqual(pinning('unpinned', [4]), [undefined, undefined])
  assert.equal(pinning('two-cores', [4]), undefined)
})

test('the rings lie one after the other in the mapping, with a power of two of slots', () => {
  for (const size of [64, 1024, 65536, 1048576]) {
    const slots = ringCapacity(size)
    assert.equal(slots & (slots - 1), 0)
    assert.ok(slots >= 8)
    assert.equal(ringOffset(0, size), 4096)
    assert.equal(ringOffset(1, size) - ringOffset(0, size), 4096 + slots * size)
    assert.equal(mappingSize(size) - ringOffset(1, size), 4096 + slots * size)
  }
})
