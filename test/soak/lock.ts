// Processes that share a lock are killed at any moment: inside, on the way in, on the way out, or woken and not yet in. A C
// program and this process go on, and what the lock protects is whole, or they are told.
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { type Mapping, Memfd, Mutex, RwLock } from 'hutong'
import { compile } from '../support/compile.ts'
import { oneRound } from '../support/lock-section.ts'
import { compiledFixtures } from '../support/paths.ts'
import { below, type Random } from '../support/random.ts'
import { kill, launch, moves, NODE_EVERY } from './peer.ts'
import type { Soak } from './soak.ts'

const OFFSET = 64
const SURVIVOR = 32 // words in which the C survivor and the victim count their rounds
const VICTIM = 40

interface Scene {
  readonly file: Memfd
  readonly memory: Mapping
  readonly lock: Mutex | RwLock
  readonly program: string
  readonly survivor: ChildProcess
}

function soakOf(kind: 'mutex' | 'rwlock'): Soak {
  let scene: Scene | undefined
  let kills = 0

  const run = (program: string, file: Memfd, word: number): ChildProcess =>
    launch(program, [`/proc/${process.pid}/fd/${file.fd}`, `${OFFSET}`, 'soak', `${word}`])

  function begin(): Scene {
    const file = Memfd.create('soak', { size: 4096 })
    const memory = file.map()
    const program = compile(`lock/${kind}-peer.c`, '-pthread')
    const lock =
      kind === 'mutex' ? Mutex.initialize(memory, OFFSET) : RwLock.initialize(memory, OFFSET, { readers: 4 })
    return { file, memory, lock, program, survivor: run(program, file, SURVIVOR) }
  }

  /** One of ours waits on a thread. */
  function victim({ file, program }: Scene, ours: boolean): ChildProcess {
    if (!ours) return run(program, file, VICTIM)
    const args = [join(compiledFixtures, 'lock/soak.js'), '3', `${OFFSET}`, kind, `${VICTIM}`]
    return launch(process.execPath, args, ['ignore', 'inherit', 'inherit', file.fd])
  }

  async function oneKill(here: Scene, random: Random, ours: boolean): Promise<void> {
    const child = victim(here, ours)
    await moves(here.memory, VICTIM, 'the victim')
    const end = performance.now() + random() * 3
    for (let round = below(random, 100); performance.now() < end; round++) {
      await oneRound(here, round)
    }
    // Half of them while they sleep, or have been woken and come too late.
    if (below(random, 2) === 0) await kill(child)
    else await oneRound(here, 0, () => kill(child))
    await moves(here.memory, SURVIVOR, 'the C program') // before this process locks again, which would help it
    await oneRound(here, 0)
  }

  return {
    name: `${kind}-kills`,
    slice: 5,
    async round(random) {
      scene ??= begin()
      await oneKill(scene, random, kills++ % NODE_EVERY === 0)
    },
    async finish() {
      if (scene === undefined) return
      assert.equal(scene.survivor.exitCode, null, 'the C program has found something wrong')
      await kill(scene.survivor)
      await oneRound(scene, 0)
      scene.memory.close()
      scene.file.close()
      scene = undefined
    },
  }
}

export const mutexSoak: Soak = soakOf('mutex')
export const rwLockSoak: Soak = soakOf('rwlock')
