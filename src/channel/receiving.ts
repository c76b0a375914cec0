// The receiving half of a channel: messages become values, each for one of those who wait, in the order of the calls.
import { checkOptions, onGiveUp, type SyncOptions, type WaitOptions } from '../wait/options.ts'
import { deadlineOf } from '../wait/sync.ts'
import { takeTurn } from '../wait/turn.ts'
import { endOf } from './closed.ts'
import { BadMessageError, type Codec } from './codec.ts'
import { type Incoming, type Lane, NONE } from './transport.ts'

/** Takes what it waits for, if it is there: `undefined` means wait on. */
type Take<R> = () => R | undefined

interface Waiting {
  /** Tries once; false means wait on. */
  readonly attempt: () => boolean
  readonly reject: (reason: unknown) => void
  callOff: () => void
}

// Private copies for the decoder are made in the same place again and again, unless they are long.
const SCRATCH = 4096
const LONG = 2 ** 20

export class Receiving<T> {
  readonly #transport: Incoming & Lane
  readonly #codec: Codec<T>
  readonly #changed: () => void
  readonly #queue: Waiting[] = []
  #scratch = new Uint8Array(0)

  /** `changed` is called when there is something else to wait for. */
  constructor(transport: Incoming & Lane, codec: Codec<T>, changed: () => void) {
    this.#transport = transport
    this.#codec = codec
    this.#changed = changed
  }

  /** How many wait. */
  get waiting(): number {
    return this.#queue.length
  }

  /** The next value; `null` at the end, `undefined` when nothing is there. For one who need not wait behind others. */
  readonly take: Take<T | null> = () => {
    const length = this.#transport.next()
    if (length < 0) return length === NONE ? undefined : this.#end()
    return this.#decode(length)
  }

  /** As `take`, into memory of the caller's. RangeError: it is too short; the message stays. */
  takeInto(target: Uint8Array): number | null | undefined {
    const transport = this.#transport
    const length = transport.next()
    if (length < 0) return length === NONE ? undefined : this.#end()
    if (length > target.length) {
      throw new RangeError(`target has ${target.length} bytes, the message ${length}: receive into more`)
    }
    transport.copyTo(target)
    transport.advance()
    return length
  }

  /** Runs `take` until it gives something, waiting behind those who came before. */
  receive<R>(take: Take<R>, options: WaitOptions | undefined): Promise<R> {
    try {
      if (options !== undefined) checkOptions(options)
      if (this.#queue.length === 0) {
        const taken = take()
        if (taken !== undefined) return takeTurn(taken)
      }
      return this.#wait(take, options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** As `receive`, blocking this thread. */
  receiveSync<R>(take: Take<R>, options: SyncOptions | undefined): R {
    const deadline = deadlineOf(options)
    for (;;) {
      const taken = this.#queue.length === 0 ? take() : undefined
      if (taken !== undefined) return taken
      this.#transport.waitSync(0, deadline)
      this.pump()
    }
  }

  /** Resolves when there is a message, or the end. */
  async readable(options: WaitOptions | undefined): Promise<void> {
    await this.receive(() => (this.#transport.next() === NONE ? undefined : true), options)
  }

  /** Gives those who wait what there is. */
  pump(): void {
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      if (!first.attempt()) return
      this.#queue.shift()
      first.callOff()
    }
  }

  /** Rejects all who wait: this side has closed the channel. */
  abandon(error: unknown): void {
    for (const waiting of this.#queue.splice(0)) {
      waiting.callOff()
      waiting.reject(error)
    }
  }

  #end(): null {
    const { over, label } = this.#transport
    return over === undefined ? null : endOf(over, label)
  }

  #decode(length: number): T {
    const transport = this.#transport
    const codec = this.#codec
    // A decoder never reads memory that the peer can change meanwhile.
    const message = codec.keeps ? transport.copy() : this.#copied(length)
    transport.advance()
    let value: T
    try {
      value = codec.decode(message)
    } catch (error) {
      throw new BadMessageError(transport.label, codec.name, error)
    }
    if (value !== undefined && value !== null) return value
    throw new BadMessageError(transport.label, codec.name, `${value} means something else here`)
  }

  #copied(length: number): Uint8Array {
    if (length > LONG) return this.#transport.copy()
    if (length > this.#scratch.length) this.#scratch = new Uint8Array(Math.max(SCRATCH, 2 * length))
    const target = this.#scratch.subarray(0, length)
    this.#transport.copyTo(target)
    return target
  }

  #wait<R>(take: Take<R>, options: WaitOptions | undefined): Promise<R> {
    return new Promise((resolve, reject) => {
      const attempt = (): boolean => {
        try {
          const taken = take()
          if (taken === undefined) return false
          resolve(taken)
        } catch (error) {
          reject(error)
        }
        return true
      }
      const waiting: Waiting = { attempt, reject, callOff: () => {} }
      waiting.callOff = onGiveUp(options, `receiving from ${this.#transport.label}`, (reason) => {
        waiting.callOff()
        this.#queue.splice(this.#queue.indexOf(waiting), 1)
        this.#changed()
        reject(reason)
      })
      this.#queue.push(waiting)
      this.#changed()
    })
  }
}
