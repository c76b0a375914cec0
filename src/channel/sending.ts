// The sending half of a channel: values become messages, in the order of the calls, waiting where there is no room.
import { checkOptions, onGiveUp, type SyncOptions, type WaitOptions } from '../wait/options.ts'
import { type Deadline, deadlineOf } from '../wait/sync.ts'
import { takeTurn } from '../wait/turn.ts'
import { type Closed, sendError } from './closed.ts'
import type { Codec } from './codec.ts'
import type { Lane, Outgoing } from './transport.ts'

/** Who waits for room: with a message to send, or without. */
interface Waiting {
  readonly message: Uint8Array | undefined
  readonly room: number
  /** Bytes of the message that are on their way: one longer than `longest` goes in parts. */
  sent: number
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
  callOff: () => void
}

const nothing = (): void => {}

// Of one who only waits for those before.
const NO_ROOM = -1

// Room first asked for to encode a value in place. It grows with what is sent.
const FIRST_GUESS = 512

export class Sending<T> {
  readonly #transport: Outgoing & Lane
  readonly #codec: Codec<T>
  readonly #changed: () => void
  readonly #queue: Waiting[] = []
  readonly #direct: boolean
  #guess: number

  /** `changed` is called when there is something else to wait for. */
  constructor(transport: Outgoing & Lane, codec: Codec<T>, changed: () => void) {
    this.#transport = transport
    this.#codec = codec
    this.#changed = changed
    this.#direct = transport.inPlace && codec.encodeInto !== undefined
    this.#guess = Math.min(FIRST_GUESS, transport.longest)
  }

  /** Bytes of room that are waited for; 0 when nobody waits. */
  get room(): number {
    const [first] = this.#queue
    return first === undefined ? 0 : Math.max(1, Math.min(first.room, this.#transport.longest))
  }

  trySend(value: T): boolean {
    if (this.#queue.length > 0) return false
    if (this.#direct && this.#encodeInPlace(value)) return true
    return this.#transport.trySend(this.fitting(this.#codec.encode(value)))
  }

  /** As `trySend`, for whoever has bytes already. */
  tryBatch(packed: Uint8Array, each: number): boolean {
    return this.#queue.length === 0 && this.#transport.trySendBatch(this.fitting(packed), each)
  }

  /** `bytes`, which are not too many to be sent at once. */
  fitting(bytes: Uint8Array): Uint8Array {
    const { longest, label } = this.#transport
    if (bytes.length <= longest) return bytes
    throw new RangeError(
      `${label}: ${bytes.length} bytes; at most ${longest} go at once: use send, or more capacity`,
    )
  }

  send(value: T, options: WaitOptions | undefined): Promise<void> {
    try {
      if (options !== undefined) checkOptions(options)
      const free = this.#queue.length === 0
      if (free && this.#direct && this.#encodeInPlace(value)) return takeTurn(undefined)
      const message = this.#codec.encode(value)
      const whole = message.length <= this.#transport.longest
      if (free && whole && this.#transport.trySend(message)) return takeTurn(undefined)
      return this.#wait(this.#codec.scratch ? message.slice() : message, message.length, options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Resolves when a message of `length` bytes probably has room. */
  writable(length: number, options: WaitOptions | undefined): Promise<void> {
    try {
      checkOptions(options)
      return this.#wait(undefined, length, options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  sendSync(value: T, options: SyncOptions | undefined): void {
    const deadline = deadlineOf(options)
    const message = this.#codec.encode(value)
    const free = this.#queue.length === 0 && message.length <= this.#transport.longest
    if (free && this.#transport.trySend(message)) this.#transport.flush()
    else this.#sendWaiting(message, deadline)
  }

  #sendWaiting(message: Uint8Array, deadline: Deadline): void {
    const entry = this.#entry(message, message.length)
    this.#waitUntil(() => this.#queue.length === 0 || this.pump() === 0, message.length, deadline)
    try {
      this.#waitUntil(() => this.#handOver(entry), message.length, deadline)
    } catch (error) {
      // What has been begun is sent whole, later: nothing behind it could be told apart otherwise.
      if (entry.sent > 0) this.#push({ ...entry, message: message.slice() })
      throw error
    }
    this.#transport.flush()
  }

  /** Sends what waits as far as there is room, and gives how much still waits. */
  pump(): number {
    try {
      for (let first = this.#queue[0]; first !== undefined && this.#handOver(first); first = this.#queue[0]) {
        this.#queue.shift()
        first.callOff()
        first.resolve()
      }
    } catch (error) {
      this.#fail(error)
    }
    return this.#queue.length
  }

  /** Resolves when nothing waits for room any more. */
  async drained(options: WaitOptions | undefined): Promise<void> {
    if (this.#queue.length > 0) await this.#wait(undefined, NO_ROOM, options)
  }

  /** Rejects everything that waits. */
  end(closed: Closed): void {
    if (this.#queue.length > 0) this.#fail(sendError(closed, this.#transport.label))
  }

  #fail(error: unknown): void {
    for (const waiting of this.#queue.splice(0)) {
      waiting.callOff()
      waiting.reject(error)
    }
  }

  /** Encodes straight into the transport's memory. False: it did not fit where we looked, or there was no room. */
  #encodeInPlace(value: T): boolean {
    const place = this.#transport.reserve(this.#guess)
    if (place === undefined) return false
    let length = -1
    try {
      length = this.#codec.encodeInto?.(value, place) ?? -1
    } finally {
      if (length < 0) this.#transport.abort()
    }
    if (length < 0) {
      this.#guess = Math.min(this.#guess * 2, this.#transport.longest >>> 2)
      return false
    }
    this.#transport.commit(length)
    return true
  }

  /** True once all of it is on its way. */
  #handOver(entry: Waiting): boolean {
    const { message } = entry
    if (message === undefined) return entry.room === NO_ROOM || this.#hasRoom(entry.room)
    if (message.length <= this.#transport.longest) return this.#transport.trySend(message)
    entry.sent = this.#transport.trySendPart(message, entry.sent)
    return entry.sent === message.length
  }

  #hasRoom(length: number): boolean {
    const place = this.#transport.reserve(Math.min(length, this.#transport.longest))
    if (place !== undefined) this.#transport.abort()
    return place !== undefined
  }

  #waitUntil(done: () => boolean, length: number, deadline: Deadline): void {
    const room = Math.max(1, Math.min(length, this.#transport.longest))
    while (!done()) {
      this.#transport.waitSync(room, deadline)
    }
  }

  #entry(message: Uint8Array | undefined, room: number): Waiting {
    return { message, room, sent: 0, resolve: nothing, reject: nothing, callOff: nothing }
  }

  #push(entry: Waiting): void {
    this.#queue.push(entry)
    this.#changed()
  }

  #wait(message: Uint8Array | undefined, room: number, options: WaitOptions | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry: Waiting = { ...this.#entry(message, room), resolve, reject }
      entry.callOff = onGiveUp(options, `sending on ${this.#transport.label}`, (reason) => {
        entry.callOff()
        // A message that has been begun goes on its way even so; its bytes are the caller's again.
        const rest = entry.sent > 0 && message !== undefined ? [{ ...entry, message: message.slice() }] : []
        this.#queue.splice(this.#queue.indexOf(entry), 1, ...rest)
        this.#changed()
        reject(reason)
      })
      this.#queue.push(entry)
      this.pump() // the parts that fit go now, and an end is noticed
      this.#changed()
    })
  }
}
