// What can be wrong with a pipeline: said before anything has been started, wherever that is possible.
import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { Pipe, Pipeline, type PipelineCommand } from 'hutong'
import { fixture, start } from '../support/child.ts'
import '../support/leaks.ts'
import { children, uniquePath } from '../support/leaks.ts'
import { compiledFixtures } from '../support/paths.ts'

const isRoot = process.getuid?.() === 0
const role = join(compiledFixtures, 'pipeline/role.js')
const wrong = (value: unknown): never => value as never

interface Failure {
  readonly code: string
  readonly syscall?: string
  readonly path?: string
  readonly message?: RegExp
}

for (const [where, commands] of Object.entries({
  'at the beginning': [['hutong-none'], ['cat'], ['cat']],
  'in the middle': [['cat'], ['hutong-none'], ['cat']],
  'at the end': [['cat'], ['cat'], ['hutong-none', 'x']],
  alone: [['hutong-none']],
} satisfies Record<string, PipelineCommand[]>)) {
  test(`a command that does not exist, ${where}: ENOENT, by name, before another has run`, async () => {
    const trace = await uniquePath()
    const touch: PipelineCommand = ['touch', trace]
    assert.throws(() => Pipeline.start(touch, ...commands), {
      code: 'ENOENT',
      syscall: 'spawn',
      path: 'hutong-none',
      message: /spawn hutong-none \(command \d of \d\)\. It was looked for in every folder of PATH/,
    })
    assert.deepEqual(children(), [])
    assert.equal(existsSync(trace), false)
  })
}

test('what execvp(3) would say', async () => {
  const folder = await uniquePath()
  mkdirSync(folder)
  const file = join(folder, 'file')
  writeFileSync(file, '#!/bin/sh\necho ran\n', { mode: 0o644 })
  symlinkSync('loop', join(folder, 'loop'))
  mkdirSync(join(folder, 'sub'))
  const PATH = `${folder}:/nowhere:${file}`
  const cases: [what: string, expected: Failure, use: () => unknown][] = [
    ['a path', { code: 'ENOENT', path: `${file}.none` }, () => Pipeline.start([`${file}.none`])],
    ['relative', { code: 'ENOENT', path: './none' }, () => Pipeline.start(['./none'], { cwd: folder })],
    ['a file as folder', { code: 'ENOTDIR' }, () => Pipeline.start([`${file}/x`])],
    ['not executable', { code: 'EACCES', path: file }, () => Pipeline.start([file])],
    ['a folder', { code: 'EACCES' }, () => Pipeline.start([folder])],
    ['links in a circle', { code: 'ELOOP' }, () => Pipeline.start([join(folder, 'loop')])],
    ['too long', { code: 'ENAMETOOLONG' }, () => Pipeline.start([join(folder, 'x'.repeat(256))])],
    ['not in PATH', { code: 'ENOENT' }, () => Pipeline.start(['cat'], { env: { PATH } })],
    ['in PATH, not executable', { code: 'EACCES' }, () => Pipeline.start(['file'], { env: { PATH } })],
    ['in PATH, a folder', { code: 'EACCES' }, () => Pipeline.start(['sub'], { env: { PATH } })],
    [
      'cwd',
      { code: 'ENOENT', syscall: 'chdir', path: '/nowhere' },
      () => Pipeline.start(['cat'], { cwd: '/nowhere' }),
    ],
    ['cwd a file', { code: 'ENOTDIR', path: file }, () => Pipeline.start(['cat'], { cwd: file })],
  ]
  for (const [what, expected, use] of cases) assert.throws(use, expected, what)

  chmodSync(file, 0o755)
  const found = Pipeline.start(['file'], { env: { PATH: `/nowhere:${PATH}:` }, stdin: 'ignore' })
  assert.equal(Buffer.from((await found.stdout?.read()) ?? []).toString(), 'ran\n')
  found.stdout?.close()
  await found.exited
  const here = Pipeline.start(['file'], { env: { PATH: '' }, cwd: folder, stdin: 'ignore', stdout: 'ignore' })
  assert.equal((await here.exited).status, 0, 'an empty PATH is the working directory')
  const none = Pipeline.start(['cat'], { env: {}, stdin: 'ignore', stdout: 'ignore' })
  assert.equal((await none.exited).status, 0, 'without a PATH the usual places are searched')
})

test('what only exec(2) finds out rejects `exited`, when the others have been ended', async () => {
  const script = await uniquePath()
  writeFileSync(script, '#!/nowhere/interpreter\n', { mode: 0o755 })
  const pipeline = Pipeline.start(['sleep', '100'], [script], ['sleep', '100'])
  await assert.rejects(pipeline.exited, { code: 'ENOENT', path: script })
  assert.deepEqual(children(), [])
  assert.equal(pipeline.stages[1]?.pid, undefined)
  assert.equal(pipeline.kill(), false)
  assert.equal(await pipeline.stdout?.read(), null)
  pipeline.stdin?.close()
  pipeline.stdout?.close()
})

test('arguments too long for the kernel: E2BIG, and what had been started has ended', async () => {
  const long = 'x'.repeat(200_000)
  assert.throws(() => Pipeline.start(['sleep', '100'], ['echo', long]), { code: 'E2BIG' })
})

test('no descriptor left: EMFILE, wherever it strikes, and nothing stays open', async () => {
  const { stdout, stderr } = await fixture('pipeline/role', ['exhaust']).ended
  assert.equal(stderr, '')
  assert.equal(stdout, 'EMFILE:pipe2 EMFILE:spawn worked worked 0\n')
})

