// Mappings that come and go by the hundred thousand: what they hold does not grow, whatever happens to them on the way.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { EventFd, Mapping, Memfd } from 'hutong'
import { quarantine, quarantineDrain } from '#src/sys/memory.ts'
import { descriptors } from '../support/process.ts'
import { below, type Random } from '../support/random.ts'
import type { Soak } from './soak.ts'

const CYCLES = 500
const MIB = 1 << 20

const areas = (): number => readFileSync('/proc/self/maps', 'utf8').split('\n').length

/** One mapping's life: made, used, perhaps truncated, written although read-only, resized or moved, and closed. */
function cycle(memfd: Memfd, random: Random): void {
  const kind = below(random, 6)
  const length = 1 + below(random, 64 * 1024)
  const mapping = kind === 0 ? Mapping.anonymous(length) : memfd.map({ length, readOnly: kind === 1 })
  const { bytes } = mapping
  const at = below(random, length)
  bytes[at] = 1
  if (kind === 1) assert.throws(() => mapping.bytes, { code: 'ERR_READ_ONLY_WRITE' })
  if (kind === 2) mapping.resize(1 + below(random, 64 * 1024))
  if (kind === 3) truncated(memfd, mapping, at)
  if (kind === 4) moved(mapping)
  mapping.close()
  assert.equal(bytes.length, 0)
}

function truncated(memfd: Memfd, mapping: Mapping, at: number): void {
  const { bytes } = mapping
  memfd.resize(0)
  assert.equal(bytes[at], 0)
  assert.equal(mapping.lost, true)
  memfd.resize(64 * 1024)
}

function moved(mapping: Mapping): void {
  const buffer = mapping.buffer as ArrayBuffer & { transfer?: () => ArrayBuffer }
  const kept = buffer.transfer?.() // Node 22
  mapping.close()
  if (kept !== undefined) new Uint8Array(kept).fill(2)
}

let start: { readonly areas: number; readonly descriptors: number; readonly rss: number } | undefined

export const mappingSoak: Soak = {
  name: 'mapping',
  slice: 6,
  async round(random) {
    const memfd = Memfd.create('soak', { size: 64 * 1024 })
    for (let count = 0; count < CYCLES; count++) {
      cycle(memfd, random)
      EventFd.create().close()
      if (count % 50 === 0) await turn() // the finalizers of closed buffers run between turns
    }
    memfd.close()
    await turn()
    start ??= { areas: areas(), descriptors: descriptors().size, rss: process.memoryUsage.rss() }
  },
  async finish() {
    for (let tries = 0; tries < 20; tries++) await turn()
    assert.ok(start !== undefined)
    assert.ok(areas() - start.areas < 20_000, `${areas() - start.areas} more areas, of 65530 allowed`)
    assert.equal(descriptors().size, start.descriptors)
    const grown = process.memoryUsage.rss() - start.rss
    assert.ok(grown < 300 * MIB, `${Math.round(grown / MIB)} MiB more in memory`)
    quarantineDrain(60_000)
    assert.ok(quarantine().bytes < 512 * MIB, 'what rests goes back after its time')
    start = undefined
  },
}
