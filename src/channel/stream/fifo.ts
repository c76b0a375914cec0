// Channels over FIFOs. `fifo:/path` is two of them: /path, into which the one who connects writes, and /path.back for the
// other direction. Foreign programs need not know the second: `echo hello > /path` is a channel that only receives, and
// connecting to a FIFO without a second one, which `cat /path` reads, one that only sends.
import { lstatSync } from 'node:fs'
import type { AddressOf } from '../../address/address.ts'
import { Fifo } from '../../kernel/fifo.ts'
import { insides } from '../../kernel/pipe/end.ts'
import type { PipeReader } from '../../kernel/pipe/reader.ts'
import type { PipeWriter } from '../../kernel/pipe/writer.ts'
import { constants } from '../../sys/constants.ts'
import { EADDRINUSE, EBUSY, ENOENT, ENXIO } from '../../sys/errno.ts'
import { closedError, SysError } from '../../sys/error.ts'
import { flock } from '../../sys/file-lock.ts'
import { onGiveUp, type WaitOptions } from '../../wait/options.ts'
import type { ByteStream } from './byte-stream.ts'
import { pipeStream } from './pipe.ts'
import { DISCONNECT, READABLE, Watch } from './watch.ts'

type FifoAddress = AddressOf<'fifo'>

const back = (path: string): string => `${path}.back`

/** What a call gives, or nothing when it fails with one of these errors. */
function unless<R>(errors: readonly number[], call: () => R): R | undefined {
  try {
    return call()
  } catch (error) {
    if (error instanceof SysError && errors.includes(error.errno)) return undefined
    throw error
  }
}

/** ENOENT: no such FIFO. ENXIO: nobody reads it. EBUSY: another process is connected. */
export function connectFifo({ path, options }: FifoAddress, label: string): ByteStream {
  // First the way back, so that whoever accepts us finds it open.
  const reader = unless([ENOENT], () => Fifo.open(back(path)).tryOpenReader())
  let writer: PipeWriter | undefined
  try {
    writer = Fifo.open(path).tryOpenWriter()
    if (flock(writer.fd, constants.LOCK_EX | constants.LOCK_NB) < 0) {
      throw new SysError(EBUSY, 'flock', { path, hint: 'Another process is connected to it.' })
    }
    if (options.capacity !== undefined) writer.capacity = options.capacity
    return pipeStream({ reader, writer }, label)
  } catch (error) {
    reader?.close()
    writer?.close()
    throw error
  }
}

/** Listens at a FIFO, for one at a time. */
export class FifoStreams {
  readonly address: FifoAddress
  readonly #label: string
  readonly #there: Fifo
  readonly #made: readonly [path: string, identity: string | undefined][]
  readonly #ended = new AbortController()
  /** Waits for somebody who writes, from the beginning on: otherwise connecting would be ENXIO. */
  #opening: Promise<PipeReader> | undefined
  #previous: Promise<void> | undefined
  #keepsAlive = true

  /** EADDRINUSE: somebody reads it already. */
  constructor(address: FifoAddress, label: string) {
    const { path } = address
    const paths = [back(path), path]
    const before = paths.map(identity)
    const { mode } = address.options
    const [, there] = paths.map((each) => Fifo.openOrCreate(each, mode === undefined ? {} : { mode }))
    this.address = address
    this.#label = label
    this.#there = there as Fifo
    this.#made = paths.filter((_, i) => before[i] === undefined).map((each) => [each, identity(each)])
    const other = unless([ENXIO], () => this.#there.tryOpenWriter())
    other?.close()
    if (other !== undefined) throw new SysError(EADDRINUSE, 'open', { path, hint: 'Somebody reads it.' })
    this.#begin()
  }

  async accept(options?: WaitOptions): Promise<ByteStream> {
    const alive = this.#keepsAlive ? setInterval(() => {}, 2 ** 30) : undefined
    try {
      for (;;) {
        const opening = this.#begin()
        const reader = await unlessGivenUp(opening, options, this.#label)
        if (this.#opening === opening) return this.#taken(reader)
      }
    } finally {
      clearInterval(alive)
    }
  }

  /** From the next `accept` on. */
  ref(): void {
    this.#keepsAlive = true
  }

  unref(): void {
    this.#keepsAlive = false
  }

  /** Stops listening, and removes the FIFOs if they were made here. */
  close(): void {
    if (this.#ended.signal.aborted) return
    for (const [path, made] of this.#made) if (identity(path) === made) Fifo.open(path).unlink()
    this.#ended.abort(closedError('accept', `listener ${this.#label}`))
    this.#opening?.then((reader) => reader.close()).catch(() => {})
  }

  #begin(): Promise<PipeReader> {
    if (this.#opening === undefined) {
      this.#opening = this.#previous === undefined ? this.#open() : this.#previous.then(() => this.#open())
      this.#opening.catch(() => {}) // told to who accepts
    }
    return this.#opening
  }

  /**
   * Waits until somebody opens it for writing. A thread that opens it for reading waits for that; until it does, `first` keeps
   * writers from finding nobody, and notices the one who has come and gone meanwhile.
   */
  async #open(): Promise<PipeReader> {
    const { signal } = this.#ended
    signal.throwIfAborted()
    const first = this.#there.tryOpenReader()
    const came = new AbortController()
    const watch = new Watch(insides(first).handle, () => came.abort())
    watch.expect(READABLE | DISCONNECT, false)
    try {
      const either = AbortSignal.any([signal, came.signal])
      const second = await this.#there.openReader({ signal: either, ref: false })
      first.close()
      return second
    } catch (error) {
      watch.end()
      if (came.signal.aborted && !signal.aborted) return first
      first.close()
      throw error
    }
  }

  #taken(reader: PipeReader): ByteStream {
    this.#opening = undefined
    // Whoever only writes, as `echo` does, has not opened the way back.
    const writer = unless([ENXIO, ENOENT], () => Fifo.open(back(this.address.path)).tryOpenWriter())
    const { capacity } = this.address.options
    if (capacity !== undefined && writer !== undefined) writer.capacity = capacity
    const stream = pipeStream({ reader, writer }, this.#label)
    // Two who read one FIFO would take each other's bytes.
    this.#previous = new Promise((resolve) => stream.input?.beforeClose(resolve))
    this.#begin()
    return stream
  }
}

function identity(path: string): string | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  return stat && `${stat.dev} ${stat.ino} ${stat.birthtimeMs}`
}

async function unlessGivenUp<R>(
  promise: Promise<R>,
  options: WaitOptions | undefined,
  label: string,
): Promise<R> {
  let callOff = (): void => {}
  const givenUp = new Promise<never>((_, reject) => {
    callOff = onGiveUp(options, `accepting from ${label}`, reject)
  })
  return Promise.race([promise, givenUp]).finally(callOff)
}
