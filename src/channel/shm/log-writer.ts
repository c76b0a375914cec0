// The publisher's side of a log: one thread of one process. Subscribers (log-reader.ts, or C or Python after
// docs/protocol.md) can only read it. The steps that they can tell apart, in this order:
//
//   W1 oldest[claimed + n]     where to go on for who was overtaken: a place that nobody looks at before W2
//   W2 claimed                 announced before a byte of those blocks is written over: whoever reads there looks after
//                              reading whether it was claimed meanwhile. All is published before, so that W1 is behind head
//   W3 payload and header      plain stores, which nobody reads before W4
//   W4 head                    the records are committed: a publisher that dies before has sent nothing
//   W5 look who sleeps, after W4 (both sequentially consistent: see log-reader.ts, R6 and R7), claim each, ring its bell
//   W6 say "I sleep"           only without room, in the policy `block`
//   W7 load the cursors again  after W6: either a subscriber sees W6 at R5, or we see its R4 here
import { batchTag, TAG } from './layout.ts'
import { LOG, LOG_COUNTER, LOG_RECORD_HEADER, LOG_UNIT, logUnitsOf, longestInLog } from './log-layout.ts'
import type { LogMemory } from './log-memory.ts'
import { type LogOwner, LogRoom, type Place } from './log-room.ts'
import { LastWords } from './memory.ts'

// What is sent in one turn is published together, but never more than this is held back, as in a ring. Units: 1.25 KiB.
const HELD_BACK = 80

