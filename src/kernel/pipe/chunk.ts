// Memory for the reads that allocate.

const DEFAULT_BYTES = 65_536
const MOST_BYTES = 0x7ffff000 // read(2) moves no more

let scratch = Buffer.allocUnsafeSlow(DEFAULT_BYTES)

/** Memory for one read of at most `max` bytes. The next call may give the same. */
export function scratchFor(max = DEFAULT_BYTES): Uint8Array {
  if (!Number.isInteger(max) || max < 1 || max > MOST_BYTES) {
    throw new RangeError(`max must be 1 to ${MOST_BYTES} bytes, not ${max}`)
  }
  if (max === scratch.length) return scratch
  return max < scratch.length ? scratch.subarray(0, max) : Buffer.allocUnsafeSlow(max)
}

/** The first `length` bytes that were read: memory of its own, which nobody writes to again. */
export function chunkOf(memory: Uint8Array, length: number): Uint8Array {
  if (length * 2 < memory.length || memory.length < 4096)
    return Uint8Array.prototype.slice.call(memory, 0, length)
  if (memory.buffer === scratch.buffer) scratch = Buffer.allocUnsafeSlow(DEFAULT_BYTES)
  return new Uint8Array(memory.buffer, memory.byteOffset, length)
}
