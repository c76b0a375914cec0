// Opens that wait for their peer: what they hold up (nothing), and how they are given up (without a loss).
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { Fifo, type PipeReader, type PipeWriter } from 'hutong'
import { fixture } from '../support/child.ts'
import '../support/leaks.ts'
import { descriptors, uniquePath } from '../support/leaks.ts'
import { below, seeded } from '../support/random.ts'

const text = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString()

async function fresh(): Promise<Fifo> {
  return Fifo.create(await uniquePath())
}

test('openReader waits for a writer, openWriter for a reader', async () => {
  const fifo = await fresh()
  let opened = false
  const waiting = fifo.openReader()
  waiting.then(() => {
    opened = true
  })
  await sleep(20)
  assert.equal(opened, false)
  const writer = await fifo.openWriter()
  const reader = await waiting
  await writer.write('met')
  assert.equal(text(await reader.read()), 'met')
  reader.close()
  writer.close()
})

test('one writer releases all readers that wait', async () => {
  const fifo = await fresh()
  const waiting = Array.from({ length: 8 }, () => fifo.openReader())
  await sleep(20)
  const writer = await fifo.openWriter()
  const readers = await Promise.all(waiting)
  writer.writeSync('x')
  writer.close()
  const got = await Promise.all(readers.map((reader) => reader.read()))
  assert.equal(got.filter((bytes) => bytes !== null).length, 1, 'each byte goes to exactly one')
  for (const reader of readers) reader.close()
})

test('an abort and a timeout end the wait', async () => {
  const fifo = await fresh()
  const what = `opening the reader of ${fifo} timed out after 5 ms`
  await assert.rejects(fifo.openReader({ timeout: 5 }), { name: 'TimeoutError', message: what })
  await assert.rejects(fifo.openWriter({ timeout: 0 }), { name: 'TimeoutError' })
  const controller = new AbortController()
  const opens = [
    fifo.openReader({ signal: controller.signal }),
    fifo.openReader({ signal: controller.signal, timeout: 60_000 }),
  ]
  await sleep(5)
  controller.abort('enough')
  await Promise.all(opens.map((open) => assert.rejects(open, (reason) => reason === 'enough')))
  await assert.rejects(fifo.openWriter({ signal: controller.signal }), (reason) => reason === 'enough')
  assert.throws(() => fifo.tryOpenWriter(), { code: 'ENXIO' }, 'no reader has stayed behind')
})

/** One round: an open, its peer and an abort at about the same time. Whether the end was delivered. */
async function collide(fifo: Fifo, pause: number, mode: 'reader' | 'writer'): Promise<boolean> {
  const controller = new AbortController()
  const options = { signal: controller.signal }
  const open: Promise<PipeReader | PipeWriter> =
    mode === 'reader' ? fifo.openReader(options) : fifo.openWriter(options)
  const end = performance.now() + pause
  while (performance.now() < end);
  let peer: PipeReader | PipeWriter | undefined
  try {
    peer = mode === 'reader' ? fifo.tryOpenWriter() : fifo.tryOpenReader()
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENXIO') // the open has not come as far yet
  }
  controller.abort('enough')
  const got = await open.catch((reason) => {
    assert.equal(reason, 'enough')
  })
  if (mode === 'reader' && peer !== undefined) assert.ok(got, 'the writer came first: the abort loses')
  got?.close()
  peer?.close()
  return got !== undefined
}

test('an abort that comes with the peer either loses or leaves nothing: 600 rounds', async () => {
  const fifo = await fresh()
  const random = seeded(7)
  const before = descriptors().size
  let delivered = 0
  for (let round = 0; round < 600; round++) {
    if (await collide(fifo, below(random, 200) / 1000, round % 2 === 0 ? 'reader' : 'writer')) delivered++
  }
  assert.equal(descriptors().size, before)
  assert.ok(delivered > 0 && delivered < 600, `${delivered} of 600 were delivered: the race was run`)
})

test('a timeout that comes with the peer either loses or leaves nothing', async () => {
  const fifo = await fresh()
  const before = descriptors().size
  const child = fixture('fifo/role', ['knock', fifo.path])
  await child.line()
  let [delivered, late] = [0, 0]
  for (let round = 0; round < 300; round++) {
    try {
      const reader =
        round % 2 === 0 ? await fifo.openReader({ timeout: 1 }) : fifo.openReaderSync({ timeout: 1 })
      delivered++
      reader.close()
    } catch (error) {
      assert.equal((error as Error).name, 'TimeoutError')
      late++
    }
  }
  child.process.kill('SIGKILL')
  await child.ended
  assert.equal(delivered + late, 300)
  assert.equal(descriptors().size, before)
})

