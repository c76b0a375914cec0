// SHA-256 of an open file, a piece at a time, so that a signal never waits long.
import { createHash } from 'node:crypto'
import { readSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { PIECE_BYTES } from './mechanism.ts'

export interface Hashed {
  readonly sha256: string
  /** How many bytes there were. */
  readonly size: number
}

const PIECES_PER_TURN = 8

/** Hashes from the beginning to the end, wherever the file's position is. `onProgress` hears the bytes done. */
export async function hash(fd: number, onProgress: (done: number) => void = () => {}): Promise<Hashed> {
  const digest = createHash('sha256')
  const buffer = Buffer.allocUnsafeSlow(PIECE_BYTES)
  let size = 0
  for (let piece = 0; ; piece++) {
    const got = readSync(fd, buffer, 0, buffer.length, size)
    if (got === 0) return { sha256: digest.digest('hex'), size }
    digest.update(got === buffer.length ? buffer : buffer.subarray(0, got))
    size += got
    onProgress(size)
    if (piece % PIECES_PER_TURN === 0) await nextTurn()
  }
}
