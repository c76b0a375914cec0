// What a channel stands on: bytes of whole messages, both ways, over one mechanism. Channels are built on this once; a new
// mechanism is one more of these, which passes test/conformance.
import type { PeerCredentials } from '../kernel/socket/credentials.ts'
import type { Deadline } from '../wait/sync.ts'
import type { Closed } from './closed.ts'

/** `next` gives it while no message is there. */
export const NONE = -1
/** `next` gives it when none will ever come: all has been received, and `over` says why. */
export const END = -2

/** Who is told what happens to a transport: on the event loop, never inside a call of the transport. */
export interface TransportListener {
  /** What `want` asked for may be there: try again. */
  ready(): void
  /** It is over; `closed` is what `over` says from now on. Once. What came before can still be received. */
  over(closed: Closed): void
}

/** What is counted of each direction. */
export interface DirectionCounters {
  readonly messages: number
  readonly bytes: number
  /** How often this side had to sleep: for want of room, or of a message. */
  readonly waits: number
  /** How often this side woke the other. */
  readonly wakes: number
}

export interface TransportCounters {
  readonly sent: DirectionCounters
  readonly received: DirectionCounters
}

/** The sending half. */
export interface Outgoing {
  /** Bytes of the longest message that `trySend` and `reserve` take. */
  readonly longest: number
  /** Copies one message; false when there is no room now, or a reserved place is open. Throws what `sendError` gives. */
  trySend(message: Uint8Array): boolean
  /** As `trySend`, for messages of `each` bytes, one behind the other: all or none. At most `longest` bytes in all. */
  trySendBatch(packed: Uint8Array, each: number): boolean
  /**
   * Sends, from byte `from` on, as much as there is room for of a message that is longer than `longest`; gives the byte to
   * go on from. Nothing else is sent until that is the message's length.
   */
  trySendPart(message: Uint8Array, from: number): number
  /** Whether `reserve` gives the place where the message will lie, so that writing there saves a copy. */
  readonly inPlace: boolean
  /** A place for a message of up to `length` bytes (at most `longest`), to `commit` or `abort`; none when there is no room. */
  reserve(length: number): Uint8Array | undefined
  /** Sends the first `length` bytes of what was reserved. */
  commit(length: number): void
  abort(): void
  /** Hands over now what has been sent; otherwise that happens at the end of this turn at the latest. */
  flush(): void
}

/** The receiving half: a cursor that stands on the next message. */
export interface Incoming {
  /** Bytes of the next message, or NONE, or END. Throws CorruptPeerError, FramingError. */
  next(): number
  /** How many messages of the same length lie one behind the other here, this one included; 1 unless it is a batch. */
  readonly left: number
  /** Copies the message into `target`, which has room for it. */
  copyTo(target: Uint8Array): void
  /** The message as memory of the caller's own. */
  copy(): Uint8Array
  /** The message, and `messages - 1` of a batch behind it, where it lies: good until `advance`, or as long as held. */
  view(messages?: number): Uint8Array
  /** Keeps the place that `view` gives for what is after `advance`, too, until the function is called. Before `advance`. */
  hold(): () => void
  /** Goes on to the next message, or over `messages` of a batch. */
  advance(messages?: number): void
}

/** What every transport has, also one that goes only one way. */
export interface Lane {
  /** What errors call it, e.g. `shm:/run/prices`. */
  readonly label: string
  /** Set once it is over. */
  readonly over: Closed | undefined
  /** Blocks this thread until `next` may give something (`room` 0), or there may be room. TimeoutError. */
  waitSync(room: number, deadline: Deadline): void
}

export interface Transport extends Outgoing, Incoming, Lane {
  /** The process at the other end as the kernel vouches for it, where it does. */
  readonly peer: PeerCredentials | undefined
  readonly counters: TransportCounters
  /** Bytes of the longest message taken from the peer; one that is longer is an error of the peer's. */
  readonly limit: number
  /** Set once, by the channel that is built on it. */
  listener: TransportListener | undefined
  /**
   * Says what is waited for from now on: a message (or the end), and room for `room` bytes (0: not waiting to send). The
   * listener's `ready` is called when it may be there. Waiting keeps the event loop running, unless `unref`.
   */
  want(receive: boolean, room: number): void
  ref(): void
  unref(): void
  /** Tells the peer that nothing more comes and lets go of everything; what was sent can still be received there. */
  close(): void
}
