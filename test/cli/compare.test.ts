// `hutong compare` as its user runs it: figures, names, and what it refuses.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { before, test } from 'node:test'
import { Fifo } from 'hutong'
import { readArguments } from '#src/cli/arguments.ts'
import { command as compareCommand } from '#src/cli/command/compare.ts'
import type { Comparison, Row } from '#src/cli/compare/model.ts'
import { emptyRow } from '#src/cli/compare/row.ts'
import { mechanisms } from '#src/cli/compare/table.ts'
import { processIo } from '#src/cli/io.ts'
import { type Ended, start } from '../support/child.ts'
import { uniquePath } from '../support/leaks.ts'
import { command } from '../support/paths.ts'

let folder: string

before(async () => {
  folder = await uniquePath()
  mkdirSync(folder)
})

async function compare(...args: string[]): Promise<Ended> {
  const { FORCE_COLOR: _, ...env } = process.env
  const child = start(process.execPath, [command, 'compare', ...args], { env: { ...env, TMPDIR: folder } })
  child.process.stdin?.end()
  const ended = await child.ended
  assert.deepEqual(readdirSync(folder), [], 'nothing is left in the temporary directory')
  return ended
}

async function file(content: string | Uint8Array): Promise<string> {
  const path = await uniquePath()
  writeFileSync(path, content)
  return path
}

async function figures(...args: string[]): Promise<Comparison> {
  const { code, stdout, stderr } = await compare('--json', '--rounds', '200', ...args)
  assert.equal(stderr, '')
  assert.equal(code, 0)
  return JSON.parse(stdout) as Comparison
}

const SIZE = 400_000
/** Copies of each byte that a mechanism cannot do without. */
const COPIES: Readonly<Record<string, number>> = {
  pipe: 4,
  fifo: 4,
  unix: 4,
  seqpacket: 4,
  dgram: 4,
  tcp: 4,
  'sysv-mq': 4,
  'posix-mq': 4,
  'sysv-shm': 2,
  'posix-shm': 2,
  memfd: 2,
  mmap: 1,
}
const NAMES: Readonly<Record<string, RegExp>> = {
  pipe: /^pipe:\[\d+\]$/,
  splice: /^pipe:\[\d+\]$/,
  unix: /^socket:\[\d+\]$/,
  seqpacket: /^socket:\[\d+\]$/,
  dgram: /^socket:\[\d+\]$/,
  tcp: /^socket:\[\d+\]$/,
  signal: /^SIGRTMIN\+3$/,
  'sysv-mq': /^msqid \d+$/,
  'posix-mq': /^mqueue:\/hutong-compare-\w+$/,
  'sysv-shm': /^shmid \d+$/,
  'sysv-sem': /^semid \d+$/,
  'posix-sem': /^\/dev\/shm\/hutong-compare-\w+$/,
  fifo: /^\/.*\/hutong-compare-\w+\/there$/,
  'posix-shm': /^\/dev\/shm\/hutong-compare-\w+$/,
  memfd: /^\/memfd:hutong-compare$/,
}

test('every mechanism moves the file, and its figures are those that were counted', async () => {
  const content = randomBytes(SIZE)
  const path = await file(content)
  const found = await figures(path)
  const sha256 = createHash('sha256').update(content).digest('hex')
  assert.equal(found.ok, true)
  const perRoundTrip = found.mechanisms[0]?.calls?.perRoundTrip ?? 0
  assert.ok(Math.abs(perRoundTrip - 4) < 0.05, `the round trip of a pipe: ${perRoundTrip} calls`)
  assert.deepEqual(found.file, { path, size: SIZE, sha256 })
  assert.deepEqual(
    found.mechanisms.map((row) => row.name),
    mechanisms.map(({ name }) => name),
  )
  for (const row of found.mechanisms) checkRow(row, { sha256, path })
  const pids = found.mechanisms.flatMap(({ pids }) => Object.values(pids ?? {}))
  assert.equal(new Set([...pids, process.pid]).size, mechanisms.length * 2 + 1, 'no process is used twice')
})

function checkRow(row: Row, { sha256, path }: { sha256: string; path: string }): void {
  const { name } = row
  assert.deepEqual(Object.keys(row), Object.keys(emptyRow({ name: '', how: '' }, null)))
  assert.equal(row.error, null, name)
  const [data] = row.objects
  assert.equal(data?.use, 'data', name)
  assert.match(data?.name ?? '', NAMES[name] ?? new RegExp(`^${path}$`), name)
  // What has an id has no inode, and shows the id in its name.
  assert.equal(data?.inode === null, /^(msq|shm|sem)id \d+$|^SIG/.test(data?.name ?? ''), name)
  const { rounds, microseconds } = row.roundTrip ?? assert.fail(name)
  assert.equal(rounds, 200, name)
  assert.ok(0 < microseconds.min && microseconds.min <= microseconds.p50, name)
  assert.ok(microseconds.p50 <= microseconds.p99 && microseconds.p99 <= microseconds.max, name)
  if (row.bytesPerEvent === null) checkTransfer(row, sha256)
}

