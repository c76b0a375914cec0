// What a subscriber stands on: the receiving half of a transport, over a log and a cursor.
import type { PeerCredentials } from '../../kernel/socket/credentials.ts'
import type { Deadline } from '../../wait/sync.ts'
import { type Closed, PeerDiedError } from '../closed.ts'
import { CorruptPeerError } from '../corrupt.ts'
import { Lifeline } from '../shm/lifeline.ts'
import { LogCursor } from '../shm/log-cursor.ts'
import { cursorMemory, logMemory } from '../shm/log-memory.ts'
import { LogReader, overtaken } from '../shm/log-reader.ts'
import { ring, type Sleeper, Wake } from '../shm/wake.ts'
import { type DirectionCounters, END, type Incoming, type Lane, NONE } from '../transport.ts'
import { LostMessagesError } from './lost.ts'
import type { Ticket } from './welcome.ts'

/** What is counted of a subscriber. */
export interface SubscriberCounters extends DirectionCounters {
  /** Messages that were written over before they were read. */
  readonly lost: number
}

export interface SourceOptions {
  readonly label: string
  readonly from: 'now' | 'oldest'
  /** Whether a loss is an error. */
  readonly strict: boolean
  /** Microseconds. */
  readonly spin: number
}

// A look is a few loads from cache lines that seldom change.
const LOOKS = 50

export class TopicSource implements Incoming, Lane {
  readonly label: string
  readonly peer: PeerCredentials
  /** Called on the event loop when something may be there. */
  ready: () => void = () => {}
  /** Called on the event loop when it is over. */
  ended: (closed: Closed) => void = () => {}
  readonly #ticket: Ticket
  readonly #reader: LogReader
  readonly #cursor: LogCursor
  readonly #wake: Wake
  readonly #strict: boolean
  readonly #lifeline: Lifeline
  #receiving = false
  #reported = 0
  /** Nothing the publisher writes is believed any more. */
  #failed = false
  #over: Closed | undefined
  #counters: SubscriberCounters | undefined

  constructor(ticket: Ticket, { label, from, strict, spin }: SourceOptions) {
    const { log, cursor, capacity, policy, bell, socket } = ticket
    const owner = {
      ringBell: () => ring(ticket.publisherBell),
      corrupt: (what: string) => this.#fail(new CorruptPeerError(label, what)),
    }
    const memory = logMemory(log.buffer, capacity, policy)
    this.label = label
    this.peer = socket.peer
    this.#ticket = ticket
    this.#strict = strict
    this.#cursor = new LogCursor(cursorMemory(cursor.buffer), memory.control, owner)
    this.#reader = new LogReader(memory, this.#cursor, owner)
    this.#wake = new Wake(bell, this.#sleeper(), spin)
    try {
      this.#reader.begin(from === 'now' ? ticket.now : undefined)
    } catch {
      // It has failed, and `receive` says why.
    }
    this.#lifeline = new Lifeline(socket, {
      lost: (cause) => this.#died(cause),
      spoke: () => this.#fail(new CorruptPeerError(label, 'bytes on the socket after the welcome')),
    })
  }

  get over(): Closed | undefined {
    return this.#over
  }

  get left(): number {
    return this.#reader.left
  }

  get lost(): number {
    return this.#reader.lost
  }

  get counters(): SubscriberCounters {
    return this.#counters ?? this.#count()
  }

  next(): number {
    if (this.#failed) return END
    const length = this.#reader.next()
    if (this.#strict && this.#reader.lost > this.#reported) throw this.#lost()
    return length === NONE ? this.#nothing() : length
  }

  copyTo(target: Uint8Array): void {
    this.#reader.copyTo(target)
  }

  copy(): Uint8Array {
    return this.#reader.view().slice()
  }

  view(messages?: number): Uint8Array {
    return this.#reader.view(messages)
  }

  /** The publisher waits for nobody who only holds a view. */
  hold(): () => void {
    throw new Error(`${this.label}: a topic is not read in place`)
  }

  advance(messages?: number): void {
    this.#reader.advance(messages)
  }

  /** Whether an error only says that the message was overwritten while it was looked at: then take the next. */
  forgives(error: unknown): boolean {
    return error === overtaken || (error instanceof RangeError && this.#reader.overtaken())
  }

  /** Says whether a message, or the end, is waited for from now on. */
  want(receive: boolean): void {
    this.#receiving = receive
    this.#wake.want(receive)
  }

  waitSync(_room: number, deadline: Deadline): void {
    try {
      if (this.#wake.waitSync(this.#lifeline.fd, deadline)) this.#lifeline.look()
    } finally {
      this.want(this.#receiving) // the bell may have rung for those who wait on the event loop
    }
  }

  set keepAlive(keepAlive: boolean) {
    this.#wake.keepAlive = keepAlive
  }

  close(): void {
    const { log, cursor, publisherBell } = this.#ticket
    if (log.closed) return
    this.#over ??= { reason: 'closed' }
    this.#counters = this.#count()
    this.#wake.close()
    publisherBell.close()
    this.#lifeline.close()
    log.close()
    cursor.close()
  }

  /** Nothing is there now. Whether anything will come: the end is said after the last message, so look again after it. */
  #nothing(): number {
    if (this.#over === undefined && !this.#reader.ended) return NONE
    const length = this.#reader.next()
    if (this.#strict && this.#reader.lost > this.#reported) throw this.#lost()
    if (length !== NONE) return length
    if (this.#over === undefined) this.#finish({ reason: 'peer-closed' })
    return END
  }

  #lost(): LostMessagesError {
    const lost = this.#reader.lost - this.#reported
    this.#reported = this.#reader.lost
    return new LostMessagesError(this.label, lost)
  }

  #sleeper(): Sleeper {
    const reader = this.#reader
    return {
      label: this.label,
      looks: LOOKS,
      ready: () => this.#over !== undefined || reader.ready,
      sleep: () => reader.sleep(),
      woken: () => this.ready(),
      failed: (error) => {
        this.#fail(error instanceof Error ? error : new Error(String(error)))
        this.ready()
      },
    }
  }

  #died(cause?: unknown): void {
    if (this.#cursor.refused) this.#fail(new CorruptPeerError(this.label, 'it has refused our cursor'))
    else if (this.#reader.ended) this.#finish({ reason: 'peer-closed' })
    else this.#finish({ reason: 'peer-died', error: new PeerDiedError(this.label, { cause }) })
  }

  #fail(error: Error): Error {
    this.#failed = true
    this.#finish({ reason: 'failed', error })
    return error
  }

  #finish(closed: Closed): void {
    if (this.#over !== undefined) return
    this.#over = closed
    queueMicrotask(() => this.ended(closed))
  }

  #count(): SubscriberCounters {
    const { messages, bytes, lost } = this.#reader
    return { messages, bytes, lost, waits: this.#cursor.waits, wakes: this.#cursor.wakes }
  }
}
