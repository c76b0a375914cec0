// A ring in memory of this process, with both its sides.
import { CorruptPeerError } from '#src/channel/corrupt.ts'
import { Inbound } from '#src/channel/shm/inbound.ts'
import { PAGE } from '#src/channel/shm/layout.ts'
import { type RingMemory, ringMemory } from '#src/channel/shm/memory.ts'
import { RingReader } from '#src/channel/shm/ring-reader.ts'
import { type RingOwner, RingWriter } from '#src/channel/shm/ring-writer.ts'
import { below, type Random } from './random.ts'

export interface Ring {
  readonly memory: RingMemory
  readonly writer: RingWriter
  readonly reader: RingReader
  /** The reader, with what comes in parts put together. */
  readonly inbound: Inbound
  /** How often the writer has rung for the reader, and the other way round. */
  readonly rings: { reader: number; writer: number }
}

export const LIMIT: number = 2 ** 26

/** One of `capacity` bytes. */
export function freshRing(capacity: number, limit: number = LIMIT): Ring {
  const memory = ringMemory(new ArrayBuffer(PAGE + capacity), 0, capacity)
  const rings = { reader: 0, writer: 0 }
  const ownerOf = (rung: keyof typeof rings): RingOwner => ({
    ringBell: () => rings[rung]++,
    corrupt: (what) => new CorruptPeerError('a ring', what),
  })
  const writer = new RingWriter(memory, ownerOf('reader'))
  const reader = new RingReader(memory, ownerOf('writer'), limit)
  return { memory, rings, writer, reader, inbound: new Inbound(reader, ownerOf('writer'), limit) }
}

/** Random bytes, of 0 to `most`. */
export function message(random: Random, most: number): Uint8Array {
  const filled = new Uint8Array(below(random, most + 1))
  for (let i = 0; i < filled.length; i++) filled[i] = below(random, 256)
  return filled
}

/** All that can be read now, as private copies. */
export function readAll(reader: RingReader): Uint8Array[] {
  const all: Uint8Array[] = []
  while (reader.next() >= 0) {
    all.push(reader.copy())
    reader.advance()
  }
  return all
}
