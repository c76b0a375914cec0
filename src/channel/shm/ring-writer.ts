// The producer's side of a ring: one thread of one process. The consumer is ring-reader.ts, or C or Python after
// docs/protocol.md. The steps that the other side can tell apart, in this order:
//
//   W1 payload and record header   plain stores, which nobody reads before W2
//   W2 head                        the record is committed: a producer that dies before has sent nothing
//   W3 look whether the consumer sleeps, after W2 (both sequentially consistent: see ring-reader.ts, R4 and R5)
//   W4 claim the sleeper           exchange, so that the bell rings once
//   W5 ring the bell
import { batchTag, COUNTER, longestRecord, RECORD_HEADER, RING, TAG, UNIT, unitsOf } from './layout.ts'
import { LastWords, type RingMemory } from './memory.ts'

// What is sent in one turn is published together, but never more than this is held back. Units: 1.25 KiB, which is
// sixteen messages of 64 bytes. Publishing costs the cache line that the consumer polls.
const HELD_BACK = 160

/** What a ring tells the channel it belongs to. */
export interface RingOwner {
  /** Wakes the other side. */
  ringBell(): void
  /** The peer broke the protocol: the channel is over. Gives the error to throw. */
  corrupt(what: string): Error
}

export class RingWriter {
  /** Bytes of the longest message that is one record. */
  readonly longest: number
  readonly #memory: RingMemory
  readonly #owner: RingOwner
  readonly #mask: number
  readonly #last = new LastWords()
  readonly #publishLater = (): void => {
    this.#scheduled = false
    this.flush()
  }
  #next = 0
  #published = 0
  #tailSeen = 0
  #scheduled = false
  #messages = 0
  #sent = 0
  // A record that is being written in place: its first data byte, or -1.
  #loanAt = -1
  #loaned = 0

  constructor(memory: RingMemory, owner: RingOwner) {
    this.#memory = memory
    this.#owner = owner
    this.#mask = memory.capacity - 1
    this.longest = longestRecord(memory.capacity * UNIT)
  }

  /** Whether a place is reserved, so that nothing else can be sent. */
  get loaned(): boolean {
    return this.#loanAt >= 0
  }

  /** Messages and bytes that were sent; the counters in memory follow when they are published. */
  get messages(): number {
    return this.#messages
  }

  get bytes(): number {
    return this.#sent
  }

  /** Copies a message of at most `longest` bytes into the ring; false when there is no room now. */
  trySend(message: Uint8Array): boolean {
    const at = this.#claim(unitsOf(message.length))
    if (at < 0) return false
    this.#last.copyIn(message, this.#memory, at)
    this.#messages++
    this.#append(message.length, TAG.message)
    return true
  }

  /** As `trySend`, for messages of `each` bytes, one behind the other in `packed`: at most `longest` bytes in all. */
  trySendBatch(packed: Uint8Array, each: number): boolean {
    const count = packed.length / each
    const tag = batchTag(count)
    const at = this.#claim(unitsOf(packed.length))
    if (at < 0) return false
    this.#memory.bytes.set(packed, at)
    this.#messages += count
    this.#append(packed.length, tag)
    return true
  }

  /** One part of a longer message; `tag` says which. */
  trySendPart(part: Uint8Array, tag: number, total: number): boolean {
    const first = tag === TAG.first
    const length = part.length + (first ? UNIT : 0)
    const at = this.#claim(unitsOf(length))
    if (at < 0) return false
    const { bytes } = this.#memory
    bytes.set(part, at)
    if (first) new DataView(bytes.buffer, bytes.byteOffset).setFloat64(at + part.length, total, true)
    if (tag === TAG.last) this.#messages++
    if (first) this.#sent -= UNIT
    this.#append(length, tag)
    return true
  }

  /** Room for a message of up to `length` bytes, to be written in place and then committed or aborted. */
  reserve(length: number): Uint8Array | undefined {
    const at = this.#claim(unitsOf(length))
    if (at < 0) return undefined
    this.#loanAt = at
    this.#loaned = length
    return this.#memory.bytes.subarray(at, at + length)
  }

  /** Sends what was written in place: its first `length` bytes. */
  commit(length: number): void {
    if (length > this.#loaned) throw new RangeError(`length must be 0 to ${this.#loaned}, not ${length}`)
    this.#loanAt = -1
    this.#messages++
    this.#append(length, TAG.message)
  }

  /** Gives a reserved place back. */
  abort(): void {
    this.#loanAt = -1
  }

  /** Publishes what has been sent, and wakes a consumer that sleeps. Nothing to do, nothing done. */
  flush(): void {
    if (this.#next !== this.#published) this.#publish()
  }

  /** Whether a record of this payload has room now. Throws CorruptPeerError. */
  hasRoom(length: number): boolean {
    const units = this.#needed(unitsOf(length))
    return this.#loanAt < 0 && (this.#fits(units) || this.#look(units))
  }

  /** Says that we sleep until there is room for `length` bytes; false when there is by now. Step by step as R4, R5. */
  sleep(length: number): boolean {
    this.flush()
    const { control, counters } = this.#memory
    Atomics.store(control, RING.producerSleeps, 1)
    if (this.hasRoom(length)) {
      Atomics.store(control, RING.producerSleeps, 0)
      return false
    }
    counters[COUNTER.fullWaits] = (counters[COUNTER.fullWaits] as number) + 1
    return true
  }

  /** Says that nothing more will come, and wakes the consumer to tell it. */
  end(): void {
    const { control } = this.#memory
    this.#publish()
    Atomics.store(control, RING.ended, 1)
    if (Atomics.load(control, RING.consumerSleeps) !== 0) this.#wake()
  }

  /** Units to the data's end and beyond it that a record of `units` takes from here. */
  #needed(units: number): number {
    const left = this.#memory.capacity - (this.#next & this.#mask)
    return units > left ? units + left : units
  }

  #fits(units: number): boolean {
    return ((this.#next - this.#tailSeen) | 0) + units <= this.#memory.capacity
  }

  /** Where the payload of a record of `units` goes; -1 when there is no room: what was sent is published then. */
  #claim(units: number): number {
    if (this.#loanAt >= 0) return -1
    const needed = this.#needed(units)
    if (!this.#fits(needed) && !this.#look(needed)) {
      this.flush()
      return -1
    }
    if (needed !== units) this.#pad(needed - units)
    return (this.#next & this.#mask) * UNIT + RECORD_HEADER
  }

  #look(units: number): boolean {
    const tail = Atomics.load(this.#memory.control, RING.tail)
    const advanced = (tail - this.#tailSeen) | 0
    if (advanced < 0 || advanced > ((this.#published - this.#tailSeen) | 0)) {
      throw this.#owner.corrupt(`it released ${advanced} units more than there were`)
    }
    this.#tailSeen = tail
    return this.#fits(units)
  }

  /** Fills the data's end, which is too short. */
  #pad(units: number): void {
    const word = (this.#next & this.#mask) << 1
    this.#memory.words[word] = units * UNIT - RECORD_HEADER
    this.#memory.words[word + 1] = TAG.padding
    this.#next = (this.#next + units) | 0
  }

  /** Puts the header before a payload that is in place (W1); publishes it when enough has come together. */
  #append(length: number, tag: number): void {
    const word = (this.#next & this.#mask) << 1
    const { words } = this.#memory
    words[word] = length
    words[word + 1] = tag
    this.#sent += length
    this.#next = (this.#next + unitsOf(length)) | 0
    if (((this.#next - this.#published) | 0) >= HELD_BACK) this.#publish()
    else if (!this.#scheduled) {
      this.#scheduled = true
      queueMicrotask(this.#publishLater)
    }
  }

  #publish(): void {
    const { control, counters } = this.#memory
    counters[COUNTER.sentMessages] = this.#messages
    counters[COUNTER.sentBytes] = this.#sent
    this.#published = this.#next
    Atomics.store(control, RING.head, this.#next) // W2
    if (Atomics.load(control, RING.consumerSleeps) !== 0) this.#wake() // W3
  }

  #wake(): void {
    const { control, counters } = this.#memory
    if (Atomics.exchange(control, RING.consumerSleeps, 0) === 0) return // W4
    counters[COUNTER.consumerWakes] = (counters[COUNTER.consumerWakes] as number) + 1
    this.#owner.ringBell() // W5
  }
}
