// FIFOs between processes: several readers, several writers, C programs and the shell.
import assert from 'node:assert/strict'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fifo, type PipeReader, type PipeWriter } from 'hutong'
import { type Child, fixture, start } from '../support/child.ts'
import { compile } from '../support/compile.ts'
import '../support/leaks.ts'
import { uniquePath } from '../support/leaks.ts'
import { descriptors } from '../support/process.ts'
import { textOf } from '../support/read-all.ts'

const PIPE_BUF = 4096
const peer = (): string => compile('fifo/peer.c')

async function fresh(): Promise<Fifo> {
  return Fifo.create(await uniquePath())
}

async function succeeded(child: Child): Promise<string> {
  const { code, stdout, stderr } = await child.ended
  assert.deepEqual([code, stderr], [0, ''])
  return stdout
}

/** A shell, without what is preloaded into us for the sanitizers' sake: dd does not bear it. */
function shell(script: string, fifo: Fifo): Child {
  const { LD_PRELOAD: _, ...env } = process.env
  return start('sh', ['-c', script, fifo.path], { env })
}

/** Waits until the child has the FIFO open. */
async function opened(child: Child, fifo: Fifo): Promise<void> {
  while (![...descriptors(child.pid).values()].includes(fifo.path)) await sleep(2)
}

test('three reader processes: each line goes to exactly one, and none is lost', async () => {
  const COUNT = 20_000
  const fifo = await fresh()
  const { reader, writer } = fifo.openBoth()
  const outputs = [await uniquePath(), await uniquePath(), await uniquePath()] as const
  const stdout = openSync(outputs[2], 'w')
  const children = [
    fixture('fifo/role', ['copy', fifo.path, outputs[0]]),
    fixture('fifo/role', ['copy', fifo.path, outputs[1]]),
    start(peer(), ['read', fifo.path], { stdio: ['ignore', stdout, 'pipe'] }),
  ] as const
  closeSync(stdout)
  for (const child of children) await opened(child, fifo)
  reader.close()
  const line = (i: number): string => `${i}`.padStart(7, '0')
  for (let i = 0; i < COUNT; i++) await writer.write(`${line(i)}\n`)
  writer.close()
  await Promise.all(children.map(succeeded))
  const got = outputs.map((output) => readFileSync(output, 'utf8').split('\n').slice(0, -1))
  assert.deepEqual(
    got.flat().sort(),
    Array.from({ length: COUNT }, (_, i) => line(i)),
  )
  assert.ok(got.flat().every((each) => each.length === 7))
})

test('several writer processes: every message of at most PIPE_BUF bytes stays whole', async () => {
  const fifo = await fresh()
  const COUNT = 300
  const children = [
    ...['a', 'b'].map((tag) => fixture('fifo/role', ['repeat', fifo.path, tag, `${COUNT}`, `${PIPE_BUF}`])),
    ...['c', 'd'].map((tag) => start(peer(), ['write', fifo.path, tag, `${COUNT}`, `${PIPE_BUF}`])),
  ]
  const { reader, writer } = fifo.openBoth()
  const seen = new Map<string, number>()
  let rest = Buffer.alloc(0)
  for (let blocks = 0; blocks < COUNT * children.length; ) {
    rest = Buffer.concat([rest, (await reader.read()) ?? assert.fail('no end while we have a writer')])
    for (; rest.length >= PIPE_BUF; rest = rest.subarray(PIPE_BUF), blocks++) {
      const tag = String.fromCharCode(rest[0] ?? 0)
      assert.equal(rest.subarray(0, PIPE_BUF).toString(), tag.repeat(PIPE_BUF), `block ${blocks} is mixed`)
      seen.set(tag, (seen.get(tag) ?? 0) + 1)
    }
  }
  await Promise.all(children.map(succeeded))
  assert.deepEqual(
    [...seen].sort(),
    [...'abcd'].map((tag) => [tag, COUNT]),
  )
  reader.close()
  writer.close()
})

test('a C program writes, with and without a pause, and we read', async () => {
  const fifo = await fresh()
  const child = start(peer(), ['text', fifo.path, 'from ', 'C, ', 'as it is'])
  assert.equal(await textOf(await fifo.openReader()), 'from C, as it is')
  await succeeded(child)
})

test('a C program reads what we write, a megabyte of it', async () => {
  const fifo = await fresh()
  const child = start(peer(), ['read', fifo.path])
  const writer = await fifo.openWriter()
  const line = '0123456789 '.repeat(10)
  assert.equal(await writer.write(line.repeat(10_000)), 1_100_000)
  writer.close()
  assert.equal(await succeeded(child), line.repeat(10_000))
})

test('a C writer gets EPIPE from us, and we from a C reader that was killed', async () => {
  const fifo = await fresh()
  const child = start(peer(), ['broken', fifo.path])
  const reader = await fifo.openReader()
  assert.notEqual(await reader.read(), null)
  reader.close()
  assert.equal(await succeeded(child), 'EPIPE\n')

  const killed = start(peer(), ['read', fifo.path])
  const writer = await fifo.openWriter()
  await writer.write('x')
  killed.process.kill('SIGKILL')
  await killed.ended
  await assert.rejects(writer.write('x'), { code: 'EPIPE' })
  writer.close()
})

test('the shell writes: echo, dd and cat', async () => {
  const fifo = await fresh()
  const cases = [
    ['echo hello > "$0"', 'hello\n'],
    [
      'dd if=/dev/zero bs=1000 count=100 2> /dev/null | tr "\\0" z | dd bs=4k of="$0" 2> /dev/null',
      'z'.repeat(100_000),
    ],
    ['printf one > "$0"; printf two | cat > "$0"', 'one'],
  ] as const
  for (const [script, expected] of cases.slice(0, 2)) {
    const child = shell(script, fifo)
    assert.equal(await textOf(await fifo.openReader()), expected)
    await succeeded(child)
  }
  // Two writers one after the other: an end of file after each, unless somebody keeps it open.
  const [script] = cases[2]
  const { reader, writer } = fifo.openBoth()
  await succeeded(shell(script, fifo))
  writer.close()
  assert.equal(await textOf(reader), 'onetwo')
})

test('the shell reads: cat, head and dd', async () => {
  const fifo = await fresh()
  const cases: [script: string, expected: string][] = [
    ['cat "$0"', 'line one\nline two\n'],
    ['cat < "$0" | tr a-z A-Z', 'LINE ONE\nLINE TWO\n'],
    ['dd if="$0" bs=8 count=1 2> /dev/null', 'line one'],
    ['read first < "$0"; echo "$first"', 'line one\n'],
  ]
  for (const [script, expected] of cases) {
    const child = shell(script, fifo)
    const writer = await fifo.openWriter()
    await writer.write('line one\nline two\n')
    writer.close()
    assert.equal(await succeeded(child), expected, script)
  }
})

test('ends as Node streams', async () => {
  const fifo = await fresh()
  const [reader, writer] = await Promise.all([fifo.openReader(), fifo.openWriter()])
  writer.stream().end('streamed')
  const chunks: Buffer[] = []
  for await (const chunk of reader.stream()) chunks.push(chunk as Buffer)
  assert.equal(Buffer.concat(chunks).toString(), 'streamed')
  const ends: (PipeReader | PipeWriter)[] = [reader, writer]
  assert.ok(ends.every((end) => end.closed))
})
