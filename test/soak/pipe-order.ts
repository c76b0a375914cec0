// Whatever mixture of writes and reads goes through a pipe: each write is whole or says how much of it went out, and all
// bytes arrive once, in the order in which they were written.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { PartialWriteError, Pipe, type PipeReader, type PipeWriter, TimeoutError } from 'hutong'
import { below, type Random } from '../support/random.ts'
import type { Soak } from './soak.ts'

const OPERATIONS = 60

/** A run of equal bytes, of which `length` went out. */
interface Run {
  readonly fill: number
  length: number
}

const writes: readonly ((writer: PipeWriter, data: Uint8Array, run: Run) => Promise<unknown> | undefined)[] =
  [
    async (writer, data, run) => {
      run.length = await writer.write(data)
    },
    async (writer, data, run) => {
      run.length = await writer.write(data, { timeout: data.length % 4 }).catch((error) => {
        if (error instanceof PartialWriteError) return error.bytesWritten
        assert.ok(error instanceof TimeoutError, String(error))
        return 0
      })
    },
    (writer, data, run) => {
      const put = writer.tryWrite(data)
      run.length = put ?? 0
      if (data.length <= 4096) assert.ok(put === undefined || put === data.length)
      return undefined
    },
  ]

async function writeAll(writer: PipeWriter, random: Random): Promise<Buffer> {
  const runs: Run[] = []
  let waiting: Promise<unknown>[] = []
  for (let i = 1; i <= OPERATIONS; i++) {
    const run = { fill: i, length: 0 }
    runs.push(run)
    const length = below(random, 4) === 0 ? below(random, 30_000) : below(random, 200)
    const data = new Uint8Array(length).fill(run.fill)
    const done = writes[[0, 0, 0, 1, 2][below(random, 5)] ?? 0]?.(writer, data, run)
    if (done !== undefined) waiting.push(done)
    if (below(random, 6) > 0) continue
    await Promise.all(waiting)
    waiting = []
  }
  await Promise.all(waiting)
  writer.close()
  return Buffer.concat(runs.map(({ fill, length }) => Buffer.alloc(length, fill)))
}

async function readSome(reader: PipeReader, random: Random): Promise<Uint8Array | null | undefined> {
  const kind = below(random, 5)
  if (kind === 0) return reader.read({ max: 1 + below(random, 5000) })
  if (kind === 1) return reader.read({ timeout: below(random, 3) }).catch(() => undefined)
  if (kind === 2) return reader.tryRead({ max: 1 + below(random, 70_000) })
  if (kind === 3) return reader.read()
  const into = new Uint8Array(1 + below(random, 9000))
  const got = await reader.readInto(into)
  return got === null ? null : into.subarray(0, got)
}

async function readAll(reader: PipeReader, random: Random): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for (;;) {
    const chunk = await readSome(reader, random)
    if (chunk === null) return Buffer.concat(chunks)
    if (chunk === undefined || below(random, 20) === 0) await sleep(below(random, 2))
    if (chunk !== undefined) chunks.push(chunk)
  }
}

export const pipeOrderSoak: Soak = {
  name: 'pipe-order',
  slice: 40,
  async round(random) {
    const pipe = Pipe.create({ capacity: 4096 << below(random, 5) })
    // An end that has been handed over waits on threads from then on.
    for (const end of [pipe.reader, pipe.writer]) if (below(random, 4) === 0) end.inherit()
    const [sent, got] = await Promise.all([writeAll(pipe.writer, random), readAll(pipe.reader, random)])
    pipe.close()
    assert.ok(got.equals(sent), `${got.length} bytes came of ${sent.length}, or in another order`)
  },
}
