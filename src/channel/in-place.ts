// Messages written and read where they lie, and many at once.
import { endOf } from './closed.ts'
import type { Sending } from './sending.ts'
import { END, type Incoming, type Lane, NONE, type Outgoing } from './transport.ts'

/** Room for a message. Write into `bytes`, then `commit` or `abort`; disposing of it aborts. */
export class Loan {
  /** Where the message is written. Do not touch it after `commit` or `abort`: it is another message's by then. */
  readonly bytes: Uint8Array
  readonly #transport: Outgoing
  #over = false

  private constructor(transport: Outgoing, bytes: Uint8Array) {
    this.#transport = transport
    this.bytes = bytes
  }

  /** For Channel. */
  static from<T>(transport: Outgoing, sending: Sending<T>, length: number): Loan | undefined {
    if (!Number.isInteger(length) || length < 0 || length > transport.longest) {
      throw new RangeError(`length must be 0 to ${transport.longest} bytes, not ${length}`)
    }
    const bytes = sending.room > 0 ? undefined : transport.reserve(length)
    return bytes === undefined ? undefined : new Loan(transport, bytes)
  }

  /** Sends the first `length` bytes (default: all). */
  commit(length: number = this.bytes.length): void {
    if (this.#over) throw new Error('the loan was committed or aborted before')
    if (!Number.isInteger(length) || length < 0 || length > this.bytes.length) {
      throw new RangeError(`length must be 0 to ${this.bytes.length} bytes, not ${length}`)
    }
    this.#over = true
    this.#transport.commit(length)
  }

  /** Gives the room back; nothing is sent. Idempotent. */
  abort(): void {
    if (this.#over) return
    this.#over = true
    this.#transport.abort()
  }

  [Symbol.dispose](): void {
    this.abort()
  }
}

/** A message where it lies. Its room belongs to the peer again after `release`; disposing of it releases. */
export class View {
  /** The message. The peer can change it meanwhile: check what you read from a peer that you do not trust. */
  readonly bytes: Uint8Array
  readonly #release: () => void
  #over = false

  private constructor(bytes: Uint8Array, release: () => void) {
    this.bytes = bytes
    this.#release = release
  }

  /** For Channel. */
  static take(transport: Incoming & Lane): View | null | undefined {
    const length = transport.next()
    if (length === NONE) return undefined
    if (length === END) return endOf(transport.over ?? { reason: 'peer-closed' }, transport.label)
    const view = new View(transport.view(), transport.hold())
    transport.advance()
    return view
  }

  /** Gives the room back. Idempotent. */
  release(): void {
    if (this.#over) return
    this.#over = true
    this.#release()
  }

  [Symbol.dispose](): void {
    this.release()
  }
}

/** Messages of one length, one behind the other. */
export class Packed {
  /** The messages: the beginning of the target. */
  readonly bytes: Uint8Array
  /** How many. */
  readonly count: number
  /** Bytes of each. */
  readonly size: number

  private constructor(bytes: Uint8Array, count: number, size: number) {
    this.bytes = bytes
    this.count = count
    this.size = size
  }

  /** For Channel. `single` takes one message into the target. */
  static take(
    transport: Incoming,
    target: Uint8Array,
    single: () => number | null | undefined,
  ): Packed | null | undefined {
    const size = transport.next()
    const { left } = transport
    if (size <= 0 || size > target.length || left === 1) {
      const taken = single()
      return typeof taken === 'number' ? new Packed(target.subarray(0, taken), 1, taken) : taken
    }
    const count = Math.min(left, Math.floor(target.length / size))
    target.set(transport.view(count))
    transport.advance(count)
    return new Packed(target.subarray(0, count * size), count, size)
  }
}
