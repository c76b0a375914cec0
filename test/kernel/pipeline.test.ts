import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { constants as os } from 'node:os'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Pipeline, type PipelineCommand } from 'hutong'
import { fixture } from '../support/child.ts'
import '../support/leaks.ts'
import { textOf } from '../support/read-all.ts'

test('bytes go in at the first command and come out of the last', async () => {
  const pipeline = Pipeline.start(['sort'], ['uniq', '-c'], ['sed', 's/^ *//'])
  await pipeline.stdin?.write('b\na\nb\n')
  pipeline.stdin?.close()
  assert.equal(await textOf(pipeline.stdout), '1 a\n2 b\n')
  assert.deepEqual(await pipeline.exited, {
    status: 0,
    stages: Array(3).fill({ code: 0, signal: null }),
  })
  assert.equal(`${pipeline}`, 'pipeline sort | uniq -c | sed s/^ *//')
})

test('one command is a pipeline, and so are twenty', async () => {
  const one = Pipeline.start(['cat'], { input: 'alone' })
  assert.equal(one.stdin, undefined)
  assert.equal(await textOf(one.stdout), 'alone')
  assert.deepEqual(await one.exited, { status: 0, stages: [{ code: 0, signal: null }] })

  const twenty = Pipeline.start(...Array.from({ length: 20 }, (): PipelineCommand => ['sed', 's/$/x/']), {
    input: '',
  })
  assert.equal(await textOf(twenty.stdout), '')
  assert.equal((await twenty.exited).status, 0)
})

test('no shell reads the words', async () => {
  const words = ['a b', '$HOME', '"', "'", '*', '', '\n', '胡同', '; exit 1', '-']
  const pipeline = Pipeline.start(['printf', '<%s>', ...words], ['cat'], { stdin: 'ignore' })
  assert.equal(await textOf(pipeline.stdout), words.map((word) => `<${word}>`).join(''))
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
  assert.equal(await textOf(pipeline.stdout), 'y\n')
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
  const pipeline = Pipeline.start(['false'], { signal, stdin: 'ignore', stdout: 'ignore' })
  pipeline.stages[0]?.exited.then(() => controller.abort('too late')) // before `exited` has heard of it
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
  const ended = once(worker, 'exit') // which may come in the same turn as the message
  const [answer] = await once(worker, 'message')
  assert.deepEqual(answer, { text: '3\n', status: 141 })
  await ended
})
