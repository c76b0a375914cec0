// A stock of items in shared memory, with a mutex and a condition: what test/fixtures/condition/peer.c calls `struct stock`.
import assert from 'node:assert/strict'
import { Condition, type Held, type Mapping, Mutex, type WaitOptions } from 'hutong'

const COUNTS = 40
const BROUGHT = 48
const CONDITION = 64

export interface Stock {
  readonly path: string
  readonly mapping: Mapping
  readonly mutex: Mutex
  readonly condition: Condition
  /** Items that are there, and items taken. */
  readonly counts: Int32Array
  /** The sum of both, unless somebody is inside, or died there. */
  readonly brought: BigUint64Array
}

/** A fresh one in a mapping of `path`. */
export function stockIn(mapping: Mapping, path: string, waiters: number): Stock {
  Mutex.initialize(mapping, 0)
  Condition.initialize(mapping, CONDITION, { waiters })
  return attachStock(mapping, path)
}

/** The one that somebody initialised there. */
export function attachStock(mapping: Mapping, path: string): Stock {
  return {
    path,
    mapping,
    mutex: Mutex.at(mapping, 0),
    condition: Condition.at(mapping, CONDITION),
    counts: mapping.view(Int32Array, COUNTS, 2),
    brought: mapping.view(BigUint64Array, BROUGHT, 1),
  }
}

/** Repairs what a dead one left half done; if nobody died, it must be whole. */
function entered(held: Held, { counts, brought }: Stock): Held {
  const whole = BigInt((counts[0] ?? 0) + (counts[1] ?? 0))
  if (held.ownerDied) {
    brought[0] = whole
    held.makeConsistent()
  } else if (brought[0] !== whole) {
    held.unlock()
    assert.fail('half done, and nobody said so')
  }
  return held
}

/** Takes an item, waiting for one; gives whether a holder of the lock had died on the way. */
export async function consume(stock: Stock, options?: WaitOptions): Promise<boolean> {
  const { mutex, condition, counts } = stock
  using held = entered(await mutex.lock(), stock)
  let died = held.ownerDied
  while ((counts[0] ?? 0) === 0) {
    entered(await condition.wait(held, options), stock)
    died ||= held.ownerDied
  }
  counts[0] = (counts[0] ?? 0) - 1
  counts[1] = (counts[1] ?? 0) + 1
  return died
}

function bring({ counts, brought }: Stock): void {
  counts[0] = (counts[0] ?? 0) + 1
  brought[0] = (brought[0] ?? 0n) + 1n
}

/** Brings an item, and notifies one who waits; gives how many were notified. */
export async function produce(stock: Stock): Promise<number> {
  {
    using _held = entered(await stock.mutex.lock(), stock)
    bring(stock)
  }
  return stock.condition.notify()
}

/** The same, but notifies first and holds the lock until `meanwhile` is over: who was notified is awake, and has nothing yet. */
export async function produceWhile(stock: Stock, meanwhile: () => Promise<void>): Promise<void> {
  using _held = entered(await stock.mutex.lock(), stock)
  bring(stock)
  stock.condition.notify()
  await meanwhile()
}

/** Resolves when `count` wait. */
export async function untilWaiting({ condition }: Stock, count = 1): Promise<void> {
  while (condition.waiting !== count) await new Promise((resolve) => setImmediate(resolve))
}
