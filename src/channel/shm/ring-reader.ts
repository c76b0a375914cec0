// The consumer's side of a ring: one thread of one process. The producer is not trusted: what it wrote is loaded once,
// checked, then used. The steps that the other side can tell apart, in this order:
//
//   R1 load head
//   R2 copy the payload       from memory that the producer may be writing: a copy is whatever it is, but private
//   R3 store tail             the record's place belongs to the producer again; then look whether it sleeps, as W3 to W5
//   R4 say "I sleep"          only when nothing was there
//   R5 load head again        after R4: either the producer sees R4 at W3, or we see W2 here. Both is harmless.
import { COUNTER, RECORD_HEADER, RING, TAG, TAG_BITS, UNIT, unitsOf } from './layout.ts'
import { LastWords, type RingMemory } from './memory.ts'
import type { RingOwner } from './ring-writer.ts'

/** What `next` gives when no message is there. */
export const NONE = -1

/** A place that was read and is still in use: it is not released, nor is anything behind it. */
interface Held {
  readonly position: number
  done: boolean
}

export class RingReader {
  readonly #memory: RingMemory
  readonly #owner: RingOwner
  readonly #limit: number
  readonly #mask: number
  readonly #last = new LastWords()
  readonly #held: Held[] = []
  // Releasing costs the cache line that the producer polls: an eighth of the ring at a time.
  readonly #often: number
  #position = 0
  #headSeen = 0
  #released = 0
  // The current message; -1 when none has been found yet.
  #length = NONE
  #at = 0
  #tag = 0
  #left = 0
  #units = 0
  #messages = 0
  #received = 0
  #broken: Error | undefined

  /** `limit` in bytes: a longer message is the producer's mistake. */
  constructor(memory: RingMemory, owner: RingOwner, limit: number) {
    this.#memory = memory
    this.#owner = owner
    this.#limit = limit
    this.#mask = memory.capacity - 1
    this.#often = memory.capacity >>> 3
  }