test('openReaderSync and openWriterSync block until the peer comes', async () => {
  const fifo = await fresh()
  const child = fixture('fifo/role', ['repeat', fifo.path, 'z', '3', '5'])
  using reader = fifo.openReaderSync()
  assert.equal(text(reader.readSync({ max: 5 })), 'zzzzz')
  assert.equal((await child.ended).code, 0)
  reader.close()

  const other = fixture('fifo/role', ['copy', fifo.path])
  const writer = fifo.openWriterSync({ timeout: 20_000 })
  writer.writeSync('to the other')
  writer.close()
  assert.equal((await other.ended).stdout, 'open\nto the other')
})

test('the synchronous opens give up after their timeout, and leave nobody behind', async () => {
  const fifo = await fresh()
  for (const timeout of [0, 1, 15.5]) {
    const begin = performance.now()
    assert.throws(() => fifo.openReaderSync({ timeout }), {
      name: 'TimeoutError',
      code: 'ETIMEDOUT',
      message: `opening the reader of ${fifo} timed out after ${timeout} ms`,
    })
    assert.throws(() => fifo.openWriterSync({ timeout }), { name: 'TimeoutError' })
    assert.ok(performance.now() - begin >= 2 * timeout)
  }
  assert.throws(() => fifo.tryOpenWriter(), { code: 'ENXIO' })
  using reader = fifo.tryOpenReader()
  assert.equal(reader.tryRead(), null)
  using writer = fifo.openWriterSync({ timeout: 0 }) // the reader is there: nothing to wait for
  writer.writeSync('x')
})

test('signals that are handled do not end a synchronous open before its time', async () => {
  const fifo = await fresh()
  let caught = 0
  const listen = (): void => {
    caught++
  }
  process.on('SIGURG', listen)
  const child = fixture('fifo/role', ['pester', String(process.pid)])
  await child.line()
  const begin = performance.now()
  assert.throws(() => fifo.openReaderSync({ timeout: 100 }), { name: 'TimeoutError' })
  assert.ok(performance.now() - begin >= 100)
  child.process.kill('SIGKILL')
  await child.ended
  await sleep(1)
  process.off('SIGURG', listen)
  assert.ok(caught > 0)
})

for (const ending of ['abort', 'unref', 'exit']) {
  test(`64 opens that wait hold up neither fs nor the end of the process: ${ending}`, async () => {
    const { code, signal, stdout, stderr } = await fixture('fifo/role', [
      'pending',
      await uniquePath(),
      ending,
    ]).ended
    assert.deepEqual([stderr, stdout, code, signal], ['', 'read\n', 0, null])
  })
}

test('an open that waits keeps the process running, unless told otherwise', async () => {
  const fifo = await fresh()
  const child = fixture('fifo/role', ['copy', fifo.path])
  await sleep(150)
  assert.equal(child.process.exitCode, null)
  const writer = await fifo.openWriter()
  writer.close()
  assert.equal((await child.ended).stdout, 'open\n')
})

/** Waits until nobody has `fifo` open for reading. The threads of a terminated worker end a moment after it. */
async function leftAlone(fifo: Fifo): Promise<void> {
  for (;;) {
    try {
      fifo.tryOpenWriter().close()
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENXIO')
      return
    }
    await sleep(1)
  }
}

test('a worker opens, and one that is terminated while it waits leaves nothing', async () => {
  const fifo = await fresh()
  const file = new URL('../fixtures/fifo/worker.js', import.meta.url)
  const worker = new Worker(file, { workerData: { path: fifo.path, mode: 'copy' } })
  const writer = await fifo.openWriter()
  const answer = once(worker, 'message')
  const ended = once(worker, 'exit') // which may come in the same turn as the message
  await writer.write('to the thread')
  writer.close()
  assert.deepEqual(await answer, ['to the thread'])
  await ended

  for (let round = 0; round < 5; round++) {
    const stuck = new Worker(file, { workerData: { path: fifo.path, mode: 'stuck' } })
    await new Promise((resolve) => stuck.once('message', resolve))
    await stuck.terminate()
    await leftAlone(fifo)
  }
})
