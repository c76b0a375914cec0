// What a subscriber tells its publisher: how far it has read, and that it sleeps. The steps R4 to R6 of log-reader.ts.
import { CURSOR, CURSOR_COUNTER, LOG } from './log-layout.ts'
import type { CursorMemory } from './log-memory.ts'
import type { RingOwner } from './ring-writer.ts'

/** What a subscriber has received so far. */
export interface Received {
  readonly messages: number
  readonly bytes: number
  readonly lost: number
}

export class LogCursor {
  readonly #memory: CursorMemory
  /** The log's control page. */
  readonly #log: Int32Array
  readonly #owner: RingOwner
  #told: number

  constructor(memory: CursorMemory, log: Int32Array, owner: RingOwner) {
    this.#memory = memory
    this.#log = log
    this.#owner = owner
    this.#told = Atomics.load(memory.control, CURSOR.position)
  }

  /** Tells the publisher how far we are, and wakes it when it waits for that. */
  tell(position: number, received: Received): void {
    const before = this.#told
    if (position === before) return
    const { control, numbers } = this.#memory
    numbers[CURSOR_COUNTER.messages] = received.messages
    numbers[CURSOR_COUNTER.bytes] = received.bytes
    numbers[CURSOR_COUNTER.lost] = received.lost
    this.#told = position
    Atomics.store(control, CURSOR.position, position) // R4
    const awaited = Atomics.load(this.#log, LOG.awaited) // R5
    if (awaited === 0) return
    const wanted = awaited & ~1
    if (((wanted - before) | 0) <= 0 || ((position - wanted) | 0) < 0) return
    numbers[CURSOR_COUNTER.wakes] = (numbers[CURSOR_COUNTER.wakes] as number) + 1
    this.#owner.ringBell()
  }

  /** Says that we sleep; false when `ready` says that something has come by now. */
  sleep(ready: () => boolean): boolean {
    const { control, numbers } = this.#memory
    Atomics.store(control, CURSOR.sleeps, 1) // R6
    if (ready()) {
      Atomics.store(control, CURSOR.sleeps, 0)
      return false
    }
    numbers[CURSOR_COUNTER.waits] = (numbers[CURSOR_COUNTER.waits] as number) + 1
    return true
  }

  /** Whether the publisher has refused what we wrote. */
  get refused(): boolean {
    return Atomics.load(this.#memory.control, CURSOR.refused) !== 0
  }

  /** How often we slept, and how often we rang. */
  get waits(): number {
    return this.#memory.numbers[CURSOR_COUNTER.waits] as number
  }

  get wakes(): number {
    return this.#memory.numbers[CURSOR_COUNTER.wakes] as number
  }
}
