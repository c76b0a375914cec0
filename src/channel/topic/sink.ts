// What a publisher stands on: the sending half of a transport, over a log.
import { EventFd } from '../../kernel/event-fd.ts'
import type { Mapping } from '../../kernel/mapping.ts'
import type { Memfd } from '../../kernel/memfd.ts'
import type { UnixSocket } from '../../kernel/socket/socket.ts'
import type { Deadline } from '../../wait/sync.ts'
import { type Closed, sendError } from '../closed.ts'
import { LOG_COUNTER, POLICY, type Policy } from '../shm/log-layout.ts'
import { type LogMemory, logMemory } from '../shm/log-memory.ts'
import { LogWriter } from '../shm/log-writer.ts'
import { Wake } from '../shm/wake.ts'
import { nonblocking } from '../shm/welcome.ts'
import type { Lane, Outgoing } from '../transport.ts'
import { Undo } from '../undo.ts'
import { Audience } from './audience.ts'
import { LONGEST_NAME, makeLog, welcome } from './welcome.ts'

/** What is counted of a publisher. */
export interface PublisherCounters {
  readonly messages: number
  readonly bytes: number
  /** Messages that the policy `drop` dropped. */
  readonly dropped: number
  /** How often it had to sleep for want of room. */
  readonly waits: number
  /** How often it woke a subscriber. */
  readonly wakes: number
  /** Subscribers that were refused because of what they wrote into their cursors. */
  readonly refused: number
}

export interface SinkOptions {
  readonly label: string
  readonly codec: string
  /** Bytes. */
  readonly capacity: number
  readonly policy: Policy
  /** Microseconds. */
  readonly spin: number
}

// A look goes over the cursors of all subscribers.
const LOOKS = 4

export class TopicSink implements Outgoing, Lane {
  readonly label: string
  readonly longest: number
  readonly inPlace = true
  /** Called on the event loop when there may be room. */
  ready: () => void = () => {}
  readonly #options: SinkOptions
  readonly #memfd: Memfd
  readonly #log: Mapping
  readonly #memory: LogMemory
  readonly #bell: EventFd
  readonly #audience: Audience
  readonly #writer: LogWriter
  readonly #wake: Wake
  #room = 0
  #dropped = 0
  #over: Closed | undefined
  #counters: PublisherCounters | undefined

  constructor(options: SinkOptions) {
    using undo = new Undo()
    const { label, capacity, policy, codec } = options
    if (Buffer.byteLength(codec) > LONGEST_NAME) {
      throw new RangeError(
        `codec.name must be at most ${LONGEST_NAME} bytes, not ${Buffer.byteLength(codec)}`,
      )
    }
    const { memfd, log } = makeLog(label, capacity, policy)
    undo.use(memfd)
    undo.use(log)
    this.label = label
    this.#options = options
    this.#memfd = memfd
    this.#log = log
    this.#bell = undo.use(nonblocking(EventFd.create()))
    this.#memory = logMemory(log.buffer, capacity, POLICY[policy])
    this.#audience = new Audience(() => this.#somebodyLeft())
    this.#writer = new LogWriter(this.#memory, this.#audience)
    this.longest = this.#writer.longest
    this.#wake = new Wake(this.#bell, this.#sleeper(), options.spin)
    undo.keep()
  }

  get over(): Closed | undefined {
    return this.#over
  }

  /** How many subscribers there are. */
  get subscribers(): number {
    return this.#audience.size
  }

  /** Messages that were dropped. */
  get dropped(): number {
    return this.#dropped
  }

  get counters(): PublisherCounters {
    return this.#counters ?? this.#count()
  }

  /** Takes over a connection of a new subscriber. */
  welcome(socket: UnixSocket): void {
    const { now, oldest } = this.#writer.places
    const member = welcome(socket, { ...this.#options, log: this.#memfd, bell: this.#bell, oldest, now })
    this.#audience.admit(member)
  }

  trySend(message: Uint8Array): boolean {
    this.#check()
    return this.#writer.trySend(message) || this.#drops(1)
  }

  trySendBatch(packed: Uint8Array, each: number): boolean {
    this.#check()
    return this.#writer.trySendBatch(packed, each) || this.#drops(packed.length / each)
  }

  /** A message is one record: who reads late must find it whole. */
  trySendPart(message: Uint8Array): number {
    throw new RangeError(`${this.label}: ${message.length} bytes; at most ${this.longest} are one message`)
  }

  reserve(length: number): Uint8Array | undefined {
    this.#check()
    return this.#writer.reserve(length)
  }

  commit(length: number): void {
    this.#check()
    this.#writer.commit(length)
    if (this.#room > 0) this.#wake.want(true)
  }

  abort(): void {
    this.#writer.abort()
    if (this.#room > 0) this.#wake.want(true)
  }

  flush(): void {
    this.#check()
    this.#writer.flush()
  }

  /** Says that room for `room` bytes is waited for from now on; 0: none. */
  want(room: number): void {
    this.#room = room
    this.#wake.want(room > 0)
  }

  waitSync(room: number, deadline: Deadline): void {
    if (this.#writer.loaned) throw new Error(`${this.label}: commit or abort the loan first`)
    const awaited = this.#room
    this.#room = room
    try {
      if (this.#wake.waitSync(this.#audience.watched, deadline)) this.#audience.look()
    } finally {
      this.#writer.awake()
      this.want(awaited) // the bell may have rung for those who wait on the event loop
    }
  }

  set keepAlive(keepAlive: boolean) {
    this.#wake.keepAlive = keepAlive
  }

  /** Publishes what has been sent, and the end. */
  finish(): void {
    this.#writer.finish()
  }

  close(): void {
    if (this.#over !== undefined) return
    this.#over = { reason: 'closed' }
    this.#writer.finish()
    this.#counters = this.#count()
    this.#audience.close()
    this.#wake.close()
    this.#log.close()
    this.#memfd.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #check(): void {
    if (this.#over !== undefined) throw sendError(this.#over, this.label)
  }

  /** Whether messages without room are dropped, which is as good as sent. */
  #drops(messages: number): boolean {
    if (this.#options.policy !== 'drop' || this.#writer.loaned) return false
    this.#dropped += messages
    this.#memory.numbers[LOG_COUNTER.dropped] = this.#dropped
    return true
  }

  #somebodyLeft(): void {
    if (this.#room > 0 && this.#over === undefined) this.ready()
  }

  #sleeper(): ConstructorParameters<typeof Wake>[1] {
    const writer = this.#writer
    const woken = (): void => {
      writer.awake()
      this.ready()
    }
    return {
      label: this.label,
      looks: LOOKS,
      ready: () => writer.hasRoom(this.#room),
      sleep: () => writer.sleep(this.#room),
      woken,
      failed: woken,
    }
  }

  #count(): PublisherCounters {
    const { numbers } = this.#memory
    const { messages, bytes } = this.#writer
    return {
      messages,
      bytes,
      dropped: this.#dropped,
      waits: numbers[LOG_COUNTER.waits] as number,
      wakes: numbers[LOG_COUNTER.wakes] as number,
      refused: this.#audience.refused,
    }
  }
}
