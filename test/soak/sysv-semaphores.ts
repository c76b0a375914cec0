// System V semaphore sets: holders with `undo` that are killed at any moment, sets that many make at once, waits that are given up
// while somebody posts.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type Mapping, SysvMemory, SysvSemaphores } from 'hutong'
import { compile } from '../support/compile.ts'
import { compiledFixtures } from '../support/paths.ts'
import { below, type Random } from '../support/random.ts'
import { NODE_EVERY, PATIENCE, type Peer, startPeer } from './peer.ts'
import type { Soak } from './soak.ts'

interface Shared {
  readonly set: SysvSemaphores
  readonly memory: SysvMemory
  readonly mapping: Mapping
  /** Counts from the first round to the last. */
  readonly survivor: Peer
}

/** A process that counts in two places under the semaphore, once it has begun. */
async function counting(set: SysvSemaphores, memory: SysvMemory, node = false): Promise<Peer> {
  const args = [String(set.id), String(memory.id)]
  const ours = join(compiledFixtures, 'sysv/semaphore-counter.js')
  const peer = node
    ? startPeer(process.execPath, ours, ...args)
    : startPeer(compile('sysv/semaphore-counter.c'), ...args)
  if (peer.process.stdout !== null) await once(peer.process.stdout, 'data')
  return peer
}

async function share(): Promise<Shared> {
  const set = SysvSemaphores.createPrivate({ count: 1, values: 1 })
  const memory = SysvMemory.createPrivate({ size: 4096 })
  return { set, memory, mapping: memory.attach(), survivor: await counting(set, memory) }
}

async function pause(random: Random): Promise<void> {
  for (let spin = below(random, 100_000); spin > 0; spin--);
  for (let turns = below(random, 3); turns > 0; turns--) await new Promise(setImmediate)
}

/**
 * Two processes count in two places under one semaphore, and one of them is killed at any moment: then this process gets the
 * semaphore, the places differ by at most the one step that the dead one was in, and the survivor goes on.
 */
async function killRound(
  { set, memory, mapping, survivor }: Shared,
  random: Random,
  node: boolean,
): Promise<void> {
  const places = mapping.view(Int32Array, 0, 2)
  const victim = await counting(set, memory, node)
  await pause(random)
  victim.process.kill('SIGKILL')
  await victim.ended
  await set.wait({ undo: true, timeout: PATIENCE })
  const ahead = (places[0] as number) - (places[1] as number)
  assert.ok(ahead === 0 || ahead === 1, `${ahead} steps half done by one dead process`)
  places[0] = places[1] as number
  const before = places[1] as number
  assert.equal(set.value(), 0)
  set.post({ undo: true })
  assert.equal(survivor.process.exitCode, null)
  while ((places[1] as number) === before) await new Promise(setImmediate)
}

let shared: Shared | undefined
let rounds = 0

/** kill -9 at a random moment, among holders and waiters. */
export const semaphoreKillSoak: Soak = {
  name: 'sysv-semaphores-kills',
  slice: 10,
  async round(random) {
    shared ??= await share()
    await killRound(shared, random, ++rounds % NODE_EVERY === 0)
  },
  async finish() {
    if (shared === undefined) return
    const { set, memory, mapping, survivor } = shared
    shared = undefined
    survivor.process.kill('SIGKILL')
    await survivor.ended
    assert.equal(set.value(), 1, 'the last one that died has given it back, too')
    mapping.close()
    memory.remove()
    set.remove()
  },
}

const OPENERS = 3
const key = process.pid * 1024 + 1023 // what test/support/sysv.ts counts as this process's
let openers: Worker[] = []

/** Several threads make or find the same set at once; nobody sees it without its values. */
export const semaphoreOpenSoak: Soak = {
  name: 'sysv-semaphores-open',
  slice: 50,
  async round() {
    if (openers.length === 0) {
      const url = new URL('../fixtures/sysv/semaphore-opener.js', import.meta.url)
      openers = Array.from({ length: OPENERS }, () => new Worker(url))
      await Promise.all(openers.map((opener) => once(opener, 'online')))
    }
    const answers = openers.map(async (opener) => {
      opener.postMessage(key)
      const [answer] = await once(opener, 'message')
      return answer as { readonly created: boolean; readonly values: readonly number[] }
    })
    const all = await Promise.all(answers)
    assert.equal(all.filter(({ created }) => created).length, 1)
    for (const { values } of all) assert.deepEqual(values, [1, 2, 3])
    SysvSemaphores.open(key).remove()
  },
  async finish() {
    await Promise.all(openers.map((opener) => opener.terminate()))
    openers = []
  },
}

/** Posts and aborts race: what was posted was taken, or is still there. */
export const semaphoreAbortSoak: Soak = {
  name: 'sysv-semaphores-abort',
  slice: 2,
  async round(random) {
    const set = SysvSemaphores.createPrivate({ count: 1 })
    let posted = 0
    let taken = 0
    for (let count = 0; count < 200; count++) {
      const controller = new AbortController()
      const waiters = 1 + below(random, 8)
      const waits = Array.from({ length: waiters }, () => set.wait({ signal: controller.signal }))
      for (const wait of waits) wait.catch(() => {})
      await pause(random)
      const by = 1 + below(random, waiters)
      const steps = [() => set.post({ by }), () => controller.abort()]
      if (below(random, 2) === 0) steps.reverse()
      for (const step of steps) {
        step()
        for (let spin = below(random, 5000); spin > 0; spin--);
      }
      posted += by
      for (const { status } of await Promise.allSettled(waits)) if (status === 'fulfilled') taken++
    }
    assert.equal(taken + set.value(), posted)
    assert.equal(set.waiting(), 0)
    set.remove()
  },
}
