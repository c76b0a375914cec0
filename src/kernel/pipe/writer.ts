// PipeWriter: the end of a pipe or FIFO into which bytes go.
import type { Writable } from 'node:stream'
import type { WritableStream } from 'node:stream/web'
import { constants } from '../../sys/constants.ts'
import { EAGAIN, EBUSY, EINTR } from '../../sys/errno.ts'
import { must, SysError } from '../../sys/error.ts'
import { poll, write } from '../../sys/file.ts'
import { checkOptions, type SyncOptions, type WaitOptions } from '../../wait/options.ts'
import { waitSync } from '../../wait/sync.ts'
import { takeTurn } from '../../wait/turn.ts'
import { type Bytes, bytesOf } from '../bytes.ts'
import type { Mapping } from '../mapping.ts'
import type { Part } from '../mapping-views.ts'
import { adopt } from './adopt.ts'
import { drained } from './drain.ts'
import { PipeEnd } from './end.ts'
import { Progress } from './progress.ts'
import { type SpliceInOptions, type SpliceTarget, spliceFrom, spliceFromSync } from './splice.ts'
import { type WriteStreamOptions, writable, writableWeb } from './stream.ts'
import { vmsplice } from './vmsplice.ts'
import { WriteBatch } from './write-batch.ts'

/** The writing end of a pipe or FIFO. pipe(7), write(2) */
export class PipeWriter extends PipeEnd {
  readonly #batch = new WriteBatch((bytes) => this.#send(bytes))

  /**
   * Takes over descriptor `fd`, inherited or received; see docs/mechanism/pipe.md, "Handing over". In place of a standard
   * stream (0, 1, 2) it leaves /dev/null behind. NotAPipeError if it is something else; EBADF if it is not open for writing.
   */
  static from(fd: number): PipeWriter {
    const { handle, origin } = adopt(fd, 'writer')
    return new PipeWriter(handle, origin)
  }

