// Messages over a byte stream, told apart by a framing.
import { EPIPE } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import type { Deadline } from '../../wait/sync.ts'
import { type Closed, sendError } from '../closed.ts'
import type { FramingName } from '../framing/framing.ts'
import { END, NONE, type Transport, type TransportCounters, type TransportListener } from '../transport.ts'
import { type ByteStream, pollEither } from './byte-stream.ts'
import { framerFor } from './framer.ts'
import { Line } from './line.ts'
import { LONGEST } from './outbound.ts'

export interface StreamOptions {
  readonly framing: FramingName
  /** Bytes of the longest message, sent or received. */
  readonly limit: number
}

export class StreamTransport implements Transport {
  readonly inPlace = true
  readonly longest: number
  readonly limit: number
  readonly #line: Line

  constructor(stream: ByteStream, { framing, limit }: StreamOptions) {
    this.limit = limit
    this.longest = Math.min(LONGEST, limit)
    this.#line = new Line(stream, framerFor(framing, limit))
  }

  get label(): string {
    return this.#line.stream.label
  }

  get peer(): ByteStream['peer'] {
    return this.#line.stream.peer
  }

  get over(): Closed | undefined {
    return this.#line.over
  }

  get listener(): TransportListener | undefined {
    return this.#line.listener
  }

  set listener(listener: TransportListener | undefined) {
    this.#line.listener = listener
  }

  get left(): number {
    return this.#line.inbound.left
  }

  get counters(): TransportCounters {
    const { outbound, inbound, waits } = this.#line
    return {
      sent: { messages: outbound.messages, bytes: outbound.bytes, waits: waits.sent, wakes: 0 },
      received: { messages: inbound.messages, bytes: inbound.bytes, waits: waits.received, wakes: 0 },
    }
  }

  trySend(message: Uint8Array): boolean {
    const { outbound } = this.#sendable()
    if (!outbound.push(message) && !(this.#makeRoom() && outbound.push(message))) return false
    this.#line.sent()
    return true
  }

  trySendBatch(packed: Uint8Array, each: number): boolean {
    const { outbound } = this.#sendable()
    if (!outbound.pushAll(packed, each) && !(this.#makeRoom() && outbound.pushAll(packed, each))) return false
    this.#line.sent()
    return true
  }

  trySendPart(message: Uint8Array, from: number): number {
    const { outbound } = this.#sendable()
    let at = from
    for (let before = -1; before < at && at < message.length; this.#makeRoom()) {
      before = at
      at = outbound.pushPart(message, at)
    }
    this.#line.sent()
    return at
  }

  reserve(length: number): Uint8Array | undefined {
    const { outbound } = this.#sendable()
    return outbound.reserve(length) ?? (this.#makeRoom() ? outbound.reserve(length) : undefined)
  }

  commit(length: number): void {
    try {
      this.#sendable().outbound.commit(length)
      this.#line.sent()
    } finally {
      this.abort()
    }
  }

  abort(): void {
    this.#line.outbound.abort()
    this.#line.freed()
  }

  flush(): void {
    this.#line.write()
  }

  next(): number {
    const length = this.#line.pull()
    return length === NONE && this.#line.heard ? END : length
  }

  copyTo(target: Uint8Array): void {
    this.#line.inbound.copyTo(target)
  }

  copy(): Uint8Array {
    return this.#line.inbound.copy()
  }

  view(messages?: number): Uint8Array {
    return this.#line.inbound.view(messages)
  }

  hold(): () => void {
    return this.#line.inbound.hold()
  }

  advance(messages?: number): void {
    this.#line.inbound.advance(messages)
  }

  want(receive: boolean, room: number): void {
    this.#line.want(receive, room)
  }

  waitSync(room: number, deadline: Deadline): void {
    const line = this.#line
    const { stream, outbound } = line
    if (room > 0 && outbound.loaned) throw new Error(`${this.label}: commit or abort the loan first`)
    for (;;) {
      line.write()
      if (room > 0 ? line.deaf || outbound.hasRoom(room) : this.next() !== NONE) return
      const output = room > 0 || outbound.pending > 0 ? stream.output : undefined
      pollEither({ label: this.label, input: room > 0 ? undefined : stream.input, output }, deadline)
    }
  }

  ref(): void {
    this.#line.keepsAlive = true
  }

  unref(): void {
    this.#line.keepsAlive = false
  }

  close(): void {
    this.#line.leave()
  }

  #sendable(): Line {
    const line = this.#line
    if (line.over !== undefined) throw sendError(line.over, this.label)
    if (!line.deaf) return line
    const hint = line.stream.output === undefined ? 'It is for receiving only.' : 'The peer receives no more.'
    throw new SysError(EPIPE, 'send', { on: this.label, hint })
  }

  /** Lets the kernel take what is pending; false if a message is being written in place, which no room would change. */
  #makeRoom(): boolean {
    this.#line.write()
    return !this.#line.outbound.loaned && !this.#line.deaf
  }
}
