// What the soaks of locks do inside: test/fixtures/lock/section.h in TypeScript.
import assert from 'node:assert/strict'
import { type Held, type Mapping, Mutex, type RwLock } from 'hutong'

/** What is locked, and the memory that holds the pair. */
export interface Guarded {
  readonly lock: Mutex | RwLock
  readonly memory: Mapping
}

/** Locks in one way or another and changes the pair, or looks at it; then does `inside`, and unlocks. */
export async function oneRound(
  { lock, memory }: Guarded,
  round: number,
  inside: () => Promise<void> = async () => {},
): Promise<void> {
  const pair = memory.view(BigUint64Array, 8, 2)
  const reads = !(lock instanceof Mutex) && round % 4 !== 0
  const options = { timeout: 20_000 }
  let held: Held
  if (lock instanceof Mutex) held = await lock.lock(options)
  else held = await (reads ? lock.read(options) : lock.write(options))
  try {
    if (!held.ownerDied) assert.equal(pair[0], pair[1], 'half done, and nobody said so')
    if (!reads) change(held, pair)
    await inside()
  } finally {
    held.unlock()
  }
}

function change(held: Held, pair: BigUint64Array): void {
  if (held.ownerDied) {
    pair[1] = pair[0] ?? 0n
    held.makeConsistent()
  }
  pair[0] = (pair[0] ?? 0n) + 1n
  for (let spin = 0; spin < 100; spin++);
  pair[1] = (pair[1] ?? 0n) + 1n
}
