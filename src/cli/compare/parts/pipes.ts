// What the mechanisms over pipes have in common.
import { fstatSync } from 'node:fs'
import { Pipe } from '../../../kernel/pipe/pipe.ts'
import type { PipeReader } from '../../../kernel/pipe/reader.ts'
import type { PipeWriter } from '../../../kernel/pipe/writer.ts'
import { lookAtPipe } from '../look.ts'
import { type End, PIECE_BYTES, type Stage } from '../mechanism.ts'
import type { KernelObject } from '../model.ts'
import { abandoned, pieces, readPiece, writePiece } from '../side/pieces.ts'

/** What a pipe for a file is to hold: a piece. */
export const LARGE = PIECE_BYTES

/** Makes a pipe or FIFO hold a piece; leaves it as it is where this user may not (pipe(7), pipe-max-size). */
export function enlarge(end: PipeReader | PipeWriter): void {
  try {
    end.capacity = LARGE
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error
  }
}

/** Two pipes, there and back. */
export function stagePipes(): Stage {
  const there = Pipe.create()
  const back = Pipe.create()
  const close = (): void => {
    there.close()
    back.close()
  }
  enlarge(there.writer)
  const data = pipeObject('data', there)
  return {
    objects: [data, pipeObject('reply', back)],
    descriptors: {
      sender: [there.writer.inherit(), back.reader.inherit()],
      receiver: [there.reader.inherit(), back.writer.inherit()],
    },
    settings: {},
    leftovers: [],
    look: (pids) => lookAtPipe(pids, data.name, data.inode),
    handedOver: close,
    close,
  }
}

function pipeObject(use: KernelObject['use'], { reader }: Pipe) {
  return { use, name: reader.name, inode: fstatSync(reader.fd).ino }
}

interface Reads {
  readIntoSync(target: Uint8Array): number | null
}
interface Writes {
  writeSync(bytes: Uint8Array): number
}

/** Bytes into one pipe and out of the other, or both ways through a socket, with read(2) and write(2). */
export class StreamEnd implements End {
  readonly #reader: Reads
  readonly #writer: Writes
  /** Filled, so that its pages are there when the clock runs. */
  readonly #buffer = Buffer.alloc(PIECE_BYTES, 1)

  constructor(reader: Reads, writer: Writes) {
    this.#reader = reader
    this.#writer = writer
  }

  send(file: number, size: number, gate: (done: number) => void): void {
    const buffer = this.#buffer
    for (const { length } of pieces(size, gate)) {
      const piece = length === buffer.length ? buffer : buffer.subarray(0, length)
      readPiece(file, piece)
      this.#writer.writeSync(piece)
    }
  }

  receive(file: number, size: number): void {
    const buffer = this.#buffer
    for (let done = 0; done < size; ) {
      const got = this.#reader.readIntoSync(buffer)
      if (got === null) throw abandoned(done, size)
      writePiece(file, buffer.subarray(0, got))
      done += got
    }
  }

  say(message: Uint8Array): void {
    this.#writer.writeSync(message)
  }

  hear(message: Uint8Array): void {
    // So short a write is atomic, and only one message is ever under way: it comes whole.
    if (this.#reader.readIntoSync(message) === null) throw new Error("the other side's end was closed")
  }
}
