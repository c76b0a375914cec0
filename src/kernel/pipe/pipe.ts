// Pipe: both ends of an anonymous pipe.
import { constants } from '../../sys/constants.ts'
import { SysError } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { pipe2 } from '../../sys/pipe.ts'
import { kindOf } from '../bytes.ts'
import { checkCapacity } from './end.ts'
import { PipeReader } from './reader.ts'
import { PipeWriter } from './writer.ts'

/** Options of `Pipe.create`. */
export interface PipeOptions {
  /** How many bytes it is to hold; see `PipeEnd.capacity`. Default: the kernel's, 64 KiB. */
  readonly capacity?: number
  /** Packet mode (O_DIRECT): one read takes what one write put in. Default: false, a stream of bytes. */
  readonly packets?: boolean
}

function checked(options: PipeOptions): PipeOptions {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`options must be an object, not ${kindOf(options)}`)
  }
  if (options.packets !== undefined && typeof options.packets !== 'boolean') {
    throw new TypeError(`packets must be a boolean, not ${kindOf(options.packets)}`)
  }
  if (options.capacity !== undefined) checkCapacity(options.capacity)
  return options
}

/** An anonymous pipe, both ends of it. pipe(2), pipe(7) */
export class Pipe {
  readonly reader: PipeReader
  readonly writer: PipeWriter

  private constructor(reader: PipeReader, writer: PipeWriter) {
    this.reader = reader
    this.writer = writer
  }

  /** Makes a pipe. EMFILE, ENFILE: no descriptors left; ENFILE also above the user's limit of pipe pages. */
  static create(options: PipeOptions = {}): Pipe {
    const { capacity, packets = false } = checked(options)
    const ends = pipe2(constants.O_CLOEXEC | (packets ? constants.O_DIRECT : 0))
    if (typeof ends === 'number') throw new SysError(ends, 'pipe2', { on: 'a new pipe' })
    const reader = new PipeReader(new Fd(ends[0], 'pipe reader'), { packets })
    const writer = new PipeWriter(new Fd(ends[1], 'pipe writer'), { packets })
    try {
      // The kernel looks at the writing end only. On the reading end the flag is a note to whoever takes it over.
      if (packets) reader.packets = true
      if (capacity !== undefined) writer.capacity = capacity
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
