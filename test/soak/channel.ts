// Peers of channels in shared memory that are killed: at each of their steps in turn, and anywhere.
import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { playDeath, ROLES, type Scene, WAYS } from '../crash/scene.ts'
import { descriptors, prefix } from '../support/process.ts'
import { below } from '../support/random.ts'
import type { Soak } from './soak.ts'

// A prime above the steps that the longest role takes: so many rounds take every one of them once, in a mixed order.
const STEPS = 1709
const STRIDE = 617
const SCENES = ROLES.length * WAYS.length + 4 + ROLES.length

const path = (): string => join(tmpdir(), `${prefix}-death`)
let round = 0
let killed = 0
let open: number | undefined

async function die(scene: Omit<Scene, 'path'>): Promise<void> {
  const { steps } = await playDeath({ ...scene, path: path() })
  if (steps === undefined) killed++
}

export const channelDeathSoak: Soak = {
  name: 'channel deaths',
  slice: 0, // test/crash runs some
  async round() {
    const step = 1 + ((round++ * STRIDE) % STEPS)
    for (const role of ROLES) {
      for (const way of WAYS) {
        await die({ role, way, step })
      }
    }
    for (const role of ['producer', 'consumer'] as const) {
      for (const blocks of ['survivor', 'victim'] as const) await die({ role, way: 'inherits', step, blocks })
    }
    for (const role of ROLES) await die({ role, way: 'inherits', step, exits: true })
    open ??= descriptors().size
  },
  async finish() {
    if (open === undefined) return // no round was run
    console.log(`${Math.min(round, STEPS)} of ${STEPS} steps, ${SCENES} scenes each: ${killed} killed`)
    assert.equal(descriptors().size, open)
    round = killed = 0
    open = undefined
  },
}

export const channelKillSoak: Soak = {
  name: 'channel kills',
  slice: 1,
  async round(random) {
    const way = WAYS[below(random, WAYS.length)] ?? 'inherits'
    const { reason } = await playDeath({
      role: 'endless',
      way,
      step: 0,
      killAfter: 1 + below(random, 3000),
      path: path(),
    })
    assert.equal(reason, 'peer-died')
  },
}
