import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { constants as os } from 'node:os'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Pipe, Pipeline, type PipelineCommand, type PipeReader } from 'hutong'
import { fixture, start } from '../support/child.ts'
import '../support/leaks.ts'
import { cleanUp, uniquePath } from '../support/leaks.ts'

const MIB = 1 << 20

async function all(reader: PipeReader | undefined): Promise<string> {
  assert.ok(reader !== undefined)
  const chunks: Uint8Array[] = []
  for await (const chunk of reader) chunks.push(chunk)
  reader.close()
  return Buffer.concat(chunks).toString()
}

test('bytes go in at the first command and come out of the last', async () => {
  const pipeline = Pipeline.start(['sort'], ['uniq', '-c'], ['sed', 's/^ *//'])
  await pipeline.stdin?.write('b\na\nb\n')
  pipeline.stdin?.close()
  assert.equal(await all(pipeline.stdout), '1 a\n2 b\n')
  assert.deepEqual(await pipeline.exited, {
    status: 0,
    stages: Array(3).fill({ code: 0, signal: null }),
  })
  assert.equal(`${pipeline}`, 'pipeline sort | uniq -c | sed s/^ *//')
})

test('one command is a pipeline, and so are twenty', async () => {
  const one = Pipeline.start(['cat'], { input: 'alone' })
  assert.equal(one.stdin, undefined)
  assert.equal(await all(one.stdout), 'alone')
  assert.deepEqual(await one.exited, { status: 0, stages: [{ code: 0, signal: null }] })

  const twenty = Pipeline.start(...Array.from({ length: 20 }, (): PipelineCommand => ['sed', 's/$/x/']), {
    input: '',
  })
  assert.equal(await all(twenty.stdout), '')
  assert.equal((await twenty.exited).status, 0)
})

test('no shell reads the words', async () => {
  const words = ['a b', '$HOME', '"', "'", '*', '', '\n', '胡同', '; exit 1', '-']
  const pipeline = Pipeline.start(['printf', '<%s>', ...words], ['cat'], { stdin: 'ignore' })
  assert.equal(await all(pipeline.stdout), words.map((word) => `<${word}>`).join(''))
  assert.equal((await pipeline.exited).status, 0)
})

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

