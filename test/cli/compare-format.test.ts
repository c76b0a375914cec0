// What `hutong compare` prints, from figures made by hand.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Comparison, Plan, Row } from '#src/cli/compare/model.ts'
import { emptyRow } from '#src/cli/compare/row.ts'
import { formatComparison, formatDone, formatHeld, formatPlan } from '#src/cli/format/compare.ts'
import { formatProgress } from '#src/cli/format/compare-progress.ts'
import * as quantity from '#src/cli/format/compare-quantity.ts'
import { bar } from '#src/cli/format/compare-table.ts'

const plain = (columns: number) => ({ columns, paint: (_style: string, text: string) => text })

const pipe: Row = {
  ...emptyRow({ name: 'pipe', how: 'read and write' }, null),
  checksum: 'equal',
  sha256: 'ab'.repeat(32),
  pids: { sender: 4711, receiver: 4712 },
  objects: [{ use: 'data', name: 'pipe:[815]', inode: 815 }],
  bytesPerSecond: 1.5e9,
  seconds: [0.066],
  roundTrip: { rounds: 100, microseconds: { min: 6, p50: 7.143, p99: 12.26, max: 99 } },
  copies: { perByte: 4, read: 2e8, written: 2e8, copiedOtherwise: 0, passed: 0 },
  calls: { perMegabyte: 3.84, perRoundTrip: 4, transfer: { read: 190, write: 190 }, roundTrips: {} },
}
const splice: Row = {
  ...pipe,
  name: 'splice-and-more',
  objects: [{ use: 'data', name: '/dev/shm/lane', inode: 17 }],
  bytesPerSecond: 3e9,
  copies: { perByte: 1.04, read: 0, written: 0, copiedOtherwise: 1e8, passed: 1e8 },
  calls: { perMegabyte: 1.9, perRoundTrip: 4, transfer: { read: 0, write: 0, splice: 190 }, roundTrips: {} },
}
const dead: Row = emptyRow({ name: 'fifo', how: '' }, 'the receiver (pid 9) was killed by SIGKILL')
const changed: Row = {
  ...pipe,
  name: 'bad',
  ok: false,
  checksum: 'differs',
  error: 'what landed is not the file',
}

function comparison(...mechanisms: readonly Row[]): Comparison {
  return {
    ok: mechanisms.every((row) => row.ok),
    file: { path: '/film', size: 1e8, sha256: 'ab'.repeat(32) },
    host: { kernel: '6.18', node: 'v20', processor: 'x', processors: 2 },
    destination: 'memory',
    processors: null,
    passes: 1,
    seconds: 2,
    mechanisms,
    advice: 'Take the lane.',
  }
}

function printed(columns: number, ...rows: readonly Row[]): string {
  return formatComparison(comparison(...rows), [['hutong ls', 'who shares what']], plain(columns))
}

test('the table has a bar in proportion, the figures, the processes and the name of the object', () => {
  const lines = printed(100, pipe, splice).split('\n')
  const [first = '', below = ''] = lines.slice(2, 4)
  assert.match(first, /^ {2}pipe +█+ +1\.50 GB\/s +7\.14 µs +12\.3 µs +4\.0 +3\.8 {2}equal$/)
  assert.equal(below.trim(), 'pid 4711 → 4712  pipe:[815]')
  assert.equal(lines[5]?.trim(), 'pid 4711 → 4712  /dev/shm/lane (inode 17)')
  const blocks = [lines[2], lines[4]].map((line) => line?.match(/█/g)?.length ?? 0)
  assert.ok(Math.abs((blocks[1] ?? 0) - 2 * (blocks[0] ?? 0)) <= 1, `${blocks}`)
})

test('nothing but a name or a command is wider than the terminal, and columns line up', () => {
  for (const columns of [76, 80, 100]) {
    const lines = printed(columns, pipe, splice, dead, changed).split('\n')
    assert.deepEqual(
      lines.filter((line) => line.length > columns),
      [],
      `${columns}`,
    )
    const ends = lines
      .filter((line) => /equal$|SHA-256$/.test(line))
      .map((line) => line.search(/equal$|SHA-256$/))
    assert.equal(new Set(ends).size, 1, lines.join('\n'))
  }
})

test('a terminal too narrow for the chart gets the figures without it', () => {
  const text = printed(66, pipe)
  assert.doesNotMatch(text, /█/)
  assert.match(text, /1\.50 GB\/s/)
})

test('a row that failed says why, and a changed file says so in its place', () => {
  const text = printed(100, pipe, dead, changed)
  assert.match(text, /^ {2}fifo +the receiver \(pid 9\) was killed by SIGKILL$/m)
  assert.match(text, /DIFFERS\n +what landed is not the file\n/)
  const long = printed(
    80,
    emptyRow({ name: 'fifo', how: '' }, 'because of many reasons '.repeat(9).trim()),
  ).split('\n')
  assert.deepEqual(
    long.slice(2, 4).map((line) => line.search(/[a-z]{2,}/)),
    [2, 8],
  )
  assert.ok(long.every((line) => line.length <= 80))
})

test('below the table it is said what was counted: only what there was', () => {
  assert.match(printed(500, pipe, splice), /our count of what other calls copied.*our count of splice/)
  assert.doesNotMatch(printed(500, pipe), /splice/)
  const empty: Row = { ...pipe, bytesPerSecond: null, copies: null, calls: null }
  assert.match(printed(500, dead), /Nothing arrived/)
  assert.match(printed(500, empty), /not counted: this system has no \/proc\/PID\/io/)
})

