// Pipe: both ends of an anonymous pipe.
import { constants } from '../../sys/constants.ts'
import { must } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { pipe2 } from '../../sys/pipe.ts'
import { setCapacity } from './end.ts'
import { PipeReader } from './reader.ts'
import { PipeWriter } from './writer.ts'

/** Options of `Pipe.create`. */
export interface PipeOptions {
  /** How many bytes it is to hold; see `PipeEnd.capacity`. Default: the kernel's, 64 KiB. */
  readonly capacity?: number
  /** Packet mode (O_DIRECT): one read takes what one write put in. Default: false, a stream of bytes. */
  readonly packets?: boolean
}

/** An anonymous pipe, both ends of it. pipe(2), pipe(7) */
export class Pipe {
  readonly reader: PipeReader
  readonly writer: PipeWriter

  private constructor(reader: Fd, writer: Fd) {
    this.reader = new PipeReader(reader)
    this.writer = new PipeWriter(writer)
  }

  /** Makes a pipe. EMFILE, ENFILE: no descriptors left; ENFILE also above the user's limit of pipe pages. */
  static create(options: PipeOptions = {}): Pipe {
    const ends = pipe2(constants.O_CLOEXEC | (options.packets ? constants.O_DIRECT : 0))
    if (typeof ends === 'number') throw must(ends, 'pipe2')
    const reader = new Fd(ends[0], 'pipe reader')
    const writer = new Fd(ends[1], 'pipe writer')
    try {
      if (options.capacity !== undefined) setCapacity(writer, options.capacity)
    } catch (error) {
      reader.close()
      writer.close()
      throw error
    }
    return new Pipe(reader, writer)
  }

  get closed(): boolean {
    return this.reader.closed && this.writer.closed
  }

  /** Closes both ends. Idempotent. */
  close(): void {
    this.reader.close()
    this.writer.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