test('no process left: EAGAIN', { skip: !isRoot && 'needs root, to become somebody else' }, async () => {
  const { stdout, stderr } = await start('prlimit', ['--nproc=1', process.execPath, role, 'processes']).ended
  assert.deepEqual([stdout, stderr], ['EAGAIN ,\n', ''])
})

test('commands and options of the wrong type are refused by name', () => {
  const cases: [expected: RegExp, use: () => unknown][] = [
    [/TypeError: a pipeline needs a command/, () => Pipeline.start()],
    [/TypeError: a pipeline needs a command/, () => Pipeline.start({ stdin: 'ignore' })],
    [/TypeError: command 1 must be an array of strings.*, not string/, () => Pipeline.start(wrong('cat'))],
    [
      /TypeError: command 2 must be an array.*, not Object/,
      () => Pipeline.start(['cat'], wrong({}), ['cat']),
    ],
    [
      /TypeError: command 2 must be an array.*, not undefined/,
      () => Pipeline.start(['cat'], wrong(undefined)),
    ],
    [/TypeError: command 2 needs the name of a program/, () => Pipeline.start(['cat'], wrong([]))],
    [/TypeError: command 1 needs the name of a program/, () => Pipeline.start([''])],
    [/TypeError: command 1 must hold only strings, not number/, () => Pipeline.start(['head', wrong(1)])],
    [/RangeError: command 2 must not contain NUL/, () => Pipeline.start(['cat'], ['cat', 'a\0b'])],
    [/TypeError: options must be an object, not null/, () => Pipeline.start(['cat'], wrong(null))],
    [
      /TypeError: stdin must be 'pipe', .*, not 'pip'/,
      () => Pipeline.start(['cat'], { stdin: wrong('pip') }),
    ],
    [
      /TypeError: stdout must be .* a PipeWriter .*, not null/,
      () => Pipeline.start(['cat'], { stdout: wrong(null) }),
    ],
    [/TypeError: stderr must be .*, not boolean/, () => Pipeline.start(['cat'], { stderr: wrong(true) })],
    [/RangeError: stdin must be a descriptor's number/, () => Pipeline.start(['cat'], { stdin: -1 })],
    [/RangeError: stdout must be a descriptor's number/, () => Pipeline.start(['cat'], { stdout: 1.5 })],
    [/EBADF.*stdin: fd 9999. It is not open/, () => Pipeline.start(['cat'], { stdin: 9999 })],
    [
      /TypeError: input and stdin exclude each other/,
      () => Pipeline.start(['cat'], { input: '', stdin: 'ignore' }),
    ],
    [/TypeError: input must be a typed array/, () => Pipeline.start(['cat'], { input: wrong(5) })],
    [/TypeError: cwd must be a string, not number/, () => Pipeline.start(['cat'], { cwd: wrong(1) })],
    [/RangeError: cwd must not contain NUL/, () => Pipeline.start(['cat'], { cwd: '/\0' })],
    [/TypeError: env must be an object, not string/, () => Pipeline.start(['cat'], { env: wrong('A=1') })],
    [/RangeError: env must not contain NUL/, () => Pipeline.start(['cat'], { env: { A: '\0' } })],
    [
      /TypeError: signal must be an AbortSignal, not string/,
      () => Pipeline.start(['cat'], { signal: wrong('x') }),
    ],
    [
      /TypeError: killSignal must be the name.*, not 'TERM'/,
      () => Pipeline.start(['cat'], { killSignal: wrong('TERM') }),
    ],
  ]
  for (const [expected, use] of cases) assert.throws(use, expected)
})

test('an end of the wrong direction, closed, or in use is refused', async () => {
  const pipe = Pipe.create()
  assert.throws(
    () => Pipeline.start(['cat'], { stdin: wrong(pipe.writer) }),
    /stdin must be .* a PipeReader .*, not PipeWriter/,
  )
  assert.throws(
    () => Pipeline.start(['cat'], { stdout: wrong(pipe.reader) }),
    /stdout must be .*, not PipeReader/,
  )
  const read = pipe.reader.read()
  assert.throws(() => Pipeline.start(['cat'], { stdin: pipe.reader }), { code: 'EBUSY' })
  await pipe.writer.write('x')
  await read
  pipe.close()
  assert.throws(() => Pipeline.start(['cat'], { stdin: pipe.reader }), { code: 'EBADF' })
  assert.throws(() => Pipeline.start(['cat'], { stderr: pipe.writer }), { code: 'EBADF' })
})

test('kill refuses what is no signal', async () => {
  await using pipeline = Pipeline.start(['cat'], { stdout: 'ignore' })
  assert.throws(
    () => pipeline.kill(wrong('KILL')),
    /TypeError: signal must be the name of a signal.*, not 'KILL'/,
  )
  assert.throws(() => pipeline.kill(wrong(9)), /TypeError: signal must be .*, not number/)
})

test('the folder of a program need not be readable', { skip: !isRoot && 'needs root' }, async () => {
  const script = await uniquePath()
  chmodSync(dirname(script), 0o711)
  writeFileSync(script, '#!/bin/sh\nexit 3\n', { mode: 0o755 })
  const pipeline = Pipeline.start([script], { stdin: 'ignore', stdout: 'ignore' })
  assert.equal((await pipeline.exited).status, 3)
})