function checkTransfer(row: Row, sha256: string): void {
  const { name, seconds, bytesPerSecond } = row
  assert.equal(row.sha256, sha256, name)
  assert.equal(seconds.length, 3, name)
  assert.ok(seconds.every((each) => each > 0) && (bytesPerSecond ?? 0) > 0, name)
  checkCounts(row)
}

function checkCounts({ name, copies, calls }: Row): void {
  assert.ok(copies !== null && calls !== null, name)
  const expected = COPIES[name] ?? copies.copiedOtherwise / (3 * SIZE)
  // Wake-ups through an eventfd move 8 bytes each; they count, too.
  assert.ok(Math.abs(copies.perByte - expected) < 0.01, `${name}: ${copies.perByte} copies, not ${expected}`)
  assert.ok((calls.perMegabyte ?? 0) > 0, name)
  if (name !== 'splice') return
  // Whether it copies was tried out; all bytes go through it twice, and none through read or write.
  assert.equal(copies.copiedOtherwise + copies.passed, 2 * 3 * SIZE)
  assert.ok(copies.read < 1000 && copies.written < 1000)
  assert.ok((calls.transfer['splice'] ?? 0) >= 6)
}

test('an empty file and one of a single byte arrive, too', async () => {
  const empty = await figures('--only', 'splice,mmap', await file(''))
  const single = await figures('--only', 'mmap', await file('x'))
  assert.deepEqual(
    [...empty.mechanisms, ...single.mechanisms].map((row) => [row.checksum, row.bytesPerSecond === null]),
    [
      ['equal', true],
      ['equal', true],
      ['equal', false],
    ],
  )
})

test('printed for people, it says first what it will do and keeps to plain lines where there is no terminal', async () => {
  const { code, stdout, stderr } = await compare(
    '--only',
    'fifo,pipe',
    '--rounds',
    '50',
    await file(randomBytes(SIZE)),
  )
  assert.equal(stderr, '')
  assert.equal(code, 0)
  assert.doesNotMatch(stdout.replaceAll('\n', ''), /\p{Cc}/u)
  const lines = stdout.split('\n')
  assert.match(stdout, /^Moving \S+ \(400 kB\) from one process to another,\s2\sways:\n\n/)
  const order = [/^ {2}fifo {2}/, /^1\/2 pipe: /, /^2\/2 fifo: /, /^ {2}fifo {2}.*equal$/, /^Try next:$/]
  const places = order.map((pattern) => lines.findLastIndex((line) => pattern.test(line)))
  assert.deepEqual(
    places.slice(1),
    places.slice(1).toSorted((a, b) => a - b),
  )
  assert.ok(
    places.every((place) => place > 0),
    `${places}`,
  )
})

/** Runs the command in this process, as main.ts does; nothing may be printed. */
async function failure(...words: string[]): Promise<Error> {
  const silent = processIo('compare')
  const io = { ...silent, stdout: { ...silent.stdout, write: () => assert.fail('it printed something') } }
  try {
    await compareCommand.run(readArguments(words, compareCommand.options), io, {})
  } catch (error) {
    if (error instanceof Error) return error
  }
  return assert.fail(`${words} did not fail`)
}

test('what cannot be read or is not a regular file is refused before anything is done', async () => {
  const [fifo, missing] = [await uniquePath(), await uniquePath()]
  Fifo.create(fifo)
  const cases: readonly [string, RegExp][] = [
    ['/tmp', /^EISDIR: \/tmp is a directory; compare moves regular files$/],
    ['/dev/zero', /^EINVAL: \/dev\/zero is a device/],
    [fifo, /^EINVAL: .* is a FIFO/],
    ['/proc/sys/vm/drop_caches', /^EACCES: Permission denied, open \//], // write-only, also for root
    [missing, /^ENOENT: .*hutong-test/],
    ['/proc/self/status', /^EINVAL: \/proc\/self\/status holds more although its size is 0/],
  ]
  for (const [path, message] of cases) {
    const error = await failure(path)
    assert.match(error.message, message)
    assert.ok('code' in error)
  }
})

test('a command line that makes no sense is a usage error', async () => {
  const cases = [
    ['a', 'b'],
    ['--only', 'pipe,pigeon'],
    ['--only', ''],
    ['--rounds', '0'],
    ['--rounds', 'many'],
    ['--quick'],
  ]
  for (const words of cases) assert.equal((await failure(...words)).name, 'UsageError', `${words}`)
})

test('a failure before the start is one line and exit status 1', async () => {
  const { code, stdout, stderr } = await compare('/tmp')
  assert.deepEqual([code, stdout], [1, ''])
  assert.equal(stderr, 'hutong compare: EISDIR: /tmp is a directory; compare moves regular files\n')
})

test('the help names every mechanism', () => {
  assert.deepEqual(
    compareCommand.options['only']?.choices,
    mechanisms.map(({ name }) => name),
  )
})
