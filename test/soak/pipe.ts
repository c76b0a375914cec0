// Pipes that come and go by the hundred thousand: descriptors and memory stay flat, and no byte is lost on the way.
import assert from 'node:assert/strict'
import { Pipe } from 'hutong'
import { descriptors } from '../support/process.ts'
import { below, type Random } from '../support/random.ts'
import type { Soak } from './soak.ts'

const CYCLES = 500

/** One pipe's life, closed at any moment: idle, with bytes in it, while a read or a write waits. */
async function cycle(random: Random): Promise<void> {
  const pipe = Pipe.create(below(random, 4) === 0 ? { capacity: 4096 } : {})
  const { reader, writer } = pipe
  const sent = new Uint8Array(1 + below(random, 2000)).fill(below(random, 256))
  const kind = below(random, 6)
  if (kind === 0) return pipe.close()
  if (kind === 1) {
    const waiting = reader.read()
    pipe.close()
    return assert.rejects(waiting, { code: 'EBADF' })
  }
  if (kind === 2) {
    const waiting = writer.write(new Uint8Array(200_000))
    reader.close()
    await assert.rejects(waiting, { code: 'EPIPE' })
    return pipe.close()
  }
  if (kind === 3) writer.writeSync(sent)
  else await writer.write(sent)
  writer.close()
  const got: Uint8Array[] = []
  for await (const chunk of reader) got.push(chunk)
  assert.ok(Buffer.concat(got).equals(sent))
  reader.close()
}

let start: { readonly descriptors: number; readonly rss: number } | undefined

export const pipeSoak: Soak = {
  name: 'pipe',
  slice: 4,
  async round(random) {
    for (let i = 0; i < CYCLES; i++) await cycle(random)
    start ??= { descriptors: descriptors().size, rss: process.memoryUsage.rss() } // after a warm-up
  },
  async finish() {
    assert.ok(start !== undefined)
    assert.equal(descriptors().size, start.descriptors)
    const grown = process.memoryUsage.rss() - start.rss
    assert.ok(grown < 128 << 20, `resident memory grew by ${grown >> 20} MiB`)
  },
}
