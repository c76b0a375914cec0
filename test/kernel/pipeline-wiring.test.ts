// Who holds which end of which pipe, and through whom the bytes go.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Pipe, Pipeline, type PipelineStage } from 'hutong'
import '../support/leaks.ts'
import { children, cleanUp, descriptors } from '../support/leaks.ts'

const MIB = 1 << 20

// What this process was started with, and Node did not make close-on-exec (it stops looking at the first gap).
const inherited = descriptors()

/** The open descriptors of a command, but for the libraries it may be loading: number and what it refers to. */
function opened({ pid }: PipelineStage): [string, string][] {
  return [...descriptors(pid)].filter(
    ([fd, target]) => Number(fd) < 3 || (inherited.get(fd) !== target && !target.startsWith('/')),
  )
}

/** Bytes that this process has read and written by system calls. /proc/self/io has those of its former children, too. */
function traffic(): number {
  let bytes = 0
  for (const thread of readdirSync('/proc/self/task')) {
    const io = readFileSync(`/proc/self/task/${thread}/io`, 'utf8')
    bytes += Number(/^rchar: (\d+)/m.exec(io)?.[1]) + Number(/^wchar: (\d+)/m.exec(io)?.[1])
  }
  return bytes
}

test('commands share a pipe with their neighbours, and have nothing else open', async () => {
  const before = descriptors()
  const pipeline = Pipeline.start(['sleep', '100'], ['sleep', '100'], ['sleep', '100'], ['sleep', '100'], {
    stderr: 'ignore',
  })
  cleanUp(() => pipeline[Symbol.asyncDispose]())
  const ours = [...descriptors()].filter(
    ([fd, target]) => before.get(fd) !== target && target.startsWith('pipe:'),
  )
  assert.deepEqual(
    ours.sort(),
    [
      [`${pipeline.stdin?.fd}`, `${pipeline.stdin?.name}`],
      [`${pipeline.stdout?.fd}`, `${pipeline.stdout?.name}`],
    ].sort(),
    'we keep the two outer ends only',
  )
  const streams = pipeline.stages.map(opened)
  const pipes = [pipeline.stdin?.name]
  for (const [index, each] of streams.entries()) {
    assert.deepEqual(
      each.map(([fd]) => fd),
      ['0', '1', '2'],
      `command ${index + 1}`,
    )
    const [input, output, errors] = each.map(([, target]) => target)
    assert.equal(input, pipes.at(-1), 'reads what its left neighbour writes')
    assert.equal(errors, '/dev/null')
    pipes.push(output)
  }
  assert.equal(pipes.at(-1), pipeline.stdout?.name)
  assert.equal(new Set(pipes).size, 5)
  assert.ok(pipes.every((name) => name?.startsWith('pipe:[')))
})

test('stderr is one more pipe, of which the commands have the writing end only', async () => {
  const pipeline = Pipeline.start(['sleep', '100'], ['sleep', '100'], {
    stderr: 'pipe',
    stdin: 'ignore',
    stdout: 'ignore',
  })
  cleanUp(() => pipeline[Symbol.asyncDispose]())
  for (const stage of pipeline.stages) {
    const errors = opened(stage).filter(([, target]) => target === pipeline.stderr?.name)
    assert.deepEqual(
      errors.map(([fd]) => fd),
      ['2'],
    )
  }
  pipeline.kill()
  assert.equal(await pipeline.stderr?.read(), null, 'nobody else holds it')
  pipeline.stderr?.close()
  await pipeline.exited
})

test('a writer that was given is not left open in a command that does not use it', async () => {
  const { reader, writer } = Pipe.create()
  const pipeline = Pipeline.start(['sleep', '100'], ['true'], { stdin: 'ignore', stdout: writer })
  cleanUp(() => pipeline[Symbol.asyncDispose]())
  writer.close()
  assert.equal(await reader.read(), null, 'the first command still runs, and does not have it')
  reader.close()
})

test('no byte between the commands goes through this process', async () => {
  const before = traffic()
  const pipeline = Pipeline.start(['head', '-c', `${64 * MIB}`, '/dev/zero'], ['cat'], ['wc', '-c'], {
    stdin: 'ignore',
  })
  const said = await pipeline.stdout?.read()
  await pipeline.exited
  pipeline.stdout?.close()
  assert.equal(Buffer.from(said ?? []).toString(), `${64 * MIB}\n`)
  const through = traffic() - before
  assert.ok(through < MIB, `${through} bytes`)
})

test('the end of file arrives although others are started meanwhile', async () => {
  // A child that inherited an end of another pipeline's pipe would keep it open.
  const pipelines = Array.from({ length: 8 }, () => Pipeline.start(['cat'], ['cat'], ['cat']))
  for (const pipeline of pipelines) {
    pipeline.stdin?.close()
    assert.equal(await pipeline.stdout?.read(), null)
    pipeline.stdout?.close()
    assert.equal((await pipeline.exited).status, 0)
  }
})

test('descriptors and processes stay flat over a hundred pipelines', async () => {
  const before = descriptors().size
  for (let round = 0; round < 100; round++) {
    const pipeline = Pipeline.start(['true'], ['true'], { input: 'x' })
    const read = pipeline.stdout?.read()
    assert.equal(await read, null)
    pipeline.stdout?.close()
    await pipeline.exited
  }
  assert.equal(descriptors().size, before)
  assert.deepEqual(children(), [])
})
