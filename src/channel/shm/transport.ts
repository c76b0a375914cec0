// The transport of a pair in shared memory: a ring each way, a bell each, and the socket they met on, which stays open and
// tells of the other's death.

import type { EventFd } from '../../kernel/event-fd.ts'
import type { Mapping } from '../../kernel/mapping.ts'
import type { PeerCredentials } from '../../kernel/socket/credentials.ts'
import type { UnixSocket } from '../../kernel/socket/socket.ts'
import type { SyncOptions } from '../../wait/options.ts'
import { deadlineOf } from '../../wait/sync.ts'
import { type Closed, PeerDiedError, sendError } from '../closed.ts'
import { CorruptPeerError } from '../corrupt.ts'
import { END, NONE, type Transport, type TransportCounters, type TransportListener } from '../transport.ts'
import { Assembly } from './assembly.ts'
import { endAtExit } from './exit.ts'
import { COUNTER, ringOffset, TAG } from './layout.ts'
import { ringMemory } from './memory.ts'
import { RingReader } from './ring-reader.ts'
import { type RingOwner, RingWriter } from './ring-writer.ts'
import { ring, type Sleeper, Wake } from './wake.ts'

/** What two sides share, as one of them got it. */
export interface Meeting {
  readonly label: string
  /** 0: the side that made the memory. */
  readonly side: 0 | 1
  readonly mapping: Mapping
  /** Bytes of each ring. */
  readonly capacity: number
  /** Ours, which the peer rings. */
  readonly bell: EventFd
  readonly peerBell: EventFd
  readonly socket: UnixSocket
}

export interface ShmOptions {
  /** Bytes of the longest message taken from the peer. */
  readonly limit: number
  /** Microseconds to stay awake after traffic. */
  readonly spin: number
}

// What is left of a message longer than the ring goes in parts of a quarter of it: one is written while one is read.
const PARTS = 4
const nobody = new Uint8Array(1)

export class ShmTransport implements Transport {
  readonly label: string
  readonly longest: number
  readonly limit: number
  readonly inPlace = true
  listener: TransportListener | undefined
  readonly #meeting: Meeting
  readonly #writer: RingWriter
  readonly #reader: RingReader
  readonly #wake: Wake
  readonly #assembly: Assembly
  readonly #part: number
  readonly #forget: () => void
  #peer: PeerCredentials | undefined
  #whole: Uint8Array | undefined
  #receiving = false
  #room = 0
  #over: Closed | undefined
  #counters: TransportCounters | undefined

  constructor(meeting: Meeting, options: ShmOptions) {
    const { mapping, capacity, side, label } = meeting
    const mine = ringMemory(mapping.buffer, ringOffset(side, capacity), capacity)
    const peers = ringMemory(mapping.buffer, ringOffset(side === 0 ? 1 : 0, capacity), capacity)
    const owner: RingOwner = {
      ringBell: () => ring(meeting.peerBell),
      corrupt: (what) => this.#fail(new CorruptPeerError(label, what)),
    }
    this.label = label
    this.limit = options.limit
    this.#meeting = meeting
    this.#peer = meeting.socket.peer
    this.#writer = new RingWriter(mine, owner)
    this.#reader = new RingReader(peers, owner)
    this.#assembly = new Assembly(owner, options.limit)
    this.longest = this.#writer.longest
    this.#part = capacity / PARTS
    this.#wake = new Wake(meeting.bell, this.#sleeper(), options.spin)
    this.#forget = endAtExit(this.#writer)
    meeting.socket.unref()
    this.#watchDeath()
  }

  get peer(): PeerCredentials | undefined {
    return this.#peer
  }

  get over(): Closed | undefined {
    return this.#over
  }

  get left(): number {
    return this.#whole === undefined ? this.#reader.left : 1
  }

