// A stock of items in shared memory, with a mutex and a condition: what test/fixtures/condition/peer.c calls `struct stock`.
import { Condition, type Held, type Mapping, Mutex, type WaitOptions } from 'hutong'

const COUNTS = 40
const CONDITION = 64

export interface Stock {
  readonly path: string
  readonly mapping: Mapping
  readonly mutex: Mutex
  readonly condition: Condition
  readonly counts: Int32Array
}

/** A fresh one in a mapping of `path`. */
export function stockIn(mapping: Mapping, path: string, waiters: number): Stock {
  const mutex = Mutex.initialize(mapping, 0)
  const condition = Condition.initialize(mapping, CONDITION, { waiters })
  return { path, mapping, mutex, condition, counts: mapping.view(Int32Array, COUNTS, 2) }
}

/** The one that a peer initialised there. */
export function attachStock(mapping: Mapping): Pick<Stock, 'mutex' | 'condition'> {
  return { mutex: Mutex.at(mapping, 0), condition: Condition.at(mapping, CONDITION) }
}

/** Says that the data is whole, if whoever held the lock died. */
function repaired(held: Held): Held {
  if (held.ownerDied) held.makeConsistent()
  return held
}

/** Takes an item, waiting for one; gives whether a holder of the lock had died on the way. */
export async function consume({ mutex, condition, counts }: Stock, options?: WaitOptions): Promise<boolean> {
  using held = repaired(await mutex.lock())
  let died = held.ownerDied
  while ((counts[0] ?? 0) === 0) {
    repaired(await condition.wait(held, options))
    died ||= held.ownerDied
  }
  counts[0] = (counts[0] ?? 0) - 1
  counts[1] = (counts[1] ?? 0) + 1
  return died
}

/** Brings an item, and notifies one who waits; gives how many were notified. */
export async function produce({ mutex, condition, counts }: Stock): Promise<number> {
  {
    using _held = repaired(await mutex.lock())
    counts[0] = (counts[0] ?? 0) + 1
  }
  return condition.notify()
}

/** Resolves when `count` wait. */
export async function untilWaiting({ condition }: Stock, count = 1): Promise<void> {
  while (condition.waiting !== count) await new Promise((resolve) => setImmediate(resolve))
}
