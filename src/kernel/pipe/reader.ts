// PipeReader: the end of a pipe or FIFO from which bytes come.
import type { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { constants } from '../../sys/constants.ts'
import { EAGAIN, EINTR } from '../../sys/errno.ts'
import { must } from '../../sys/error.ts'
import { read } from '../../sys/file.ts'
import { checkOptions, type SyncOptions, type WaitOptions } from '../../wait/options.ts'
import { waitSync } from '../../wait/sync.ts'
import { checkTarget } from '../bytes.ts'
import { adopt } from './adopt.ts'
import { chunkOf, scratchFor } from './chunk.ts'
import { PipeEnd } from './end.ts'
import {
  type SpliceOptions,
  type SpliceTarget,
  spliceOut,
  spliceOutSync,
  teeInto,
  teeIntoSync,
} from './splice.ts'
import { readableStream, readableWebStream } from './stream.ts'

/** Options of the reads that allocate. */
export interface ReadOptions {
  /** At most so many bytes; 1 or more. Default: what the pipe has, up to 64 KiB. */
  readonly max?: number | undefined
}

/** The reading end of a pipe or FIFO. pipe(7), read(2) */
export class PipeReader extends PipeEnd implements AsyncIterable<Uint8Array> {
  /** Takes over descriptor `fd`, inherited or received: see docs/mechanism/pipe.md, "Handing over". */
  static from(fd: number): PipeReader {
    return adopt(fd, 'pipe reader', PipeReader)
  }

  /** The next bytes, as many as are there, at least one; `null` at the end: all writers have closed. */
  read(options?: WaitOptions & ReadOptions): Promise<Uint8Array | null> {
    try {
      checkOptions(options)
      const scratch = scratchFor(options?.max)
      let chunk: Uint8Array | null = null
      const attempt = (): number => {
        const got = this.#attempt(scratch)
        if (got > 0) chunk = chunkOf(scratch, got)
        return got
      }
      return this.readiness.whenReadable(attempt, options).then(() => chunk)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** As `read`, into memory of yours, which must not be touched until then. Gives the bytes read, `null` at the end. */
  readInto(target: Uint8Array, options?: WaitOptions): Promise<number | null> {
    try {
      checkTarget(target)
      return this.readiness.whenReadable(() => this.#attempt(target), options).then(orEnd)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** As `read`, without waiting: `undefined` when the pipe is empty and a writer remains. */
  tryRead(options?: ReadOptions): Uint8Array | null | undefined {
    const scratch = scratchFor(options?.max)
    this.readiness.makeNonblocking()
    const got = this.#attempt(scratch)
    if (got === EAGAIN) return undefined
    return got === 0 ? null : chunkOf(scratch, got)
  }

  tryReadInto(target: Uint8Array): number | null | undefined {
    checkTarget(target)
    this.readiness.makeNonblocking()
    const got = this.#attempt(target)
    return got === EAGAIN ? undefined : orEnd(got)
  }

  readSync(options?: SyncOptions & ReadOptions): Uint8Array | null {
    const scratch = scratchFor(options?.max)
    const got = this.readIntoSync(scratch, options)
    return got === null ? null : chunkOf(scratch, got)
  }

  readIntoSync(target: Uint8Array, options?: SyncOptions): number | null {
    if (options === undefined) {
      const got = read(this.handle.raw, target)
      if (got > 0) return got
    }
    return this.#readSlowly(target, options)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (let chunk = await this.read(); chunk !== null; chunk = await this.read()) yield chunk
  }

  stream(): Readable {
    return readableStream(this)
  }

  webStream(): ReadableStream<Uint8Array> {
    return readableWebStream(this)
  }

  spliceTo(target: SpliceTarget, options?: WaitOptions & SpliceOptions): Promise<number | null> {
    return spliceOut(this, target, options)
  }

  spliceToSync(target: SpliceTarget, options?: SyncOptions & SpliceOptions): number | null {
    return spliceOutSync(this, target, options)
  }

  teeTo(writer: PipeEnd, options?: WaitOptions & { readonly length?: number }): Promise<number | null> {
    return teeInto(this, writer, options)
  }

  teeToSync(writer: PipeEnd, options?: SyncOptions & { readonly length?: number }): number | null {
    return teeIntoSync(this, writer, options)
  }

  #readSlowly(target: Uint8Array, options: SyncOptions | undefined): number | null {
    checkTarget(target)
    if (options?.timeout !== undefined) this.readiness.makeNonblocking()
    return orEnd(waitSync(this.handle, constants.POLLIN, () => this.#attempt(target), options))
  }

  #attempt(target: Uint8Array): number {
    const got = read(this.handle.number, target)
    return got >= 0 || got === EAGAIN || got === EINTR ? got : must(got, 'read', { on: `${this}` })
  }
}

function orEnd(got: number): number | null {
  return got === 0 ? null : got
}