  get counters(): TransportCounters {
    return this.#counters ?? this.#count()
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
    const { length } = message
    for (let at = from; at < length; ) {
      const end = Math.min(length, at + this.#part)
      const tag = at === 0 ? TAG.first : end === length ? TAG.last : TAG.middle
      if (!this.#writer.trySendPart(message.subarray(at, end), tag, length)) return at
      at = end
    }
    return length
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
    if (this.#whole !== undefined) return this.#whole.length
    const length = this.#reader.next()
    if (length >= 0 && this.#reader.tag < TAG.first) return length
    return length >= 0 ? this.#assemble() : this.#nothing()
  }

  copyTo(target: Uint8Array): void {
    if (this.#whole === undefined) this.#reader.copyTo(target)
    else target.set(this.#whole)
  }

  copy(): Uint8Array {
    return this.#whole ?? this.#reader.copy()
  }

  view(messages = 1): Uint8Array {
    return this.#whole ?? this.#reader.view(messages)
  }

  hold(): () => void {
    if (this.#whole !== undefined) return () => {}
    const release = this.#reader.hold()
    return () => {
      if (!this.#meeting.mapping.closed) release()
    }
  }

  advance(messages = 1): void {
    if (this.#whole === undefined) this.#reader.advance(messages)
    else this.#whole = undefined
  }

  want(receive: boolean, room: number): void {
    this.#receiving = receive
    this.#room = room
    this.#wake.want((receive || room > 0) && !(this.#over !== undefined && !receive))
  }

  waitSync(room: number, options: SyncOptions | undefined): void {
    if (room > 0 && this.#writer.loaned) throw new Error(`${this.label}: commit or abort the loan first`)
    const awaited = { receiving: this.#receiving, room: this.#room }
    this.#receiving = room === 0
    this.#room = room
    this.#writer.flush()
    try {
      const look = this.#wake.waitSync(this.#meeting.socket.fd, deadlineOf(options))
      if (look && this.#meeting.socket.tryReadInto(nobody) === null) this.#lost()
    } finally {
      this.#receiving = awaited.receiving
      this.#room = awaited.room
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
    this.#counters = this.#count()
    this.#wake.close()
    this.#meeting.peerBell.close()
    this.#meeting.socket.close()
    this.#meeting.mapping.close()
  }

  /** Nothing is there now. Whether anything will come: the end is said after the last message, so look again after it. */
  #nothing(): number {
    this.#writer.flush()
    if (this.#over?.reason === 'failed') return END
    if (this.#over === undefined && !this.#reader.ended) return NONE
    if (this.#reader.next() !== NONE) return this.next()
    if (this.#over === undefined) this.#finish({ reason: 'peer-closed' })
    return END
  }

  #assemble(): number {
    const reader = this.#reader
    for (;;) {
      const whole = this.#assembly.add(reader.view(), reader.tag)
      reader.advance()
      if (whole !== undefined) {
        this.#whole = whole
        return whole.length
      }
      const length = reader.next()
      if (length < 0) return this.#nothing()
      if (reader.tag < TAG.first)
        throw this.#fail(new CorruptPeerError(this.label, 'a message among the parts of another'))
    }
  }

  #sleeper(): Sleeper {
    const reader = this.#reader
    const writer = this.#writer
    return {
      label: this.label,
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

  /** The socket's end comes when the peer has closed it, or is gone. */
  async #watchDeath(): Promise<void> {
    const { socket } = this.#meeting
    try {
      if ((await socket.readInto(nobody)) === null) this.#lost()
      else this.#fail(new CorruptPeerError(this.label, 'bytes on the socket after the welcome'))
    } catch (error) {
      if (!socket.closed) this.#lost(error)
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

  #count(): TransportCounters {
    const { mapping, side, capacity } = this.#meeting
    const all = new Float64Array(mapping.buffer)
    const sent = ringOffset(side, capacity) / 8
    const received = ringOffset(side === 0 ? 1 : 0, capacity) / 8
    const { messages, bytes } = this.#writer
    return {
      sent: {
        messages,
        bytes,
        waits: all[sent + COUNTER.fullWaits] ?? 0,
        wakes: all[sent + COUNTER.consumerWakes] ?? 0,
      },
      received: {
        messages: this.#reader.messages,
        bytes: this.#reader.bytes,
        waits: all[received + COUNTER.emptyWaits] ?? 0,
        wakes: all[received + COUNTER.producerWakes] ?? 0,
      },
    }
  }
}