  /** Bytes of the message that comes next, or NONE. Throws CorruptPeerError. */
  next(): number {
    if (this.#length !== NONE) return this.#length
    if (this.#position === this.#headSeen && !this.#look()) return NONE
    return this.#open()
  }

  /** What the current record is: TAG.message, batch, first, middle or last. */
  get tag(): number {
    return this.#tag
  }

  /** Messages left of the current record, the current one included. */
  get left(): number {
    return this.#left
  }

  /** Copies the current message to the start of `target`, which has room for it. */
  copyTo(target: Uint8Array): void {
    const { bytes, words } = this.#memory
    const length = this.#length
    const at = this.#at
    const to = this.#last.of(target)
    if (to.length === 0 || length > to.length << 2 || (at & 3) !== 0) {
      target.set(bytes.subarray(at, at + length))
      return
    }
    const first = at >>> 2
    const whole = length >>> 2
    for (let i = 0; i < whole; i++) to[i] = words[first + i] as number
    for (let i = whole << 2; i < length; i++) target[i] = bytes[at + i] as number
  }

  /** A private copy of the current message. */
  copy(): Uint8Array {
    return this.#memory.bytes.slice(this.#at, this.#at + this.#length)
  }

  /** The current message and, of a batch, all that follow it, in place: good until they are released. */
  view(messages = 1): Uint8Array {
    return this.#memory.bytes.subarray(this.#at, this.#at + this.#length * messages)
  }

  /** Goes on to the next message, or `messages` of a batch; what is read is released by and by. */
  advance(messages = 1): void {
    const length = this.#length
    // Of a message in parts only the last counts; the first carries its length behind it.
    this.#messages += this.#tag === TAG.first || this.#tag === TAG.middle ? 0 : messages
    this.#received += length * messages - (this.#tag === TAG.first ? UNIT : 0)
    this.#left -= messages
    if (this.#left > 0) {
      this.#at += length * messages
      return
    }
    this.#length = NONE
    this.#position = (this.#position + this.#units) | 0
    if (((this.#position - this.#released) | 0) >= this.#often) this.#release()
  }

  /** Keeps the current record where it is, also when we have gone on, until the function is called. */
  hold(): () => void {
    const held = { position: this.#position, done: false }
    this.#held.push(held)
    return () => {
      held.done = true
      while (this.#held[0]?.done === true) this.#held.shift()
      this.#release()
    }
  }

  /** Gives the producer all places that have been read. */
  release(): void {
    if (this.#released !== this.#position) this.#release()
  }

  /** Says that we sleep until something comes; false when something has come by now. */
  sleep(): boolean {
    const { control, counters } = this.#memory
    Atomics.store(control, RING.consumerSleeps, 1) // R4
    // R5: a plain load could be done before R4 is seen.
    if (Atomics.load(control, RING.head) !== this.#headSeen || this.ended || this.ready) {
      Atomics.store(control, RING.consumerSleeps, 0)
      return false
    }
    counters[COUNTER.emptyWaits] = (counters[COUNTER.emptyWaits] as number) + 1
    return true
  }

  /**
   * Whether something seems to be there to be read now, or the end. A look, over and over: with plain loads, which cost a
   * tenth. `next` looks again, and `sleep`.
   */
  get ready(): boolean {
    if (this.#length !== NONE || this.#position !== this.#headSeen) return true
    const { control } = this.#memory
    return control[RING.head] !== this.#headSeen || control[RING.ended] !== 0
  }

  /** Messages and bytes that were read; the counters in memory follow when places are released. */
  get messages(): number {
    return this.#messages
  }

  get bytes(): number {
    return this.#received
  }

  /** Whether the producer has said that nothing more will come. Look for what is left after that, not before. */
  get ended(): boolean {
    return Atomics.load(this.#memory.control, RING.ended) !== 0
  }

  /** Says that we will take no more, and wakes a producer that waits for room. */
  close(): void {
    Atomics.store(this.#memory.control, RING.closed, 1)
    this.#wake()
  }

  #look(): boolean {
    if (this.#broken !== undefined) throw this.#broken
    this.release()
    const { control, capacity } = this.#memory
    const head = Atomics.load(control, RING.head) // R1
    if (head === this.#headSeen) return false
    const there = (head - this.#released) | 0
    if (((head - this.#headSeen) | 0) < 0 || there < 0 || there > capacity) {
      throw this.#corrupt(`${there} units in a ring of ${capacity}`)
    }
    this.#headSeen = head
    return true
  }

  /** Reads a record's header, once, and believes it only as far as the ring reaches. */
  #open(): number {
    const { words, capacity } = this.#memory
    for (;;) {
      const unit = this.#position & this.#mask
      const length = words[unit << 1] as number
      const tag = words[(unit << 1) + 1] as number
      const units = unitsOf(length)
      const there = (this.#headSeen - this.#position) | 0
      if (length < 0 || units > there || unit + units > capacity) {
        throw this.#corrupt(`a record of ${length} bytes with ${there * UNIT} there`)
      }
      if (tag !== TAG.padding) return this.#found(unit, length, tag)
      // None is needed at the data's start: a producer that pads on and on would keep us here.
      if (unit === 0 || unit + units !== capacity) throw this.#corrupt('padding where none belongs')
      this.#position = (this.#position + units) | 0
      if (this.#position === this.#headSeen && !this.#look()) return NONE
    }
  }

  #found(unit: number, length: number, tag: number): number {
    const count = tag === TAG.message ? 1 : tag >>> TAG_BITS
    const kind = tag & ((1 << TAG_BITS) - 1)
    const each = kind === TAG.batch ? length / count : length
    if (kind < TAG.message || kind > TAG.last || kind === TAG.padding || !Number.isInteger(each)) {
      throw this.#corrupt(`a record of ${length} bytes with tag ${tag}`)
    }
    if (each > this.#limit && kind <= TAG.batch) {
      throw this.#corrupt(`a message of ${each} bytes; the limit is ${this.#limit}`)
    }
    this.#units = unitsOf(length)
    this.#tag = kind
    this.#left = kind === TAG.batch ? count : 1
    this.#at = unit * UNIT + RECORD_HEADER
    this.#length = each
    return each
  }

  /** Nothing the producer writes is believed any more. */
  #corrupt(what: string): Error {
    this.#length = NONE
    this.#headSeen = this.#position
    this.#broken = this.#owner.corrupt(what)
    return this.#broken
  }

  #release(): void {
    const { control, counters } = this.#memory
    const upTo = this.#held[0]?.position ?? this.#position
    if (upTo === this.#released) return
    counters[COUNTER.receivedMessages] = this.#messages
    counters[COUNTER.receivedBytes] = this.#received
    this.#released = upTo
    Atomics.store(control, RING.tail, upTo) // R3
    this.#wake()
  }

  #wake(): void {
    const { control, counters } = this.#memory
    if (Atomics.load(control, RING.producerSleeps) === 0) return
    if (Atomics.exchange(control, RING.producerSleeps, 0) === 0) return
    counters[COUNTER.producerWakes] = (counters[COUNTER.producerWakes] as number) + 1
    this.#owner.ringBell()
  }
}
