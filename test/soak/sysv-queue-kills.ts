// Processes are killed at any moment while they send, most of them asleep in msgsnd(2) because the queue is full. What they have
// sent arrives whole, once and in order; a C sender and this process go on.
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { type SysvMessage, SysvQueue } from 'hutong'
import { compile } from '../support/compile.ts'
import { compiledFixtures } from '../support/paths.ts'
import { below, type Random } from '../support/random.ts'
import { kill, launch, NODE_EVERY, PATIENCE } from './peer.ts'
import type { Soak } from './soak.ts'

const SURVIVOR = 1 // the types of their messages
const VICTIM = 2
const LONGEST = 6000

interface Scene {
  readonly queue: SysvQueue
  readonly survivor: ChildProcess
  /** The number of the message that comes next, by its type. */
  readonly next: [number, number, number]
}

/** One that sends messages, each full of its number, until it is killed. */
function sender(
  queue: SysvQueue,
  type: number,
  { length, ours = false }: { length: number; ours?: boolean },
): ChildProcess {
  const args = [queue.id, type, length].map(String)
  if (!ours) return launch(compile('sysv/count-into-queue.c'), args)
  return launch(process.execPath, [join(compiledFixtures, 'sysv/queue-counter.js'), ...args])
}

function take({ next }: Scene, { type, data }: SysvMessage): void {
  const expected = next[type]
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length >> 2)
  assert.ok(
    words.length > 0 && words.every((word) => word === expected),
    `message ${words[0]} of ${type}, not ${expected}`,
  )
  next[type] = words[0] ?? 0
  next[type]++
}

async function oneKill(here: Scene, random: Random, ours: boolean): Promise<void> {
  const { queue, next } = here
  const receive = async (type?: number): Promise<void> =>
    take(here, await queue.receive({ type, timeout: PATIENCE }))
  next[VICTIM] = 0
  const victim = sender(queue, VICTIM, { length: 8 + below(random, LONGEST), ours })
  while (next[VICTIM] === 0) await receive()
  const end = performance.now() + random() * 3
  while (performance.now() < end) {
    await receive()
    for (let pause = below(random, 4); pause > 0; pause--) await new Promise(setImmediate)
  }
  await kill(victim)
  for (
    let left = queue.tryReceive({ type: VICTIM });
    left !== undefined;
    left = queue.tryReceive({ type: VICTIM })
  ) {
    take(here, left)
  }
  await receive(SURVIVOR)
}

let scene: Scene | undefined
let kills = 0

function begin(): Scene {
  const queue = SysvQueue.createPrivate()
  return { queue, survivor: sender(queue, SURVIVOR, { length: 3000 }), next: [0, 0, 0] }
}

export const sysvQueueKillSoak: Soak = {
  name: 'sysv-queue-kills',
  slice: 5,
  async round(random) {
    scene ??= begin()
    await oneKill(scene, random, ++kills % NODE_EVERY === 0)
  },
  async finish() {
    if (scene === undefined) return
    const here = scene
    scene = undefined
    await kill(here.survivor)
    for (let left = here.queue.tryReceive(); left !== undefined; left = here.queue.tryReceive())
      take(here, left)
    assert.deepEqual([here.queue.stat().messages, here.queue.stat().bytes], [0, 0])
    here.queue.remove()
  },
}
