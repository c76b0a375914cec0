// The log and a cursor, seen in the ways that their two sides need.
import { PAGE } from './layout.ts'
import { BLOCKS, LOG_UNIT, POLICY } from './log-layout.ts'

/** The control page of a log and its data. */
export interface LogMemory {
  readonly control: Int32Array
  /** The control page again: OLDEST, LOG_COUNTER. */
  readonly numbers: Float64Array
  readonly bytes: Uint8Array
  readonly words: Int32Array
  readonly sequences: Float64Array
  /** Units of data: a power of two. */
  readonly capacity: number
  /** A position shifted right by so much is its block. */
  readonly blockBits: number
  /** Whether the publisher writes over what is not read yet. Otherwise it waits, and nobody need look what it gave up. */
  readonly overwrites: boolean
}

export interface CursorMemory {
  readonly control: Int32Array
  /** The page again: CURSOR_COUNTER. */
  readonly numbers: Float64Array
}

/** The log whose header begins the buffer, with `capacity` bytes of data; `policy` is one of POLICY. */
export function logMemory(buffer: ArrayBufferLike, capacity: number, policy: number): LogMemory {
  const data = 2 * PAGE
  const units = capacity / LOG_UNIT
  return {
    control: new Int32Array(buffer, PAGE, PAGE / 4),
    numbers: new Float64Array(buffer, PAGE, PAGE / 8),
    bytes: new Uint8Array(buffer, data, capacity),
    words: new Int32Array(buffer, data, capacity / 4),
    sequences: new Float64Array(buffer, data, capacity / 8),
    capacity: units,
    blockBits: Math.log2(units / BLOCKS),
    overwrites: policy === POLICY.overwrite,
  }
}

export function cursorMemory(buffer: ArrayBufferLike): CursorMemory {
  return { control: new Int32Array(buffer, 0, PAGE / 4), numbers: new Float64Array(buffer, 0, PAGE / 8) }
}

const LOADS_STAY_IN_ORDER = process.arch === 'x64'
const nowhere = new Int32Array(new SharedArrayBuffer(4))

/**
 * Everything that was read before is read before anything that is read after. `Atomics.load` alone keeps only what comes
 * after it behind it: on arm64 (`ldar`) a plain load before it may still be made later. A read-modify-write is never passed
 * by what is before it. x86 makes loads in their order anyway.
 */
export function loadsBefore(): void {
  if (!LOADS_STAY_IN_ORDER) Atomics.exchange(nowhere, 0, 0)
}