test('a mechanism that moves no file says what its events carry, and has a round trip only', () => {
  const { roundTrip, pids } = pipe
  const wakes: Row = { ...emptyRow({ name: 'sem', how: '', bytesPerEvent: 4 }, null), roundTrip, pids }
  const [line = ''] = printed(100, pipe, wakes)
    .split('\n')
    .filter((text) => text.startsWith('  sem'))
  assert.match(line, /^ {2}sem {3}carries 4 bytes +7\.14 µs +12\.3 µs +- +-$/)
  assert.match(printed(100, wakes), /carry no file/)
  assert.equal(formatDone(wakes, 1, 2), '1/2 sem: round trip 7.14 µs, carries 4 bytes\n')
})

test('colours are asked for where something is to be seen, and only there', () => {
  const paint = (style: string, text: string): string => `<${style}>${text}</${style}>`
  const text = formatComparison(comparison(pipe, splice, dead), [], { columns: 100, paint })
  assert.match(text, /<green> *3\.00 GB\/s<\/green>/)
  assert.doesNotMatch(text, /<green> *1\.50 GB\/s/)
  assert.match(text, /<red>the receiver/)
})

test('the plan says which file, how, how often and how long', () => {
  const plan: Plan = {
    path: '/film',
    size: 98_932_688,
    mechanisms: [{ name: 'pipe', how: 'read and write', carriesFile: true }],
    passes: 3,
    warmUp: true,
    processors: null,
    rounds: 10_000,
    destination: 'memory',
    seconds: 10.7,
  }
  const text = formatPlan(plan, plain(1000))
  assert.match(text, /^Moving \/film \(98\.9 MB\) from one process to another, one way:\n/)
  assert.match(text, /\n {2}pipe {2}read and write\n/)
  assert.match(text, /3 timed passes .* 10,000 round trips .* no disk takes part\. This takes about 11 s/)
  assert.match(
    formatPlan({ ...plan, destination: 'disk', seconds: 200, passes: 1 }, plain(1000)),
    /the disk takes part.*4 min/,
  )
})

test('where there is no terminal each mechanism is a line', () => {
  assert.equal(formatDone(pipe, 1, 2), '1/2 pipe: 1.50 GB/s, round trip 7.14 µs, checksum equal\n')
  assert.equal(formatDone(dead, 2, 2), '2/2 fifo: the receiver (pid 9) was killed by SIGKILL\n')
})

test('while it holds it says where it stands and what to type', () => {
  const held = {
    mechanism: 'pipe',
    at: 5e6,
    size: 1e7,
    pids: { sender: 1, receiver: 2 },
    commands: ['ls -l'],
  }
  assert.equal(
    formatHeld(held, plain(80)),
    '\npipe stopped at 5.0 of 10.0 MB. In another terminal:\n  ls -l\nEnter goes on.\n\n',
  )
  assert.match(formatHeld({ ...held, at: 0 }, plain(80)), /pipe is about to move/)
})

test('the progress line never fills the terminal', () => {
  const bytes = { done: 5e7, size: 1e8, perSecond: 2e9 }
  const paint = (_style: string, text: string): string => text
  for (let columns = 1; columns < 140; columns++) {
    const line = formatProgress({ what: 'posix-shm: pass 1 of 3', share: 0.5, bytes }, columns, paint)
    assert.ok(line.length < columns || line === '', `${columns}: ${line}`)
  }
  const line = formatProgress({ what: 'pipe: pass 1 of 3', share: 0.5, bytes }, 100, paint)
  assert.equal(line, `▕${'█'.repeat(15)}${' '.repeat(15)}▏ 50 %  pipe: pass 1 of 3  50 of 100 MB  2.00 GB/s`)
})

test('a bar is drawn in eighths', () => {
  assert.equal(bar(0, 10, 4), '    ')
  assert.equal(bar(10, 10, 4), '████')
  assert.equal(bar(5, 10, 3), '█▌ ')
  assert.equal(bar(1, 0, 3), '   ')
})

test('quantities have three digits and a unit', () => {
  assert.deepEqual([0, 1, 999, 1000, 98_932_688, 1.5e12].map(quantity.bytes), [
    '0 B',
    '1 B',
    '999 B',
    '1 kB',
    '98.9 MB',
    '1.50 TB',
  ])
  assert.deepEqual([999_600, 81.23e6, 4.444e9].map(quantity.rate), ['1.00 MB/s', '81.2 MB/s', '4.44 GB/s'])
  assert.deepEqual([0.314, 7.143, 45.67, 999.4, 1500].map(quantity.microseconds), [
    '0.31 µs',
    '7.14 µs',
    '45.7 µs',
    '999 µs',
    '1.50 ms',
  ])
  assert.deepEqual([0.2, 10.7, 99, 200].map(quantity.duration), ['1 s', '11 s', '99 s', '4 min'])
  assert.deepEqual([1.26, 12.3].map(quantity.times), ['1.3 times', '12 times'])
  assert.deepEqual([3.84, 9999, 12_345, 4e6].map(quantity.count), ['3.8', '9999.0', '12.3k', '4.0M'])
  assert.equal(quantity.bytesOf(49_283_072, 98_932_688), '49.3 of 98.9 MB')
})
