// Rings whose words are overwritten at random, by the ten thousand.
import assert from 'node:assert/strict'
import { fuzzRing } from '../hostile/fuzz.ts'
import type { Soak } from './soak.ts'

const RINGS = 500
const MIB = 1 << 20
let noticed = 0
let rounds = 0

export const channelLiesSoak: Soak = {
  name: 'channel lies',
  slice: 0, // test/hostile runs some
  async round(random) {
    for (let ring = 0; ring < RINGS; ring++) if (fuzzRing(random)) noticed++
    rounds++
  },
  async finish() {
    if (rounds === 0) return
    console.log(`${noticed} of ${rounds * RINGS} rings were found to be corrupt`)
    const { arrayBuffers } = process.memoryUsage()
    assert.ok(arrayBuffers < 256 * MIB, `${arrayBuffers / MIB} MiB of buffers`)
    rounds = noticed = 0
  },
}
