// A log in plain memory, with its publisher's side and subscribers'.
import { PAGE } from '#src/channel/shm/layout.ts'
import { LogCursor } from '#src/channel/shm/log-cursor.ts'
import { CURSOR, LOG_COUNTER, LOG_UNIT, logSize, POLICY } from '#src/channel/shm/log-layout.ts'
import { cursorMemory, type LogMemory, logMemory } from '#src/channel/shm/log-memory.ts'
import { LogReader, overtaken } from '#src/channel/shm/log-reader.ts'
import type { Place } from '#src/channel/shm/log-room.ts'
import { LogWriter } from '#src/channel/shm/log-writer.ts'
import { numberOf } from './topic-message.ts'

export class Corrupt extends Error {}

const owner = { ringBell: () => {}, corrupt: (what: string) => new Corrupt(what) }

/** A subscriber: what it got, in order. */
export class Listener {
  readonly numbers: number[] = []
  readonly cursor: Int32Array
  readonly reader: LogReader

  constructor(memory: LogMemory, place: Place | undefined, position: number) {
    const page = cursorMemory(new SharedArrayBuffer(PAGE))
    page.control[CURSOR.position] = position
    this.cursor = page.control
    this.reader = new LogReader(memory, new LogCursor(page, memory.control, owner), owner)
    this.reader.begin(place)
  }

  /** Takes up to `most` messages; gives how many. */
  take(most = Number.POSITIVE_INFINITY): number {
    const { reader } = this
    let taken = 0
    while (taken < most) {
      const length = reader.next()
      if (length < 0) break
      const copy = new Uint8Array(length)
      reader.copyTo(copy)
      try {
        reader.advance()
      } catch (error) {
        if (error !== overtaken) throw error
        continue
      }
      this.numbers.push(numberOf(copy))
      taken++
    }
    return taken
  }
}

export class PlainLog {
  readonly memory: LogMemory
  readonly writer: LogWriter
  readonly listeners: Listener[] = []
  readonly #start: number

  /** `capacity` in bytes. */
  constructor(capacity: number, policy: keyof typeof POLICY, laps = 0) {
    this.memory = logMemory(new SharedArrayBuffer(logSize(capacity)), capacity, POLICY[policy])
    this.#start = laps * (capacity / LOG_UNIT)
    this.writer = new LogWriter(this.memory, { slowest: () => this.#slowest(), wake: () => 0 }, this.#start)
  }

  /** A subscriber from now on, or from the oldest message on. */
  listen(from: 'now' | 'oldest' = 'now'): Listener {
    const { now, oldest } = this.writer.places
    const listener = new Listener(this.memory, from === 'now' ? now : undefined, oldest)
    this.listeners.push(listener)
    return listener
  }

  /** Messages that are published. */
  get committed(): number {
    return this.memory.numbers[LOG_COUNTER.messages] as number
  }

  // Good while nobody is 2^31 units behind.
  #slowest(): number {
    const behind = this.listeners.map(({ cursor }) => (cursor[CURSOR.position] as number) - (this.#start | 0))
    return this.#start + Math.min(...behind.map((units) => units >>> 0))
  }
}
