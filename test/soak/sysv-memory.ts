// Segments that are attached and detached by the hundred thousand: what they hold does not grow, whatever happens on the way.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { SysvMemory } from 'hutong'
import { quarantine, quarantineDrain } from '#src/sys/memory.ts'
import { below, type Random } from '../support/random.ts'
import type { Soak } from './soak.ts'

const CYCLES = 300
const MIB = 1 << 20
const PAGE = 4096

const areas = (): number => readFileSync('/proc/self/maps', 'utf8').split('\n').length

function cycle(memory: SysvMemory, random: Random): void {
  const readOnly = below(random, 2) === 0
  const mapping = memory.attach({ readOnly, populate: below(random, 8) === 0 })
  const { bytes } = mapping
  const at = below(random, memory.size)
  const before = bytes[at]
  bytes[at] = 1
  if (readOnly && below(random, 2) === 0) {
    assert.throws(() => mapping.bytes, { code: 'ERR_READ_ONLY_WRITE' })
    assert.equal(bytes[at], before, 'undone')
  }
  if (!readOnly && below(random, 4) === 0) {
    const buffer = mapping.buffer as ArrayBuffer & { transfer?: () => ArrayBuffer }
    buffer.transfer?.()
  }
  mapping.close()
  assert.equal(bytes.length, 0)
}

let start: { readonly areas: number; readonly rss: number } | undefined

/** Attached, used, written although read-only, moved, removed, detached. */
export const sysvMemorySoak: Soak = {
  name: 'sysv-memory',
  slice: 3,
  async round(random) {
    const memory = SysvMemory.createPrivate({ size: 1 + below(random, 16 * PAGE) })
    const removeAt = below(random, CYCLES)
    const anchor = memory.attach()
    for (let count = 0; count < CYCLES; count++) {
      if (count === removeAt) memory.remove()
      cycle(memory, random)
      if (count % 50 === 0) await turn()
    }
    assert.equal(memory.stat().attached, 1)
    assert.equal(memory.stat().removed, true)
    anchor.close()
    assert.throws(() => memory.stat(), { code: 'EIDRM' })
    await turn()
    start ??= { areas: areas(), rss: process.memoryUsage.rss() }
  },
  async finish() {
    for (let tries = 0; tries < 20; tries++) await turn()
    assert.ok(start !== undefined)
    assert.ok(areas() - start.areas < 20_000, `${areas() - start.areas} more areas, of 65530 allowed`)
    const grown = process.memoryUsage.rss() - start.rss
    assert.ok(grown < 300 * MIB, `${Math.round(grown / MIB)} MiB more in memory`)
    quarantineDrain(60_000)
    assert.ok(quarantine().bytes < 512 * MIB, 'what rests goes back after its time')
    start = undefined
  },
}
