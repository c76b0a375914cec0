// Where the commands' standard streams come from and go to.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { Pipe, Pipeline, type PipelineCommand } from 'hutong'
import { fixture, start } from '../support/child.ts'
import '../support/leaks.ts'
import { cleanUp, uniquePath } from '../support/leaks.ts'
import { textOf } from '../support/read-all.ts'

const MIB = 1 << 20

test('64 MiB through three commands', async () => {
  const path = await uniquePath()
  writeFileSync(path, '')
  truncateSync(path, 64 * MIB)
  const fd = openSync(path, 'r')
  const pipeline = Pipeline.start(['cat'], ['cat'], ['wc', '-c'], { stdin: fd })
  closeSync(fd)
  assert.equal(await textOf(pipeline.stdout), `${64 * MIB}\n`)
  assert.equal((await pipeline.exited).status, 0)
})

test('8 MiB written and read at the same time', async () => {
  const data = Buffer.alloc(8 * MIB, 'data ')
  const pipeline = Pipeline.start(['cat'], ['cat'], { input: data })
  assert.equal(await textOf(pipeline.stdout), data.toString())
  assert.equal((await pipeline.exited).status, 0)
})

test('input that is not wanted does no harm', async () => {
  const pipeline = Pipeline.start(['head', '-c', '3'], { input: Buffer.alloc(4 * MIB, 'abc') })
  assert.equal(await textOf(pipeline.stdout), 'abc')
  assert.equal((await pipeline.exited).status, 0)
})

test('stdin from a reader, stdout into a writer: they stay ours to close', async () => {
  const [from, to] = [Pipe.create(), Pipe.create()]
  const pipeline = Pipeline.start(['tr', 'a-z', 'A-Z'], ['rev'], { stdin: from.reader, stdout: to.writer })
  assert.deepEqual([pipeline.stdin, pipeline.stdout, pipeline.stderr], [undefined, undefined, undefined])
  assert.deepEqual([from.reader.closed, to.writer.closed], [false, false])
  from.reader.close()
  to.writer.close()
  await from.writer.write('stressed')
  from.writer.close()
  assert.equal(await textOf(to.reader), 'DESSERTS')
  assert.equal((await pipeline.exited).status, 0)
})

test('a pipeline joined to another by one pipe', async () => {
  const { reader, writer } = Pipe.create()
  const first = Pipeline.start(['echo', 'one two three'], ['tr', ' ', '\n'], {
    stdout: writer,
    stdin: 'ignore',
  })
  const second = Pipeline.start(['sort'], ['tail', '-n', '1'], { stdin: reader })
  reader.close()
  writer.close()
  assert.equal(await textOf(second.stdout), 'two\n')
  assert.deepEqual([(await first.exited).status, (await second.exited).status], [0, 0])
})

test('descriptors of files as standard streams', async () => {
  const path = await uniquePath()
  const [input, output] = [openSync(process.execPath, 'r'), openSync(path, 'w')]
  const pipeline = Pipeline.start(['cat'], ['sha256sum'], ['cut', '-c-64'], { stdin: input, stdout: output })
  closeSync(input)
  closeSync(output)
  assert.equal((await pipeline.exited).status, 0)
  const expected = execFileSync('sha256sum', [process.execPath], { encoding: 'utf8' }).slice(0, 64)
  assert.equal(readFileSync(path, 'utf8'), `${expected}\n`)
})

test('the errors of all commands come out of stderr, or go where they are sent', async () => {
  const say = (word: string): PipelineCommand => ['sh', '-c', `echo ${word} >&2`]
  const pipeline = Pipeline.start(say('one'), say('two'), say('three'), { stdin: 'ignore', stderr: 'pipe' })
  const [said, out] = await Promise.all([textOf(pipeline.stderr), textOf(pipeline.stdout)])
  assert.deepEqual([said.split('\n').sort(), out], [['', 'one', 'three', 'two'], ''])
  assert.equal((await pipeline.exited).status, 0)

  const { reader, writer } = Pipe.create() // 2>&1
  const both = ['sh', '-c', 'echo out; echo err >&2'] as const
  const merged = Pipeline.start(both, { stdin: 'ignore', stdout: writer, stderr: writer })
  writer.close()
  assert.equal(await textOf(reader), 'out\nerr\n')
  assert.equal((await merged.exited).status, 0)
})

test('inherit: the standard streams are our own', async () => {
  const child = fixture('pipeline/role', ['inherit'])
  child.process.stdin?.end('through it\n')
  const { code, stdout, stderr } = await child.ended
  assert.deepEqual([code, stdout, stderr], [0, 'THROUGH IT\n', 'an error\n'])
})

test('cwd and env are those of every command', async () => {
  const env = { WORD: 'lane', PATH: process.env['PATH'] }
  const pipeline = Pipeline.start(['sh', '-c', 'pwd; echo $WORD'], ['sh', '-c', 'cat; pwd; echo $WORD'], {
    stdin: 'ignore',
    cwd: '/usr/lib',
    env,
  })
  assert.equal(await textOf(pipeline.stdout), '/usr/lib\nlane\n/usr/lib\nlane\n')
  assert.equal((await pipeline.exited).status, 0)

  const relative = Pipeline.start(['./bin/env'], ['sort'], { stdin: 'ignore', cwd: '/usr', env: { A: '1' } })
  assert.equal(await textOf(relative.stdout), 'A=1\n')
  assert.equal((await relative.exited).status, 0)
})

test('a command started by hand takes part through a pipe', async () => {
  const { reader, writer } = Pipe.create()
  const pipeline = Pipeline.start(['echo', 'by hand'], { stdout: writer, stdin: 'ignore' })
  writer.close()
  const child = start('cat', [], { stdio: [reader.inherit(), 'pipe', 'pipe'] })
  reader.close()
  assert.equal((await child.ended).stdout, 'by hand\n')
  cleanUp(() => pipeline[Symbol.asyncDispose]())
})
