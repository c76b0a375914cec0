// A ring whose words are overwritten at random while it is in use: what its sides then give is a message within bounds, or an
// error of the peer's, and never anything else.
import assert from 'node:assert/strict'
import { CorruptPeerError } from '#src/channel/corrupt.ts'
import { RING, TAG } from '#src/channel/shm/layout.ts'
import type { RingMemory } from '#src/channel/shm/memory.ts'
import { below, type Random } from '../support/random.ts'
import { freshRing, LIMIT, message, type Ring } from '../support/ring.ts'

const CAPACITY = 4096
const STEPS = 60
const WORDS = Object.values(RING)

function pick<T>(random: Random, items: readonly T[]): T {
  return items[below(random, items.length)] as T
}

/** A number that is wrong in a way that matters: near what is there, near a bound, or anything. */
function wrongValue(random: Random, there: number): number {
  const near = below(random, 5) - 2
  const bounds = [0, CAPACITY / 8, CAPACITY, CAPACITY / 2, 2 ** 31, -(2 ** 31), LIMIT]
  return (
    pick(random, [
      there + near,
      there + pick(random, bounds),
      pick(random, bounds) + near,
      random() * 2 ** 32,
    ]) | 0
  )
}

function wrongTag(random: Random): number {
  const count = pick(random, [0, 0, 1, 2, 511, 2 ** 23, below(random, 2 ** 24)])
  return pick(random, [...Object.values(TAG), 0, 7, below(random, 256)]) | (count << 8) | 0
}

/** Overwrites a control word, or a header of a record: one that is there, or anywhere. */
export function tellLie(random: Random, { control, words }: RingMemory): void {
  if (below(random, 3) === 0) {
    const word = pick(random, WORDS)
    control[word] = wrongValue(random, control[word] ?? 0)
    return
  }
  const positions = [control[RING.tail] ?? 0, control[RING.head] ?? 0, below(random, CAPACITY)]
  const unit = (pick(random, positions) + below(random, 3)) & (CAPACITY / 8 - 1)
  if (below(random, 2) === 0) words[2 * unit] = wrongValue(random, words[2 * unit] ?? 0)
  if (below(random, 2) === 0) words[2 * unit + 1] = wrongTag(random)
}

const target = new Uint8Array(2 ** 20)

function read({ inbound, reader }: Ring, random: Random): void {
  if (below(random, 4) === 0) reader.sleep()
  const length = inbound.next()
  if (length < 0) return
  assert.ok(length <= LIMIT && inbound.left >= 1, `${length} bytes, ${inbound.left} messages`)
  assert.equal(inbound.copy().length, length)
  assert.equal(inbound.view().length, length)
  if (length <= target.length) inbound.copyTo(target)
  const release = below(random, 4) === 0 ? inbound.hold() : undefined
  inbound.advance(1 + below(random, Math.min(inbound.left, 3)))
  release?.()
}

function write({ writer }: Ring, random: Random): void {
  const one = message(random, 900)
  const way = below(random, 5)
  if (way === 0) writer.trySendBatch(new Uint8Array(3 * one.length), Math.max(1, one.length))
  else if (way === 1)
    writer.trySendPart(one, pick(random, [TAG.first, TAG.middle, TAG.last]), below(random, 9000))
  else if (way === 2 && writer.reserve(900) !== undefined) writer.commit(one.length)
  else if (way === 3) writer.sleep(900)
  else writer.trySend(one)
  if (below(random, 2) === 0) writer.flush()
}

/** A short life of a ring among lies; gives whether a side has noticed. */
export function fuzzRing(random: Random): boolean {
  const ring = freshRing(CAPACITY)
  const failed = new Map<typeof read, unknown>()
  for (let step = 0; step < STEPS; step++) {
    if (step > 10 && below(random, 4) === 0) tellLie(random, ring.memory)
    const side = pick(random, [read, write])
    try {
      side(ring, random)
    } catch (error) {
      if (!(error instanceof CorruptPeerError)) throw error
      failed.set(side, error)
    }
  }
  return failed.size > 0
}
