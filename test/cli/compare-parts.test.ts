// The parts of a comparison by themselves: counting, bells, room, cleaning up.
import assert from 'node:assert/strict'
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { test } from 'node:test'
import { EventFd, Pipe } from 'hutong'
import { CleanUps } from '#src/cli/compare/cleanups.ts'
import { choose as chooseDestination } from '#src/cli/compare/destination.ts'
import { expectedSeconds } from '#src/cli/compare/estimate.ts'
import { line } from '#src/cli/compare/lines.ts'
import { quoted } from '#src/cli/compare/look.ts'
import type { Counts } from '#src/cli/compare/model.ts'
import { SPIN_BELL_WORDS, SpinBell } from '#src/cli/compare/parts/bells.ts'
import { spliceCopies } from '#src/cli/compare/parts/splice-copies.ts'
import { choose, parseList } from '#src/cli/compare/processors.ts'
import { emptyRow, filledRow, median } from '#src/cli/compare/row.ts'
import { summary } from '#src/cli/compare/side/rounds.ts'
import { parseIo, sum, Tally } from '#src/cli/compare/side/tally.ts'
import { wrap } from '#src/cli/format/wrap.ts'
import '../support/leaks.ts'

/** What `work` costs. Of several attempts the least: Node's other threads wake this one with a write(2) now and then. */
function counted(tally: Tally, work: () => void): Counts {
  const attempts = Array.from({ length: 10 }, () => {
    tally.start()
    work()
    return tally.stop() ?? assert.fail('the kernel does not count')
  })
  return attempts.reduce((least, next) => (next.written < least.written ? next : least))
}

test('the tally counts reads and writes of this process to the byte, and nothing of its own', () => {
  const tally = new Tally()
  const zero = openSync('/dev/zero', 'r')
  const nothing = openSync('/dev/null', 'w')
  const buffer = new Uint8Array(1000)
  assert.deepEqual(counted(tally, () => {}).calls, { read: 0, write: 0 })
  const counts = counted(tally, () => {
    for (let round = 0; round < 3; round++) readSync(zero, buffer, 0, 1000, null)
    writeSync(nothing, buffer, 0, 10)
    tally.call('splice')
    tally.call('splice')
    tally.copied(5)
    tally.passed(7)
  })
  tally.close()
  closeSync(zero)
  closeSync(nothing)
  assert.deepEqual(counts, {
    read: 3000,
    written: 10,
    copiedOtherwise: 5,
    passed: 7,
    calls: { read: 3, write: 1, splice: 2 },
  })
  assert.deepEqual(sum([counts, counts])?.calls, { read: 6, write: 2, splice: 4 })
  assert.equal(sum([counts, null]), null)
})

test('the kernel counts nothing of splice, which is why the tally must be told', () => {
  const tally = new Tally()
  const zero = openSync('/dev/zero', 'r')
  const pipe = Pipe.create()
  const counts = counted(tally, () => {
    assert.equal(pipe.writer.spliceFromSync(zero, { length: 4096 }), 4096)
  })
  tally.close()
  pipe.close()
  closeSync(zero)
  assert.deepEqual([counts.read, counts.written, counts.calls], [0, 0, { read: 0, write: 0 }])
})

test('where the kernel does not count, nothing is made up', () => {
  const tally = new Tally('/proc/self/no-such-file')
  tally.start()
  assert.equal(tally.stop(), null)
  tally.close()
  const talked = { is: 'talked', roundTrip: summary(Float64Array.of(1)), rounds: 1, counts: null } as const
  const file = { path: '', size: 10, sha256: 'a' }
  const row = filledRow(emptyRow({ name: '', how: '' }, null), {
    file,
    talked: [talked, talked],
    passes: [{ seconds: 2, counts: [null, null] }],
    landed: 'a',
  })
  assert.deepEqual([row.ok, row.bytesPerSecond, row.copies, row.calls], [true, 5, null, null])
})

test('text that is not that of /proc/PID/io is refused', () => {
  assert.deepEqual(parseIo('rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\n'), {
    rchar: 1,
    wchar: 2,
    syscr: 3,
    syscw: 4,
  })
  assert.throws(() => parseIo('rchar: 1\n'), /has no wchar/)
})

test('splice passes the pages of a file on to a pipe', () => {
  // From a pipe into a file it depends on the kernel; today's copies.
  assert.equal(spliceCopies().in, false)
})

