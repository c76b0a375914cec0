// Memory for the reads that give memory of their own.

const DEFAULT_BYTES = 65_536
const MOST_BYTES = 0x7ffff000 // read(2) moves no more

// One per thread, read into by everybody and handed out when a read has filled much of it: so a large read is not
// copied, a small one pins no more memory than it needs, and nothing that was handed out is written to again.
let scratch = fresh(DEFAULT_BYTES)

/** Memory for one read of at most `max` bytes, for use at once: the next call may give the same. */
export function memoryFor(max: number | undefined): Uint8Array {
  if (max === undefined || max === DEFAULT_BYTES) return scratch
  return max < DEFAULT_BYTES ? scratch.subarray(0, max) : fresh(max)
}

/** The first `length` bytes that were read, in memory of their own. */
export function chunkOf(memory: Uint8Array, length: number): Uint8Array {
  if (length < memory.byteLength >> 1) return memory.slice(0, length)
  if (memory.buffer !== scratch.buffer) return memory.subarray(0, length)
  if (memory.byteLength < DEFAULT_BYTES >> 1) return memory.slice(0, length)
  scratch = fresh(DEFAULT_BYTES)
  return memory.subarray(0, length)
}

/** The option `max` of a read. */
export function checkMax(max: number | undefined): number | undefined {
  if (max === undefined || (Number.isInteger(max) && max >= 1 && max <= MOST_BYTES)) return max
  throw new RangeError(`max must be 1 to ${MOST_BYTES} bytes, not ${String(max)}`)
}

/** Not zeroed: nobody sees a byte that was not read. */
function fresh(bytes: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer)
}
