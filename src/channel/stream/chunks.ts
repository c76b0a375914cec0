// Memory for what is on its way: lent to a channel while it has something there, so that an idle one holds none.

/** Bytes of each: the longest message that is sent in one piece, and what stands around it. */
export const CHUNK = 131_072
const KEPT = 16

const free: Uint8Array[] = []

/** Memory of CHUNK bytes, not zeroed: nobody sees a byte of it that was not written first. */
export function takeChunk(): Uint8Array {
  return free.pop() ?? fresh(CHUNK)
}

/** Gives it back, if it is one that `takeChunk` gave. */
export function giveChunk(chunk: Uint8Array): void {
  if (chunk.length === CHUNK && free.length < KEPT) free.push(chunk)
}

export function fresh(bytes: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer)
}
