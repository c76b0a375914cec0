// Reading the source and writing the destination, piece by piece, in a side.
import { EINTR } from '../../../sys/errno.ts'
import { must } from '../../../sys/error.ts'
import { read, write } from '../../../sys/file.ts'
import { PIECE_BYTES } from '../mechanism.ts'

/** Where a piece of the file begins, and how long it is. */
export interface Piece {
  readonly start: number
  readonly length: number
}

/** `size` bytes in pieces, in order, each passed through the gate. */
export function* pieces(size: number, gate = (_done: number): void => {}): Generator<Piece, void, undefined> {
  for (let start = 0; start < size; start += PIECE_BYTES) {
    gate(start)
    yield { start, length: Math.min(PIECE_BYTES, size - start) }
  }
}

/** Fills `target` from the file's position on. */
export function readPiece(file: number, target: Uint8Array): void {
  for (let done = 0; done < target.length; ) {
    const got = read(file, target, done)
    if (got === EINTR) continue
    if (must(got, 'read', { on: 'the file to move' }) === 0) throw shortened()
    done += got
  }
}

/** The file was cut while it was being moved. */
export function shortened(): Error {
  return new Error('the file became shorter while it was being moved')
}

/** Writes all of `source` at the file's position. */
export function writePiece(file: number, source: Uint8Array): void {
  for (let done = 0; done < source.length; ) {
    const put = write(file, source, done)
    if (put !== EINTR) done += must(put, 'write', { on: 'the destination' })
  }
}

/** The other side has closed its end. */
export function abandoned(done: number, size: number): Error {
  return new Error(`the sender's end was closed after ${done} of ${size} bytes`)
}
