import type { PeerCredentials } from '../../kernel/socket/credentials.ts'
import type { Deadline } from '../../wait/sync.ts'
import { type Closed, PeerDiedError, sendError } from '../closed.ts'
import { CorruptPeerError } from '../corrupt.ts'
import { END, NONE, type Transport, type TransportCounters, type TransportListener } from '../transport.ts'
import { countersOf, type Ends } from './counters.ts'
import { endAtExit } from './exit.ts'
import { Inbound } from './inbound.ts'
import { ringOffset } from './layout.ts'
import { Lifeline } from './lifeline.ts'
import type { Meeting } from './meeting.ts'
import { ringMemory } from './memory.ts'
import { sendParts } from './parts.ts'
import { RingReader } from './ring-reader.ts'
import { type RingOwner, RingWriter } from './ring-writer.ts'
import { ring, type Sleeper, Wake } from './wake.ts'

export interface ShmOptions {
  /** Bytes of the longest message taken from the peer. */
  readonly limit: number
  /** Microseconds to stay awake after traffic. */
  readonly spin: number
}

// A look is two loads from a cache line that seldom changes.
const LOOKS = 200

export class ShmTransport implements Transport {
  readonly label: string
  readonly peer: PeerCredentials | undefined
  readonly longest: number
  readonly limit: number
  readonly inPlace = true
  listener: TransportListener | undefined
  readonly #meeting: Meeting
  readonly #writer: RingWriter
  readonly #reader: RingReader
  readonly #wake: Wake
  readonly #inbound: Inbound
  readonly #ends: Ends
  readonly #lifeline: Lifeline
  readonly #forget: () => void
  #receiving = false
  #room = 0
  #over: Closed | undefined
  #counters: TransportCounters | undefined

