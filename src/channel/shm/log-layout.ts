// The bytes of a topic: a log, which the publisher alone can write (the memfd carries F_SEAL_FUTURE_WRITE), and a cursor for
// each subscriber, in a memfd of its own. Every word is little-endian; `i32` words are accessed atomically, `f64` are not.
//
//   the log:      0  the header (a page)          a cursor:   0  the header, and the words of CURSOR (a page)
//              4096  its control page
//              8192  its data: a power of two of bytes, in BLOCKS blocks
//
// A position is the number of units ever written before it: in JavaScript and in `f64` in full, in `i32` words modulo 2^32.
import { LINE, PAGE } from './layout.ts'

/** Records begin at multiples of this many bytes. Positions count units of it. */
export const LOG_UNIT = 16
/** The log gives up old messages a block at a time: this many make up its data. */
export const BLOCKS = 16

/** Index of the log header's word that says what happens when there is no room: one of `POLICY`. */
export const LOG_POLICY = 6
export const POLICY = { block: 1, drop: 2, overwrite: 3 } as const
export type Policy = keyof typeof POLICY

/** Indices of the 32-bit words of the log's control page. The publisher writes all of them. */
export const LOG = {
  /** Units ever published. */
  head: 0,
  /** 1 once nothing more will come. */
  ended: 1,
  /** Blocks ever given up: from the start of the first that is not, what is before `head` can be read. */
  claimed: LINE / 4,
  /** Not 0 while the publisher sleeps for want of room: the position that every cursor must reach, and bit 0. */
  awaited: (2 * LINE) / 4,
} as const

/**
 * Index, as 64-bit floating-point numbers from the start of the control page, of BLOCKS pairs: the position of the oldest
 * record, and the sequence number of its first message. The pair that counts is that of `claimed` modulo BLOCKS.
 */
export const OLDEST = (4 * LINE) / 8

/** Indices of the log's counters, counted as OLDEST is. */
export const LOG_COUNTER = {
  messages: (6 * LINE) / 8,
  bytes: (6 * LINE) / 8 + 1,
  /** Messages that the policy `drop` dropped. */
  dropped: (6 * LINE) / 8 + 2,
  /** How often the publisher slept for want of room. */
  waits: (6 * LINE) / 8 + 3,
  /** How often it rang a subscriber's bell. */
  wakes: (6 * LINE) / 8 + 4,
} as const

/** Indices of a cursor's 32-bit words. */
export const CURSOR = {
  /** Subscriber: up to where it has read. */
  position: LINE / 4,
  /** Subscriber sets it to 1 before it sleeps; the publisher sets it to 0 and rings the bell. */
  sleeps: (2 * LINE) / 4,
  /** Publisher: 1 once it has refused what the subscriber wrote here, and has closed the connection. */
  refused: (3 * LINE) / 4,
} as const

/** Indices of a cursor's counters, as 64-bit floating-point numbers. The subscriber writes them. */
export const CURSOR_COUNTER = {
  messages: (4 * LINE) / 8,
  bytes: (4 * LINE) / 8 + 1,
  lost: (4 * LINE) / 8 + 2,
  /** How often it slept because nothing was there. */
  waits: (4 * LINE) / 8 + 3,
  /** How often it rang the publisher's bell. */
  wakes: (4 * LINE) / 8 + 4,
} as const

/**
 * A record begins with the payload's length in bytes (i32), its tag (i32) as in a ring, and the sequence number (f64) of its
 * first message: how many messages were published before it. Of padding it is that of the message behind it.
 */
export const LOG_RECORD_HEADER = LOG_UNIT

export const CURSOR_SIZE = PAGE

/** Bytes of the whole memory of a log that holds `capacity` bytes. */
export function logSize(capacity: number): number {
  return 2 * PAGE + capacity
}

/** Units that a record with this payload takes. */
export function logUnitsOf(length: number): number {
  return (length + LOG_RECORD_HEADER + LOG_UNIT - 1) >>> 4
}

/**
 * The longest message. Together with what is left at the data's end, a record takes less than BLOCKS - 1 blocks: so there is
 * room for it once all has been read, though only whole blocks are given up.
 */
export function longestInLog(capacity: number): number {
  return (capacity / 2 / BLOCKS) * (BLOCKS - 1) - LOG_RECORD_HEADER
}
