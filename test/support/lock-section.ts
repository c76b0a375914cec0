// What the soaks of locks do inside: test/fixtures/lock/section.h in TypeScript.
import assert from 'node:assert/strict'
import { type Held, type Mapping, Mutex, type RwLock } from 'hutong'

/** Locks in one way or another and changes the pair, or looks at it. */
export async function oneRound(lock: Mutex | RwLock, memory: Mapping, round: number): Promise<void> {
  const pair = memory.view(BigUint64Array, 8, 2)
  const reads = !(lock instanceof Mutex) && round % 4 !== 0
  const options = { timeout: 20_000 }
  let held: Held
  if (lock instanceof Mutex) held = await lock.lock(options)
  else held = await (reads ? lock.read(options) : lock.write(options))
  try {
    if (!held.ownerDied) assert.equal(pair[0], pair[1], 'half done, and nobody said so')
    if (reads) return
    if (held.ownerDied) {
      pair[1] = pair[0] ?? 0n
      held.makeConsistent()
    }
    pair[0] = (pair[0] ?? 0n) + 1n
    for (let spin = 0; spin < 100; spin++);
    pair[1] = (pair[1] ?? 0n) + 1n
  } finally {
    held.unlock()
  }
}
