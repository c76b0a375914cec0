// PipeWriter: the end of a pipe or FIFO into which bytes go.
import type { Writable } from 'node:stream'
import type { WritableStream } from 'node:stream/web'
import { constants } from '../../sys/constants.ts'
import { EAGAIN, EINTR } from '../../sys/errno.ts'
import { must } from '../../sys/error.ts'
import { write } from '../../sys/file.ts'
import type { SyncOptions, WaitOptions } from '../../wait/options.ts'
import { waitSync } from '../../wait/sync.ts'
import { type Bytes, bytesOf } from '../bytes.ts'
import { adopt } from './adopt.ts'
import { PipeEnd } from './end.ts'
import { type SpliceInOptions, type SpliceSource, spliceIn, spliceInSync } from './splice.ts'
import { writableStream, writableWebStream } from './stream.ts'

/** The writing end of a pipe or FIFO. pipe(7), write(2) */
export class PipeWriter extends PipeEnd {
  static from(fd: number): PipeWriter {
    return adopt(fd, 'pipe writer', PipeWriter)
  }

  /** Writes all of `data`, waiting for room. Gives its length in bytes. EPIPE once the last reader has closed. */
  write(data: Bytes, options?: WaitOptions): Promise<number> {
    try {
      const bytes = bytesOf(data)
      let done = 0
      const attempt = (): number => {
        const put = this.#attempt(bytes, done)
        if (put < 0) return put
        done += put
        return done === bytes.length ? done : EAGAIN
      }
      return this.readiness.whenWritable(attempt, options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Writes what fits now and gives its length; `undefined` when nothing does. Up to PIPE_BUF (4096) bytes: all or nothing. */
  tryWrite(data: Bytes): number | undefined {
    const bytes = bytesOf(data)
    this.readiness.makeNonblocking()
    const put = this.#attempt(bytes, 0)
    return put === EAGAIN ? undefined : put
  }

  writeSync(data: Bytes, options?: SyncOptions): number {
    const bytes = bytesOf(data)
    let done = 0
    if (options === undefined) {
      done = write(this.handle.raw, bytes)
      if (done === bytes.length) return done
      if (done < 0) done = 0
    }
    return this.#writeSlowly(bytes, done, options)
  }

  stream(): Writable {
    return writableStream(this)
  }

  webStream(): WritableStream<Uint8Array> {
    return writableWebStream(this)
  }

  spliceFrom(source: SpliceSource, options?: WaitOptions & SpliceInOptions): Promise<number | null> {
    return spliceIn(this, source, options)
  }

  spliceFromSync(source: SpliceSource, options?: SyncOptions & SpliceInOptions): number | null {
    return spliceInSync(this, source, options)
  }

  #writeSlowly(bytes: Uint8Array, from: number, options: SyncOptions | undefined): number {
    let done = from
    if (options?.timeout !== undefined) this.readiness.makeNonblocking()
    const attempt = (): number => {
      const put = this.#attempt(bytes, done)
      if (put < 0) return put
      done += put
      return done === bytes.length ? done : EAGAIN
    }
    return waitSync(this.handle, constants.POLLOUT, attempt, options)
  }

  #attempt(bytes: Uint8Array, from: number): number {
    const fd = this.handle.number
    const put = from === 0 ? write(fd, bytes) : write(fd, bytes, from)
    return put >= 0 || put === EAGAIN || put === EINTR ? put : must(put, 'write', { on: `${this}` })
  }
}
