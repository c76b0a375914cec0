// FIFOs by the hundred thousand: made, opened by both sides that wait for each other, used, closed, removed. Descriptors,
// threads and memory stay flat, also when opens are given up at any moment.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fifo, type PipeReader, type PipeWriter } from 'hutong'
import { descriptors, prefix } from '../support/process.ts'
import { below, type Random } from '../support/random.ts'
import type { Soak } from './soak.ts'

const CYCLES = 100
const MIB = 1 << 20

interface Ends {
  readonly reader: PipeReader
  readonly writer: PipeWriter
}

/** Both ends, in one of the ways there are. */
async function open(fifo: Fifo, how: number): Promise<Ends> {
  if (how === 0) return fifo.openBoth()
  if (how === 1) return { reader: fifo.tryOpenReader(), writer: fifo.openWriterSync({ timeout: 1000 }) }
  const first = how === 2 ? fifo.openReader() : undefined
  const writer = fifo.openWriter()
  return { reader: await (first ?? fifo.openReader()), writer: await writer }
}

/** An open that is given up; if its peer has come first, the end is delivered, and closed here. */
async function giveUp(fifo: Fifo, random: Random): Promise<void> {
  const controller = new AbortController()
  const opening = fifo.openReader({ signal: controller.signal })
  for (let spin = below(random, 20_000); spin > 0; spin--);
  let peer: PipeWriter | undefined
  if (below(random, 2) === 0) {
    try {
      peer = fifo.tryOpenWriter()
    } catch {
      // the open has not come as far
    }
  }
  controller.abort('enough')
  const reader = await opening.catch((reason) => {
    assert.equal(reason, 'enough')
    assert.equal(peer, undefined, 'the peer had come first')
  })
  reader?.close()
  peer?.close()
}

async function cycle(path: string, random: Random): Promise<void> {
  const fifo = Fifo.create(path)
  if (below(random, 4) === 0) await giveUp(fifo, random)
  const { reader, writer } = await open(fifo, below(random, 4))
  const length = 1 + below(random, 4096)
  assert.equal(await writer.write(new Uint8Array(length)), length)
  assert.equal((await reader.read())?.length, length)
  writer.close()
  assert.equal(reader.tryRead(), null)
  reader.close()
  fifo.unlink()
}

interface Held {
  readonly descriptors: number
  readonly rss: number
}
let folder: string | undefined
let start: Held | undefined

export const fifoSoak: Soak = {
  name: 'fifo-cycles',
  slice: 4,
  async round(random) {
    folder ??= mkdtempSync(join(tmpdir(), `${prefix}-soak-`))
    for (let count = 0; count < CYCLES; count++) await cycle(join(folder, 'fifo'), random)
    start ??= { descriptors: descriptors().size, rss: process.memoryUsage.rss() }
  },
  async finish() {
    assert.ok(start !== undefined && folder !== undefined)
    await sleep(10) // a thread that has delivered its call goes to sleep, or ends
    assert.equal(descriptors().size, start.descriptors)
    const threads = readdirSync('/proc/self/task').length
    assert.ok(threads < 40, `${threads} threads`)
    const grown = process.memoryUsage.rss() - start.rss
    assert.ok(grown < 100 * MIB, `${Math.round(grown / MIB)} MiB more in memory`)
    assert.deepEqual(readdirSync(folder), [])
    rmSync(folder, { recursive: true })
    folder = start = undefined
  },
}