  constructor(meeting: Meeting, options: ShmOptions) {
    const { mapping, capacity, side, label } = meeting
    const outgoing = ringMemory(mapping.buffer, ringOffset(side, capacity), capacity)
    const incoming = ringMemory(mapping.buffer, ringOffset(side === 0 ? 1 : 0, capacity), capacity)
    const owner: RingOwner = {
      ringBell: () => ring(meeting.peerBell),
      corrupt: (what) => this.#fail(new CorruptPeerError(label, what)),
    }
    this.label = label
    this.limit = options.limit
    this.#meeting = meeting
    this.peer = meeting.peer
    this.#writer = new RingWriter(outgoing, owner)
    this.#reader = new RingReader(incoming, owner, options.limit)
    this.#ends = { writer: this.#writer, outgoing, reader: this.#reader, incoming }
    this.#inbound = new Inbound(this.#reader, owner, options.limit)
    this.longest = this.#writer.longest
    this.#wake = new Wake(meeting.bell, this.#sleeper(), options.spin)
    this.#forget = endAtExit(this.#writer)
    this.#lifeline = new Lifeline(meeting.socket, {
      lost: (cause) => this.#lost(cause),
      spoke: () => this.#fail(new CorruptPeerError(label, 'bytes on the socket after the welcome')),
    })
  }

  get over(): Closed | undefined {
    return this.#over
  }

  get left(): number {
    return this.#inbound.left
  }

  get counters(): TransportCounters {
    return this.#counters ?? countersOf(this.#ends)
  }

  trySend(message: Uint8Array): boolean {
    if (this.#over !== undefined) throw sendError(this.#over, this.label)
    return this.#writer.trySend(message)
  }

  trySendBatch(packed: Uint8Array, each: number): boolean {
    if (this.#over !== undefined) throw sendError(this.#over, this.label)
    return this.#writer.trySendBatch(packed, each)
  }

  trySendPart(message: Uint8Array, from: number): number {
    if (this.#over !== undefined) throw sendError(this.#over, this.label)
    return sendParts(this.#writer, message, from)
  }

  reserve(length: number): Uint8Array | undefined {
    if (this.#over !== undefined) throw sendError(this.#over, this.label)
    return this.#writer.reserve(length)
  }

  commit(length: number): void {
    if (this.#over !== undefined) throw sendError(this.#over, this.label)
    this.#writer.commit(length)
    if (this.#room > 0) this.#wake.want(true)
  }

  abort(): void {
    this.#writer.abort()
    if (this.#room > 0) this.#wake.want(true)
  }

  flush(): void {
    this.#writer.flush()
  }

  next(): number {
    const length = this.#inbound.next()
    return length >= 0 ? length : this.#nothing()
  }

  copyTo(target: Uint8Array): void {
    this.#inbound.copyTo(target)
  }

  copy(): Uint8Array {
    return this.#inbound.copy()
  }

  view(messages = 1): Uint8Array {
    return this.#inbound.view(messages)
  }

  hold(): () => void {
    const release = this.#inbound.hold()
    return () => {
      if (!this.#meeting.mapping.closed) release()
    }
  }

  advance(messages = 1): void {
    this.#inbound.advance(messages)
  }

  want(receive: boolean, room: number): void {
    this.#receiving = receive
    this.#room = room
    this.#wake.want((receive || room > 0) && !(this.#over !== undefined && !receive))
  }

  waitSync(room: number, deadline: Deadline): void {
    if (room > 0 && this.#writer.loaned) throw new Error(`${this.label}: commit or abort the loan first`)
    const awaited = { receiving: this.#receiving, room: this.#room }
    this.#receiving = room === 0
    this.#room = room
    this.#writer.flush()
    try {
      if (this.#wake.waitSync(this.#lifeline.fd, deadline)) this.#lifeline.look()
    } finally {
      this.want(awaited.receiving, awaited.room) // the bell may have rung for those who wait on the event loop
    }
  }

  ref(): void {
    this.#wake.keepAlive = true
  }

  unref(): void {
    this.#wake.keepAlive = false
  }

  close(): void {
    if (this.#meeting.mapping.closed) return
    this.#over ??= { reason: 'closed' }
    this.#forget()
    this.#writer.end()
    this.#reader.close()
    this.#counters = countersOf(this.#ends)
    this.#wake.close()
    this.#meeting.peerBell.close()
    this.#lifeline.close()
    this.#meeting.mapping.close()
  }

  /** Nothing is there now. Whether anything will come: the end is said after the last message, so look again after it. */
  #nothing(): number {
    this.#writer.flush()
    if (this.#over?.reason === 'failed') return END
    if (this.#over === undefined && !this.#reader.ended) return NONE
    const length = this.#inbound.next()
    if (length >= 0) return length
    if (this.#over === undefined) this.#finish({ reason: 'peer-closed' })
    return END
  }

  #sleeper(): Sleeper {
    const reader = this.#reader
    const writer = this.#writer
    return {
      label: this.label,
      looks: LOOKS,
      ready: () =>
        this.#over !== undefined ||
        (this.#receiving && reader.ready) ||
        (this.#room > 0 && writer.hasRoom(this.#room)),
      sleep: () => {
        writer.flush()
        return !(this.#receiving && !reader.sleep()) && !(this.#room > 0 && !writer.sleep(this.#room))
      },
      woken: () => this.listener?.ready(),
      failed: (error) => {
        this.#fail(error instanceof Error ? error : new Error(String(error)))
        this.listener?.ready()
      },
    }
  }

  #lost(cause?: unknown): void {
    if (this.#reader.ended) this.#finish({ reason: 'peer-closed' })
    else this.#finish({ reason: 'peer-died', error: new PeerDiedError(this.label, { cause }) })
  }

  #fail(error: Error): Error {
    this.#finish({ reason: 'failed', error })
    return error
  }

  #finish(closed: Closed): void {
    if (this.#over !== undefined) return
    this.#over = closed
    queueMicrotask(() => this.listener?.over(closed))
  }
}