test('the status is that of a shell with pipefail', async () => {
  const sh = (script: string): PipelineCommand => ['sh', '-c', script]
  const cases: PipelineCommand[][] = [
    [['true']],
    [['false']],
    [['true'], ['true'], ['true']],
    [['false'], ['true'], ['true']],
    [['true'], ['false'], ['true']],
    [['true'], ['true'], ['false']],
    [sh('exit 3'), sh('exit 4'), ['true']],
    [sh('exit 255'), sh('exit 0')],
    [sh('exit 256')],
    [sh('exit 7'), ['cat'], sh('kill -TERM $$')],
    [sh('kill -KILL $$'), ['cat']],
    [sh('kill -HUP $$'), sh('exit 9'), ['cat']],
    [sh('kill -ABRT $$')],
    [['yes'], ['head', '-n', '1']],
    [['yes'], ['cat'], ['head', '-n', '1']],
    [['yes'], ['true']],
    [sh('no-such-command-here'), ['cat']],
    [['cat'], sh('exec /etc/passwd')],
    [
      ['grep', 'x', '/dev/null'],
      ['wc', '-l'],
    ],
    [['env', 'no-such-command-here'], ['cat']],
  ]
  for (const commands of cases) {
    const line = commands.map((command) => command.map(quoted).join(' ')).join(' | ')
    const shell = spawnSync('bash', ['-o', 'pipefail', '-c', `ulimit -c 0; ${line}`], { stdio: 'ignore' })
    const pipeline = Pipeline.start(...commands, { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' })
    const { status, stages } = await pipeline.exited
    const said = shell.status ?? 128 + os.signals[shell.signal ?? 'SIGTERM']
    assert.equal(status, said, line)
    assert.equal(stages.length, commands.length)
  }
})

test('a command whose reader has gone dies by SIGPIPE', async () => {
  const pipeline = Pipeline.start(['yes'], ['head', '-n', '1'], { stdin: 'ignore' })
  assert.equal(await all(pipeline.stdout), 'y\n')
  assert.deepEqual(await pipeline.exited, {
    status: 141,
    stages: [
      { code: null, signal: 'SIGPIPE' },
      { code: 0, signal: null },
    ],
  })
  const closed = Pipeline.start(['yes'], ['cat'], { stdin: 'ignore' })
  closed.stdout?.close()
  assert.deepEqual((await closed.exited).stages, Array(2).fill({ code: null, signal: 'SIGPIPE' }))
})

test('we get EPIPE when the first command has gone', async () => {
  const pipeline = Pipeline.start(['true'], ['cat'])
  await pipeline.exited
  await assert.rejects(pipeline.stdin?.write('x') ?? Promise.resolve(), { code: 'EPIPE' })
  pipeline.stdin?.close()
  pipeline.stdout?.close()
})

test('64 MiB through three commands', async () => {
  const path = await uniquePath()
  writeFileSync(path, '')
  truncateSync(path, 64 * MIB)
  const fd = openSync(path, 'r')
  const pipeline = Pipeline.start(['cat'], ['cat'], ['wc', '-c'], { stdin: fd })
  closeSync(fd)
  assert.equal(await all(pipeline.stdout), `${64 * MIB}\n`)
  assert.equal((await pipeline.exited).status, 0)
})

test('8 MiB written and read at the same time', async () => {
  const data = Buffer.alloc(8 * MIB, 'data ')
  const pipeline = Pipeline.start(['cat'], ['cat'], { input: data })
  assert.equal(await all(pipeline.stdout), data.toString())
  assert.equal((await pipeline.exited).status, 0)
})

test('input that is not wanted does no harm', async () => {
  const pipeline = Pipeline.start(['head', '-c', '3'], { input: Buffer.alloc(4 * MIB, 'abc') })
  assert.equal(await all(pipeline.stdout), 'abc')
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
  assert.equal(await all(to.reader), 'DESSERTS')
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
  assert.equal(await all(second.stdout), 'two\n')
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
  const [said, out] = await Promise.all([all(pipeline.stderr), all(pipeline.stdout)])
  assert.deepEqual([said.split('\n').sort(), out], [['', 'one', 'three', 'two'], ''])
  assert.equal((await pipeline.exited).status, 0)

  const { reader, writer } = Pipe.create() // 2>&1
  const both = ['sh', '-c', 'echo out; echo err >&2'] as const
  const merged = Pipeline.start(both, { stdin: 'ignore', stdout: writer, stderr: writer })
  writer.close()
  assert.equal(await all(reader), 'out\nerr\n')
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
  assert.equal(await all(pipeline.stdout), '/usr/lib\nlane\n/usr/lib\nlane\n')
  assert.equal((await pipeline.exited).status, 0)

  const relative = Pipeline.start(['./bin/env'], ['sort'], { stdin: 'ignore', cwd: '/usr', env: { A: '1' } })
  assert.equal(await all(relative.stdout), 'A=1\n')
  assert.equal((await relative.exited).status, 0)
})

test('kill reaches every command', async () => {
  const pipeline = Pipeline.start(['sleep', '100'], ['sleep', '100'], ['sleep', '100'])
  assert.equal(pipeline.kill(), true)
  const { status, stages } = await pipeline.exited
  assert.deepEqual([status, stages], [143, Array(3).fill({ code: null, signal: 'SIGTERM' })])
  assert.equal(pipeline.kill('SIGKILL'), false)
  pipeline.stdin?.close()
  pipeline.stdout?.close()

  const gentle = Pipeline.start(['sleep', '100'], ['sleep', '100'], {
    stdout: 'ignore',
    stdin: 'ignore',
    killSignal: 'SIGINT',
  })
  gentle.kill()
  assert.equal((await gentle.exited).status, 130)
})

test('an abort ends all commands and rejects with its reason', async () => {
  const controller = new AbortController()
  const options = { signal: controller.signal, stdin: 'ignore', stdout: 'ignore' } as const
  const pipeline = Pipeline.start(['sleep', '100'], ['sh', '-c', 'sleep 0; exec sleep 100'], options)
  controller.abort('enough')
  await assert.rejects(pipeline.exited, (reason) => reason === 'enough')
  for (const { pid } of pipeline.stages) assert.throws(() => process.kill(pid ?? 0, 0), { code: 'ESRCH' })
  assert.throws(
    () => Pipeline.start(['true'], options),
    (reason) => reason === 'enough',
  )
})

test('an abort that comes after the end loses', async () => {
  const controller = new AbortController()
  const { signal } = controller
  const pipeline = Pipeline.start(['true'], ['false'], { signal, stdin: 'ignore', stdout: 'ignore' })
  await Promise.all(pipeline.stages.map(({ exited }) => exited))
  controller.abort('too late')
  assert.equal((await pipeline.exited).status, 1)
})

test('dispose closes our ends and ends what runs, also what does not want to', async () => {
  let pids: (number | undefined)[]
  {
    await using pipeline = Pipeline.start(
      ['sh', '-c', 'trap "" TERM; echo ready; while :; do read x; done'],
      ['cat'],
    )
    assert.ok(pipeline.stdout !== undefined)
    assert.equal(Buffer.from((await pipeline.stdout.read()) ?? []).toString(), 'ready\n')
    pids = pipeline.stages.map(({ pid }) => pid)
  }
  assert.equal(pids.length, 2)
  for (const pid of pids) assert.throws(() => process.kill(pid ?? 0, 0), { code: 'ESRCH' })

  let exited: Promise<unknown>
  {
    using pipeline = Pipeline.start(['sleep', '100'], ['sleep', '100'])
    exited = pipeline.exited
  }
  assert.equal(((await exited) as { status: number }).status, 137)
  {
    await using done = Pipeline.start(['true'], { stdin: 'ignore', stdout: 'ignore' })
    await done.exited
  }
})

test('each command tells its process and its own end', async () => {
  const pipeline = Pipeline.start(['true'], ['sh', '-c', 'exit 5'], { stdin: 'ignore', stdout: 'ignore' })
  const [first, second] = pipeline.stages
  assert.deepEqual(first?.command, ['true'])
  assert.ok(Number(first?.pid) > 0 && first?.pid !== second?.pid)
  assert.deepEqual(await second?.exited, { code: 5, signal: null })
  await pipeline.exited
})

test('an unreferenced pipeline does not keep the process running', async () => {
  const { code, stdout } = await fixture('pipeline/role', ['unref']).ended
  assert.deepEqual([code, stdout], [0, 'started\n'])
})

test('a worker thread starts one', async () => {
  const worker = new Worker(new URL('../fixtures/pipeline/worker.js', import.meta.url))
  const answer = await new Promise((resolve) => worker.once('message', resolve))
  assert.deepEqual(answer, { text: '3\n', status: 141 })
  await new Promise((resolve) => worker.once('exit', resolve))
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