export class LogWriter {
  /** Bytes of the longest message. */
  readonly longest: number
  readonly #memory: LogMemory
  readonly #owner: LogOwner
  readonly #old: LogRoom
  readonly #last = new LastWords()
  readonly #publishLater = (): void => {
    this.#scheduled = false
    this.flush()
  }
  // Where the next record begins: `lap` units, and `unit` of the data. So the hot path counts in small integers.
  #lap = 0
  #unit = 0
  /** Units from there that may be written without another look at anything. */
  #room: number
  #unpublished = 0
  #sequence = 0
  #bytes = 0
  #scheduled = false
  // A record that is being written in place: its first data byte, or -1.
  #loanAt = -1
  #loaned = 0

  /** `start`: the first position, a multiple of the capacity, for who wants to see how positions wrap. */
  constructor(memory: LogMemory, owner: LogOwner, start = 0) {
    this.#memory = memory
    this.#owner = owner
    this.#old = new LogRoom(memory, owner, start)
    this.#lap = start
    Atomics.store(memory.control, LOG.head, start | 0)
    this.#room = memory.capacity
    this.longest = longestInLog(memory.capacity * LOG_UNIT)
  }

  /** Whether a place is reserved, so that nothing else can be sent. */
  get loaned(): boolean {
    return this.#loanAt >= 0
  }

  /** Messages sent; also the sequence number of the next. */
  get messages(): number {
    return this.#sequence
  }

  get bytes(): number {
    return this.#bytes
  }

  /** The oldest record's position, and where the next message goes; all before it is published now. */
  get places(): { readonly oldest: number; readonly now: Place } {
    return { oldest: this.#old.oldest, now: this.#next() }
  }

  /** Copies a message of at most `longest` bytes into the log; false when there is no room now. */
  trySend(message: Uint8Array): boolean {
    const { length } = message
    const at = this.#claim(logUnitsOf(length))
    if (at < 0) return false
    this.#last.copyIn(message, this.#memory, at)
    this.#append(length, TAG.message, 1)
    return true
  }

  /** As `trySend`, for messages of `each` bytes, one behind the other in `packed`: at most `longest` bytes in all. */
  trySendBatch(packed: Uint8Array, each: number): boolean {
    const at = this.#claim(logUnitsOf(packed.length))
    if (at < 0) return false
    this.#memory.bytes.set(packed, at)
    const count = packed.length / each
    this.#append(packed.length, batchTag(count), count)
    return true
  }

  /** Room for a message of up to `length` bytes, to be written in place and then committed or aborted. */
  reserve(length: number): Uint8Array | undefined {
    const at = this.#claim(logUnitsOf(length))
    if (at < 0) return undefined
    this.#loanAt = at
    this.#loaned = length
    return this.#memory.bytes.subarray(at, at + length)
  }

  /** Sends what was written in place: its first `length` bytes. */
  commit(length: number): void {
    if (length > this.#loaned) throw new RangeError(`length must be 0 to ${this.#loaned}, not ${length}`)
    this.#loanAt = -1
    this.#append(length, TAG.message, 1)
  }

  /** Gives a reserved place back. */
  abort(): void {
    this.#loanAt = -1
  }

  /** Publishes what has been sent, and wakes subscribers that sleep. Nothing to do, nothing done. */
  flush(): void {
    if (this.#unpublished > 0) this.#publish()
  }

  /** Whether a message of this length has room now. */
  hasRoom(length: number): boolean {
    return this.#loanAt < 0 && this.#old.mayGiveUp(this.#before(logUnitsOf(length)), this.#next().position)
  }

  /** Says that we sleep until there is room for `length` bytes; false when there is by now. */
  sleep(length: number): boolean {
    const { control, numbers } = this.#memory
    Atomics.store(control, LOG.awaited, this.#before(logUnitsOf(length)) | 1) // W6
    if (this.hasRoom(length)) {
      this.awake()
      return false
    }
    numbers[LOG_COUNTER.waits] = (numbers[LOG_COUNTER.waits] as number) + 1
    return true
  }

  /** Says that we are awake. */
  awake(): void {
    Atomics.store(this.#memory.control, LOG.awaited, 0)
  }

  /** Says that nothing more will come, and wakes everybody to tell it. */
  finish(): void {
    this.flush()
    Atomics.store(this.#memory.control, LOG.ended, 1)
    this.#wake()
  }

  /** Where the payload of a record of `units` goes; -1 when there is no room: what was sent is published then. */
  #claim(units: number): number {
    if (this.#loanAt >= 0 || (units > this.#room && !this.#makeRoom(units))) return -1
    return this.#unit * LOG_UNIT + LOG_RECORD_HEADER
  }

  /** Up to where old messages must be given up for a record of `units`. */
  #before(units: number): number {
    const left = this.#memory.capacity - this.#unit
    return this.#old.before(this.#lap + this.#unit + units + (units > left ? left : 0))
  }

  #next(): Place {
    this.flush()
    return { position: this.#lap + this.#unit, sequence: this.#sequence }
  }

  #makeRoom(units: number): boolean {
    const next = this.#next()
    const { capacity } = this.#memory
    const upTo = this.#before(units)
    if (!this.#old.mayGiveUp(upTo, next.position)) return false
    this.#old.giveUp(upTo, next)
    if (units > capacity - this.#unit) this.#startOver()
    this.#room = Math.min(this.#old.limit - this.#lap, capacity) - this.#unit
    return true
  }

  /** Goes on at the data's start, when its end is too short. */
  #startOver(): void {
    const left = this.#memory.capacity - this.#unit
    if (left > 0) this.#header(left * LOG_UNIT - LOG_RECORD_HEADER, TAG.padding)
    this.#unpublished += left
    this.#lap += this.#memory.capacity
    this.#unit = 0
  }

  #header(length: number, tag: number): void {
    const { words, sequences } = this.#memory
    const unit = this.#unit
    words[unit << 2] = length
    words[(unit << 2) + 1] = tag
    sequences[(unit << 1) + 1] = this.#sequence
  }

  /** Puts the header before a payload that is in place (W3); publishes it when enough has come together. */
  #append(length: number, tag: number, messages: number): void {
    this.#header(length, tag)
    const units = logUnitsOf(length)
    this.#sequence += messages
    this.#bytes += length
    this.#room -= units
    this.#unit += units
    this.#unpublished += units
    if (this.#unpublished >= HELD_BACK) this.#publish()
    else if (!this.#scheduled) {
      this.#scheduled = true
      queueMicrotask(this.#publishLater)
    }
  }

  #publish(): void {
    const { control, numbers } = this.#memory
    numbers[LOG_COUNTER.messages] = this.#sequence
    numbers[LOG_COUNTER.bytes] = this.#bytes
    this.#unpublished = 0
    Atomics.store(control, LOG.head, (this.#lap + this.#unit) | 0) // W4
    this.#wake()
  }

  #wake(): void {
    const woken = this.#owner.wake() // W5
    const { numbers } = this.#memory
    if (woken > 0) numbers[LOG_COUNTER.wakes] = (numbers[LOG_COUNTER.wakes] as number) + woken
  }
}
