// The advice follows the figures.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { advise } from '#src/cli/compare/advice.ts'
import type { Row } from '#src/cli/compare/model.ts'
import { suggest } from '#src/cli/compare/next.ts'
import { emptyRow } from '#src/cli/compare/row.ts'
import { asCalled, selfCommand } from '#src/cli/compare/self.ts'

/** A row with `rate` GB/s, `trip` microseconds, `perByte` copies. */
function row(name: string, rate: number, trip: number, perByte = 4): Row {
  return {
    ...emptyRow({ name, how: '' }, null),
    bytesPerSecond: rate * 1e9,
    seconds: [0.1 / rate],
    roundTrip: { rounds: 1, microseconds: { min: trip, p50: trip, p99: trip, max: trip } },
    copies: { perByte, read: 0, written: 0, copiedOtherwise: 0, passed: 0 },
  }
}

test('the winner of each discipline is named, with the factor and the copies', () => {
  assert.equal(
    advise([row('pipe', 1.5, 7), row('splice', 4.5, 10, 1), row('memfd', 3, 0.5, 2)]),
    'For bulk: splice, 3.0 times as fast as pipe (each byte copied 1.0 times, not 4.0). ' +
      'For small messages: memfd, 20 times as fast as splice (0.50 µs there and back).',
  )
})

test('what carries no file is named for what it can do, and takes no part in the rest', () => {
  const wakes = { ...row('sem', 1, 0.1), bytesPerSecond: null, bytesPerEvent: 0 }
  const advice = advise([row('pipe', 5, 2), row('splice', 1, 10, 1), wakes])
  assert.match(advice, /For small messages: pipe, .* To wake and no more: sem \(0\.10 µs\)\.$/)
  assert.equal(
    advise([row('pipe', 5, 2), { ...wakes, roundTrip: null }]),
    'pipe alone moves a file: compare it with others.',
  )
})

test('other figures give other advice', () => {
  const advice = advise([row('pipe', 5, 2), row('splice', 1, 10, 1)])
  assert.match(
    advice,
    /^For bulk: pipe, 5\.0 times as fast as splice \(each byte copied 4\.0 times, not 1\.0\)/,
  )
  assert.match(advice, /For small messages: pipe, 5\.0 times/)
})

test('whoever is hardly slower is named, too; who copies as often is not said to copy less', () => {
  const advice = advise([row('pipe', 1, 9), row('fifo', 2, 9.1), row('tube', 2.1, 9.2)])
  assert.match(
    advice,
    /^For bulk: tube or fifo, 2\.1 times as fast as pipe \(each byte copied 4\.0 times by both\)\./,
  )
  assert.match(advice, /For small messages all are alike here, within 3 %\.$/)
})

test('a file too small to tell throughputs apart gets no ranking of them', () => {
  const small = [row('pipe', 1, 9), row('splice', 9, 3)].map((each) => ({ ...each, seconds: [0.0001] }))
  assert.match(advise(small), /^The file is too small to tell throughputs apart/)
})

test('an empty file leaves the messages', () => {
  const empty = [row('pipe', 1, 9), row('splice', 9, 3)].map((each) => ({ ...each, bytesPerSecond: null }))
  assert.equal(
    advise(empty),
    'For small messages: splice, 3.0 times as fast as pipe (3.00 µs there and back).',
  )
})

test('what failed is not recommended', () => {
  const failed = { ...row('splice', 9, 1), ok: false }
  assert.match(
    advise([row('pipe', 2, 9), row('fifo', 1, 30), failed]),
    /^For bulk: pipe, 2\.0.*messages: pipe/,
  )
  assert.equal(advise([row('pipe', 2, 9), failed]), 'Only pipe got through: the table says why.')
  assert.match(advise([failed]), /^No mechanism got through/)
  assert.match(advise([row('pipe', 2, 9)]), /^Only pipe was compared/)
})

test('the fastest that worked is suggested for a look', () => {
  const rows = [row('pipe', 1, 1), { ...row('splice', 9, 1), ok: false }, row('fifo', 2, 1)]
  assert.deepEqual(
    suggest(rows, false).map(([command]) => command),
    ['hutong compare --hold --only fifo', 'hutong ls'],
  )
  assert.equal(suggest(rows, true).length, 2)
  assert.ok(suggest(rows, true).every(([command]) => !command.includes('--hold')))
})

test('commands are suggested as this one was called', () => {
  assert.equal(selfCommand('/usr/local/bin/hutong', '/home'), 'hutong')
  assert.equal(selfCommand('/app/node_modules/.bin/hutong', '/app'), 'npx hutong')
  assert.equal(selfCommand('/src/hutong/dist/bundle/hutong.js', '/src/hutong'), 'node dist/bundle/hutong.js')
  assert.equal(
    selfCommand('/src/hutong/dist/bundle/hutong.js', '/home/me'),
    'node /src/hutong/dist/bundle/hutong.js',
  )
  assert.equal(asCalled('hutong ls', 'node $& x'), 'node $& x ls')
  assert.equal(asCalled('ls -l /hutong x', 'npx hutong'), 'ls -l /hutong x')
})