test('every ring of a bell is one wait, whether the waiter watches or sleeps', () => {
  for (const budget of [0, 1]) {
    const eventFd = EventFd.create({ semaphore: true })
    const words = new Int32Array(new SharedArrayBuffer(SPIN_BELL_WORDS * 4))
    const [ringer, waiter] = [new SpinBell(words, eventFd, budget), new SpinBell(words, eventFd, budget)]
    for (let round = 0; round < 3; round++) ringer.ring()
    for (let round = 0; round < 3; round++) waiter.wait()
    Atomics.store(words, 16, 1) // it sleeps
    ringer.ring()
    assert.equal(eventFd.tryWait(), 1n, 'a sleeper gets a token')
    waiter.wait()
    ringer.ring()
    assert.equal(eventFd.tryWait(), undefined, 'nobody sleeps: no system call')
    eventFd.close()
  }
})

test('the copy goes to memory while that leaves half, then to the disk, then nowhere', () => {
  const room = { memory: 1000, disk: 10_000, folder: '/tmp' }
  assert.equal(chooseDestination(500, room), 'memory')
  assert.equal(chooseDestination(501, room), 'disk')
  assert.equal(chooseDestination(9000, room), 'disk')
  assert.throws(() => chooseDestination(9001, room), {
    code: 'ENOSPC',
    message: /no room for a second copy.*TMPDIR/,
  })
})

test('two cores of one package are chosen before two sockets, and these before two threads of one core', () => {
  const machine = (threads: string, package_: string) => (_cpu: number, list: string) =>
    parseList(list === 'thread_siblings_list' ? threads : package_)
  assert.deepEqual(choose([0, 1, 2, 3], machine('0-1', '0-3')), { sender: 0, receiver: 2 })
  assert.deepEqual(choose([0, 1, 8], machine('0-1', '0-1')), { sender: 0, receiver: 8 })
  assert.deepEqual(choose([4, 5], machine('4,5', '4-5')), { sender: 4, receiver: 5 })
  assert.deepEqual(
    choose([4, 5], () => []),
    { sender: 4, receiver: 5 },
  )
  assert.equal(choose([3], machine('3', '3')), null)
  assert.deepEqual(parseList('0-2,5,7-8\n'), [0, 1, 2, 5, 7, 8])
  assert.deepEqual(parseList(''), [])
})

test('everything is undone, the latest first, whatever fails', () => {
  const undone: string[] = []
  const cleanUps = new CleanUps()
  cleanUps.add(() => undone.push('first'))
  const early = cleanUps.add(() => undone.push('early'))
  cleanUps.add(() => {
    throw new Error('no')
  })
  cleanUps.add(() => undone.push('last'))
  early()
  early()
  assert.throws(() => cleanUps.run(), /no/)
  cleanUps.run()
  assert.deepEqual(undone, ['early', 'last', 'first'])
})

test('order statistics', () => {
  const times = Float64Array.from({ length: 100 }, (_, index) => (100 - index) / 1000)
  assert.deepEqual(summary(times), { rounds: 100, microseconds: { min: 1, p50: 50, p99: 99, max: 100 } })
  assert.equal(summary(Float64Array.of(0.005)).microseconds.p99, 5)
  assert.deepEqual([median([3]), median([3, 1, 2]), median([4, 1, 3, 2])], [3, 2, 2.5])
})

test('the expected time grows with the file, the mechanisms and the rounds', () => {
  const plan = {
    path: '',
    size: 1e8,
    mechanisms: [{ name: '', how: '', carriesFile: true }],
    passes: 3,
    warmUp: true,
    processors: null,
    rounds: 1000,
    destination: 'memory',
  } as const
  const seconds = expectedSeconds(plan)
  assert.ok(expectedSeconds({ ...plan, size: 2e8 }) > seconds)
  assert.ok(expectedSeconds({ ...plan, rounds: 50_000 }) > seconds)
  assert.ok(expectedSeconds({ ...plan, mechanisms: [...plan.mechanisms, ...plan.mechanisms] }) > seconds)
  assert.ok(expectedSeconds({ ...plan, mechanisms: [{ name: '', how: '', carriesFile: false }] }) < seconds)
})

test('a line of the protocol is ASCII whatever it says', () => {
  const text = line({ path: '/tmp/文件\n' })
  assert.match(text, /^[ -~]+\n$/)
  assert.deepEqual(JSON.parse(text), { path: '/tmp/文件\n' })
})

test('a word is quoted for the shell only where it must be', () => {
  const words = ['/tmp/there', 'pipe:[1]', "it's", 'a b', '']
  assert.deepEqual(words.map(quoted), ['/tmp/there', "'pipe:[1]'", "'it'\\''s'", "'a b'", "''"])
})

test('text breaks at spaces, but not between a number and its unit', () => {
  assert.deepEqual(wrap('one two 8.82 µs, 3 % and 12 s.', 11), ['one two', '8.82 µs,', '3 % and', '12 s.'])
  assert.deepEqual(wrap('incomprehensible word', 5), ['incomprehensible', 'word'])
})