  /**
   * Writes all of `data`, waiting for room, and gives its length in bytes; `data` must be left alone until then. Several
   * writes go out in the order in which they were called, never mixed; up to PIPE_BUF (4096) bytes are not mixed with
   * those of other processes either. EPIPE: the last reader has closed. One that ends when a part is out rejects with
   * PartialWriteError.
   */
  write(data: Bytes, options?: WaitOptions): Promise<number> {
    try {
      const bytes = bytesOf(data)
      if (options !== undefined) {
        this.flush()
        return this.#write(bytes, 0, options)
      }
      if (this.#batch.takes(bytes.length)) return this.#batch.add(bytes)
      this.flush()
      return this.#send(bytes)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * Writes what there is room for now and gives how many bytes that was; `undefined` if none. Up to PIPE_BUF (4096)
   * bytes: all or nothing.
   */
  tryWrite(data: Bytes): number | undefined {
    const bytes = bytesOf(data)
    this.flush()
    if (this.waiting > 0) return undefined
    const put = this.readiness === undefined ? this.#stepReady(bytes, 0) : this.#step(bytes, 0)
    return put === EAGAIN ? undefined : put
  }

  /**
   * As `write`, blocking this thread. Fastest when given the same memory again and again. EBUSY while a `write` waits for
   * room: its bytes would be torn apart.
   */
  writeSync(data: Bytes, options?: SyncOptions): number {
    const bytes = data instanceof Uint8Array ? data : bytesOf(data)
    this.flush()
    if (this.waiting > 0) throw this.#busy()
    let done = 0
    if (options === undefined) {
      done = this.quick.write(this.handle.raw, bytes)
      if (done === bytes.length) return done
      if (done < 0) done = 0
    }
    return this.#writeSlowly(bytes, done, options?.timeout === undefined ? undefined : options)
  }

  /** Resolves when everything has been taken out of the pipe, or nobody is left to take it. Asks every few ms. */
  drained(options?: WaitOptions): Promise<void> {
    return drained(this.handle, options)
  }

  /** As a Node stream, which owns this writer from now on: its end, its error and `destroy` close the writer. */
  stream(options?: WriteStreamOptions): Writable {
    return writable(this, options)
  }

  /** As a web stream, which owns this writer from now on: `close` and `abort` close it. */
  webStream(): WritableStream<Bytes> {
    return writableWeb(this)
  }

  /**
   * Moves bytes from `source` into this pipe inside the kernel, splice(2): as many as there are and as there is room for,
   * at most `length`. Gives how many, `null` at the source's end. A file is read on a waiting thread.
   */
  spliceFrom(source: SpliceTarget, options?: WaitOptions & SpliceInOptions): Promise<number | null> {
    return spliceFrom(this, source, options)
  }

  /** As `spliceFrom`, blocking this thread. */
  spliceFromSync(source: SpliceTarget, options?: SyncOptions & SpliceInOptions): number | null {
    return spliceFromSync(this, source, options)
  }

  /**
   * Lays the pages of a mapping into the pipe instead of copying them, vmsplice(2), and gives how many bytes that was: all
   * of the part. The mapping is held, so that it cannot be closed, until the pipe is drained or this end is closed; what
   * is written to it before that, the reader may see.
   */
  vmsplice(mapping: Mapping, options?: WaitOptions & Part): Promise<number> {
    return vmsplice(this, mapping, options)
  }

  /** Sends the small writes that were collected. */
  protected override flush(): void {
    this.#batch.flush()
  }

  #send(bytes: Uint8Array): Promise<number> {
    const ready = this.readiness
    if (ready === undefined || ready.pending > 0) return this.#write(bytes, 0, undefined)
    const done = this.quick.write(this.handle.raw, bytes)
    if (done !== bytes.length) return this.#write(bytes, Math.max(done, 0), undefined)
    if (!this.packetMode) this.#batch.begin()
    return takeTurn(done)
  }

  #write(bytes: Uint8Array, done: number, options: WaitOptions | undefined): Promise<number> {
    const progress = new Progress(bytes.length, (from) => this.#step(bytes, from), done)
    const writing =
      this.readiness?.whenWritable(progress.attempt, options) ?? this.calls.write(bytes, progress, options)
    return writing.catch((error) => {
      throw progress.failure(error)
    })
  }

  #busy(): SysError {
    return new SysError(EBUSY, 'write', {
      on: `${this}`,
      hint: 'Writes wait on it: await or abort them first.',
    })
  }

  #writeSlowly(bytes: Uint8Array, done: number, options: SyncOptions | undefined): number {
    checkOptions(options)
    const waits = options !== undefined && this.readiness === undefined
    const step = waits
      ? (from: number) => this.#stepReady(bytes, from)
      : (from: number) => this.#step(bytes, from)
    const progress = new Progress(bytes.length, step, done)
    try {
      for (;;) {
        const result = waitSync(this.handle, constants.POLLOUT, progress.attempt, options)
        if (result >= 0) return result
      }
    } catch (error) {
      throw progress.failure(error)
    }
  }

  #step(bytes: Uint8Array, from: number): number {
    const fd = this.handle.number
    const put = from === 0 ? write(fd, bytes) : write(fd, bytes, from)
    return put >= 0 || put === EAGAIN || put === EINTR ? put : must(put, 'write', { on: `${this}` })
  }

  /** For a description that blocks: asks first, and writes no more than there is room for then. */
  #stepReady(bytes: Uint8Array, from: number): number {
    const fd = this.handle.number
    if (poll(fd, constants.POLLOUT, 0) === 0) return EAGAIN
    const put = write(fd, bytes, from, Math.min(bytes.length - from, constants.PIPE_BUF))
    return put >= 0 || put === EAGAIN || put === EINTR ? put : must(put, 'write', { on: `${this}` })
  }
}
