// The bytes of a pair: two rings in one sealed memfd. docs/protocol.md explains them; include/hutong/channel.h is made
// from this file. Every word is little-endian; `i32` words are accessed atomically, counters (f64) are not.
//
//   0        the header (a page)
//   4096     ring 0, from the side that made the memory to the other: its control page
//   8192       its data, a power of two of bytes
//   ...      ring 1, the other way: the same

/** Bytes of a page, the unit of everything that is mapped. */
export const PAGE = 4096
/** Processors fetch cache lines in pairs: what two sides write lies this far apart. */
export const LINE = 128
/** Positions count units of this many bytes, as 32-bit words that wrap. */
export const UNIT = 8

/** `HUTONG` and two zero bytes, as two words. */
export const MAGIC: readonly [number, number] = [0x4f545548, 0x0000474e]
export const VERSION = 1

/** Indices of the header's 32-bit words. */
export const HEADER = {
  magic: 0,
  magicEnd: 1,
  version: 2,
  /** What the memory is: one of `KIND`. */
  kind: 3,
  /** Bytes of the data of each ring, or of the log. */
  capacity: 4,
  /** The process that made it, in its own pid namespace: for who looks from outside. */
  creator: 5,
} as const

export const KIND = { pair: 1, log: 2, cursor: 3 } as const

/** Indices of the 32-bit words of a ring's control page: a pair of cache lines for each word that somebody polls. */
export const RING = {
  /** Producer: units ever published. */
  head: 0,
  /** Producer: 1 once nothing more will come. */
  ended: 1,
  /** Consumer: units ever released. */
  tail: LINE / 4,
  /** Consumer: 1 once nothing more will be taken. */
  closed: LINE / 4 + 1,
  /** Consumer sets it to 1 before it sleeps; the producer sets it to 0 and rings the bell. */
  consumerSleeps: (2 * LINE) / 4,
  /** Producer sets it to 1 before it sleeps for want of room; the consumer sets it to 0 and rings the bell. */
  producerSleeps: (3 * LINE) / 4,
} as const

/** Indices of a ring's counters, as 64-bit floating-point numbers from the start of its control page. */
export const COUNTER = {
  sentMessages: (4 * LINE) / 8,
  sentBytes: (4 * LINE) / 8 + 1,
  /** How often the producer slept for want of room. */
  fullWaits: (4 * LINE) / 8 + 2,
  /** How often the producer rang the consumer's bell. */
  consumerWakes: (4 * LINE) / 8 + 3,
  receivedMessages: (5 * LINE) / 8,
  receivedBytes: (5 * LINE) / 8 + 1,
  /** How often the consumer slept because nothing was there. */
  emptyWaits: (5 * LINE) / 8 + 2,
  /** How often the consumer rang the producer's bell. */
  producerWakes: (5 * LINE) / 8 + 3,
} as const

/** A record begins with two words: the payload's length in bytes, and a tag: its kind, and above it a count. */
export const RECORD_HEADER = 8
export const TAG = {
  /** A message. */
  message: 1,
  /** Nothing: go on at the start of the data. */
  padding: 2,
  /** `tag >>> 8` messages of equal length, one behind the other, without padding between them. */
  batch: 3,
  /** The first part of a message that does not fit into the ring; its last eight bytes are the message's length (f64). */
  first: 4,
  /** A part in the middle. */
  middle: 5,
  /** The last part. */
  last: 6,
} as const
export const TAG_BITS = 8
/** Bytes of a message in each of its parts but the last, at least: so that many cost their sender as much as their reader. */
export const LEAST_PART = 512
/** Messages in a batch record, at most. */
export const MOST_IN_BATCH = 2 ** (31 - TAG_BITS) - 1

export const LEAST_CAPACITY = PAGE
export const MOST_CAPACITY = 2 ** 30

/** Bytes of the whole memory of a pair whose rings hold `capacity` bytes each. */
export function pairSize(capacity: number): number {
  return PAGE + 2 * (PAGE + capacity)
}

/** Where ring `which` begins. */
export function ringOffset(which: 0 | 1, capacity: number): number {
  return PAGE + which * (PAGE + capacity)
}

/** The longest message that is one record: with what is left at the data's end, it fits whatever the position. */
export function longestRecord(capacity: number): number {
  return capacity / 2 - RECORD_HEADER
}

/** Units that a record with this payload takes. */
export function unitsOf(length: number): number {
  return (length + RECORD_HEADER + UNIT - 1) >>> 3
}

/** The tag of a batch of `count` messages. RangeError: more than it has bits for. */
export function batchTag(count: number): number {
  if (count <= MOST_IN_BATCH) return TAG.batch | (count << TAG_BITS)
  throw new RangeError(`packed must hold at most ${MOST_IN_BATCH} messages, not ${count}`)
}
