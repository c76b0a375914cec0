// PipeReader: the end of a pipe or FIFO from which bytes come.
import type { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { constants } from '../../sys/constants.ts'
import { EAGAIN, EINTR } from '../../sys/errno.ts'
import { must } from '../../sys/error.ts'
import { poll, read } from '../../sys/file.ts'
import type { SyncOptions, WaitOptions } from '../../wait/options.ts'
import { waitSync } from '../../wait/sync.ts'
import { takeTurn } from '../../wait/turn.ts'
import { checkTarget } from '../bytes.ts'
import { adopt } from './adopt.ts'
import { checkMax, chunkOf, memoryFor } from './chunk.ts'
import { PipeEnd } from './end.ts'
import {
  type SpliceOptions,
  type SpliceTarget,
  spliceTo,
  spliceToSync,
  type TeeOptions,
  teeTo,
  teeToSync,
} from './splice.ts'
import { type ReadStreamOptions, readable, readableWeb } from './stream.ts'

/** Options of the reads that give memory of their own. */
export interface ReadOptions {
  /** At most so many bytes; 1 to 2 GiB. Default: 64 KiB. In packet mode what a packet has beyond it is lost. */
  readonly max?: number | undefined
}

/** The reading end of a pipe or FIFO. pipe(7), read(2) */
export class PipeReader extends PipeEnd implements AsyncIterable<Uint8Array> {
  /**
   * Takes over descriptor `fd`, inherited or received; see docs/mechanism/pipe.md, "Handing over". In place of a standard
   * stream (0, 1, 2) it leaves /dev/null behind. NotAPipeError if it is something else; EBADF if it is not open for reading.
   */
  static from(fd: number): PipeReader {
    const { handle, origin } = adopt(fd, 'reader')
    return new PipeReader(handle, origin)
  }

  /**
   * The next bytes, as many as there are, at least one; `null` at the end: all writers have closed. An abort or timeout
   * takes nothing from the pipe.
   */
  read(options?: WaitOptions & ReadOptions): Promise<Uint8Array | null> {
    try {
      const max = options === undefined ? undefined : checkMax(options.max)
      const ready = this.readiness
      if (ready === undefined) return this.calls.read(max ?? 65_536, options)
      let got = 0
      if (options === undefined && ready.pending === 0) {
        const memory = memoryFor(max)
        got = read(this.handle.raw, memory)
        if (got >= 0) return takeTurn(got === 0 ? null : chunkOf(memory, got))
      }
      let chunk: Uint8Array | null = null
      const attempt = (): number => {
        const memory = memoryFor(max)
        const length = this.#attempt(memory)
        if (length > 0) chunk = chunkOf(memory, length)
        return length
      }
      return ready.whenReadable(attempt, options, got === EAGAIN).then(() => chunk)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** As `read`, into memory of yours, which must be left alone until then. Gives how many bytes, `null` at the end. */
  readInto(target: Uint8Array, options?: WaitOptions): Promise<number | null> {
    try {
      checkTarget(target)
      const ready = this.readiness
      if (ready === undefined) return this.#readShared(target, options)
      let got = 0
      if (options === undefined && ready.pending === 0) {
        got = this.quick.read(this.handle.raw, target)
        if (got >= 0) return takeTurn(orEnd(got))
      }
      return ready.whenReadable(() => this.#attempt(target), options, got === EAGAIN).then(orEnd)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** As `read`, without waiting: `undefined` when the pipe is empty and a writer remains. */
  tryRead(options?: ReadOptions): Uint8Array | null | undefined {
    const memory = memoryFor(checkMax(options?.max))
    const got = this.tryReadInto(memory)
    return typeof got === 'number' ? chunkOf(memory, got) : got
  }

  /** As `readInto`, without waiting: `undefined` when the pipe is empty and a writer remains. */
  tryReadInto(target: Uint8Array): number | null | undefined {
    checkTarget(target)
    const got = this.readiness === undefined ? this.#attemptReady(target) : this.#attempt(target)
    return got === EAGAIN ? undefined : orEnd(got)
  }

  /** As `read`, blocking this thread. */
  readSync(options?: SyncOptions & ReadOptions): Uint8Array | null {
    const memory = memoryFor(checkMax(options?.max))
    const got = this.readIntoSync(memory, options)
    return got === null ? null : chunkOf(memory, got)
  }

  /** As `readInto`, blocking this thread. Fastest when given the same memory again and again. */
  readIntoSync(target: Uint8Array, options?: SyncOptions): number | null {
    if (options === undefined && target instanceof Uint8Array) {
      const got = this.quick.read(this.handle.raw, target)
      if (got > 0) return got
    }
    return this.#readSlowly(target, options?.timeout === undefined ? undefined : options)
  }

  /** Chunks until the end. The reader stays open. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (let chunk = await this.read(); chunk !== null; chunk = await this.read()) yield chunk
  }

  /** As a Node stream, which owns this reader from now on: its end, its error and `destroy` close the reader. */
  stream(options?: ReadStreamOptions): Readable {
    return readable(this, options)
  }

  /** As a web stream of bytes (BYOB readers too), which owns this reader from now on: its end and `cancel` close it. */
  webStream(): ReadableStream<Uint8Array> {
    return readableWeb(this)
  }

  /**
   * Moves bytes from this pipe to `target` inside the kernel, splice(2): as many as there are, at most `length`. Gives how
   * many, `null` at the end. EINVAL: a target that cannot be spliced to (a file opened with O_APPEND, some devices).
   */
  spliceTo(target: SpliceTarget, options?: WaitOptions & SpliceOptions): Promise<number | null> {
    return spliceTo(this, target, options)
  }

  /** As `spliceTo`, blocking this thread. */
  spliceToSync(target: SpliceTarget, options?: SyncOptions & SpliceOptions): number | null {
    return spliceToSync(this, target, options)
  }

  /** Copies bytes into another pipe without taking them from this one, tee(2). Gives how many, `null` at the end. */
  teeTo(writer: PipeEnd, options?: WaitOptions & TeeOptions): Promise<number | null> {
    return teeTo(this, writer, options)
  }

  /** As `teeTo`, blocking this thread. */
  teeToSync(writer: PipeEnd, options?: SyncOptions & TeeOptions): number | null {
    return teeToSync(this, writer, options)
  }

  async #readShared(target: Uint8Array, options: WaitOptions | undefined): Promise<number | null> {
    const chunk = await this.calls.read(target.byteLength, options)
    if (chunk !== null) new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(chunk)
    return chunk === null ? null : chunk.length
  }

  #readSlowly(target: Uint8Array, options: SyncOptions | undefined): number | null {
    checkTarget(target)
    const waits = options !== undefined && this.readiness === undefined
    const attempt = waits ? () => this.#attemptReady(target) : () => this.#attempt(target)
    return orEnd(waitSync(this.handle, constants.POLLIN, attempt, options))
  }

  #attempt(target: Uint8Array): number {
    const got = read(this.handle.number, target)
    return got >= 0 || got === EAGAIN || got === EINTR ? got : must(got, 'read', { on: `${this}` })
  }

  /** For a description that blocks: asks first. */
  #attemptReady(target: Uint8Array): number {
    return poll(this.handle.number, constants.POLLIN, 0) === 0 ? EAGAIN : this.#attempt(target)
  }
}

function orEnd(got: number): number | null {
  return got === 0 ? null : got
}
