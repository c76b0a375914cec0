// A subscriber's side of a log: one thread of one process. The publisher is not trusted: what it wrote is loaded once,
// checked, then used; and it may write over old messages at any time. The steps, in this order:
//
//   R1 load head
//   R2 copy the record         from memory that the publisher may be writing over
//   R3 load claimed            after R2 (see `loadsBefore`): if the record's block was given up, the copy is thrown away and
//                              we go on at the oldest record there is. Otherwise nobody had begun to write over it
//   R4 store position          the publisher may write over what is before it (block, drop)
//   R5 look whether the publisher sleeps, after R4; ring its bell if it waits for what we have just given it
//   R6 say "I sleep"           only when nothing was there
//   R7 load head again         after R6: either the publisher sees R6 at W5, or we see W4 here. Both is harmless.
//
// `head` and `claimed` wrap. Who is stopped while 2^32 units go by takes an old `head` for a new one, and R3 sets it right:
// `claimed` counts blocks, so that it would have to wrap to within BLOCKS of where it was: 1 TiB, exactly, for the smallest
// log. Sequence numbers, which do not wrap, would still tell.
import { NONE } from '../transport.ts'
import { TAG, TAG_BITS } from './layout.ts'
import type { LogCursor } from './log-cursor.ts'
import { LOG, LOG_RECORD_HEADER, LOG_UNIT, logUnitsOf } from './log-layout.ts'
import type { LogMemory } from './log-memory.ts'
import { LogPlace } from './log-place.ts'
import type { Place } from './log-room.ts'
import { LastWords } from './memory.ts'
import type { RingOwner } from './ring-writer.ts'

// What #open gives when it found something else than a record.
const DOUBT = -2
// The sequence number before we know where the log begins.
const UNKNOWN = -1
// So often is tried to catch up with a publisher that gives up blocks faster than we look; then others have their turn.
const TRIES = 8

/** `advance` throws it when the message was overwritten while it was read: what was copied is worth nothing. */
export const overtaken: Error = new Error('overtaken by the publisher')

export class LogReader {
  readonly #memory: LogMemory
  readonly #cursor: LogCursor
  readonly #owner: RingOwner
  readonly #last = new LastWords()
  // Telling costs the cache line that a waiting publisher polls: an eighth of the log at a time.
  readonly #often: number
  readonly #place: LogPlace
  /** Units from there to the head that was seen. */
  #there = 0
  #headSeen = 0
  #untold = 0
  #behind = false
  /** The sequence number of the message that comes next. */
  #sequence = 0
  #length = NONE
  #at = 0
  #units = 0
  #left = 0
  #messages = 0
  #bytes = 0
  #lost = 0

  constructor(memory: LogMemory, cursor: LogCursor, owner: RingOwner) {
    this.#memory = memory
    this.#cursor = cursor
    this.#place = new LogPlace(memory)
    this.#owner = owner
    this.#often = memory.capacity >>> 3
  }

  /** Begins at a place, or, without one, at the oldest record. */
  begin(place: Place | undefined): void {
    this.#place.goTo(place?.position ?? 0)
    this.#sequence = place?.sequence ?? UNKNOWN
    this.#headSeen = this.#place.word
    if (place === undefined) this.#resume()
    this.#tell()
  }

  /** Bytes of the message that comes next, or NONE. Throws what the owner makes of a broken protocol. */
  next(): number {
    for (let tries = 0; tries < TRIES; tries++) {
      if (this.#length !== NONE) return this.#length
      if (this.#there === 0 && !this.#look()) return NONE
      const length = this.#open()
      if (length !== DOUBT) return length
    }
    return NONE
  }

  /** Messages left of the current record, the current one included. */
  get left(): number {
    return this.#left
  }
  /** What was read. */
  get messages(): number {
    return this.#messages
  }
  get bytes(): number {
    return this.#bytes
  }
  /** What was written over before it was read. */
  get lost(): number {
    return this.#lost
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

  /** The current message and, of a batch, all that follow it, where they lie. */
  view(messages = 1): Uint8Array {
    return this.#memory.bytes.subarray(this.#at, this.#at + this.#length * messages)
  }

  /** Goes on to the next message, or `messages` of a batch. Throws `overtaken`: what was copied of them is not they. */
  advance(messages = 1): void {
    if (this.overtaken()) throw overtaken
    const length = this.#length
    this.#sequence += messages
    this.#messages += messages
    this.#bytes += length * messages
    this.#left -= messages
    if (this.#left > 0) {
      this.#at += length * messages
      return
    }
    this.#length = NONE
    this.#there -= this.#units
    this.#place.skip(this.#units)
    this.#untold += this.#units
    if (this.#untold >= this.#often) this.#tell()
  }

  /** Whether the record was overwritten since `next` found it; then we look again, from the head on. */
  overtaken(): boolean {
    if (this.#place.intact()) return false
    this.#length = NONE
    this.#there = 0
    this.#behind = true
    return true
  }

  /** Says that we sleep until something comes; false when something has come by now. */
  sleep(): boolean {
    return this.#cursor.sleep(() => this.ready)
  }

  /** Whether something is there to be read now, or the end. */
  get ready(): boolean {
    if (this.#length !== NONE || this.#there > 0 || this.#behind) return true
    return Atomics.load(this.#memory.control, LOG.head) !== this.#headSeen || this.ended // R7
  }

  /** Whether the publisher has said that nothing more will come. Look for what is left after that, not before. */
  get ended(): boolean {
    return Atomics.load(this.#memory.control, LOG.ended) !== 0
  }

  #tell(): void {
    this.#untold = 0
    this.#cursor.tell(this.#place.word, this)
  }

  #look(): boolean {
    this.#tell()
    const head = Atomics.load(this.#memory.control, LOG.head) // R1
    if (head === this.#headSeen && !this.#behind) return false
    if (this.#sequence === UNKNOWN || !this.#place.intact()) return this.#resume()
    return this.#seen(head)
  }

  #seen(head: number): boolean {
    const { capacity } = this.#memory
    const there = (head - this.#place.word) | 0
    if (there < 0 || there > capacity) throw this.#owner.corrupt(`${there} units in a log of ${capacity}`)
    this.#behind = false
    this.#headSeen = head
    this.#there = there
    return there > 0
  }

  /** Goes to the oldest record, and counts what was lost before it; false when the publisher is faster than we. */
  #resume(): boolean {
    for (let tries = 0; tries < TRIES; tries++) {
      const oldest = this.#place.oldest()
      if (oldest === undefined) continue
      this.#check(oldest)
      if (this.#sequence !== UNKNOWN) this.#lost += oldest.sequence - this.#sequence
      this.#sequence = oldest.sequence
      this.#place.goTo(oldest.position)
      const head = Atomics.load(this.#memory.control, LOG.head)
      if (this.#place.intact()) return this.#seen(head)
    }
    this.#behind = true
    return false
  }

  /** The publisher may only send us forward. */
  #check({ position, sequence }: Place): void {
    const ahead = Number.isSafeInteger(position) && position >= this.#place.position
    if (ahead && Number.isSafeInteger(sequence) && sequence >= this.#sequence) return
    throw this.#owner.corrupt(`the oldest message is number ${sequence} at ${position}`)
  }

  /** Reads a record's header, once, and believes it only as far as the log reaches. */
  #open(): number {
    const { words, sequences, capacity } = this.#memory
    for (;;) {
      const { unit } = this.#place
      const length = words[unit << 2] as number
      const tag = words[(unit << 2) + 1] as number
      const units = logUnitsOf(length)
      if (length < 0 || units > this.#there || unit + units > capacity) return this.#strange(length, tag)
      if (sequences[(unit << 1) + 1] !== this.#sequence) return this.#strange(length, tag)
      if (tag !== TAG.padding) return this.#found(length, tag)
      // None is needed at the data's start: a publisher that pads on and on would keep us here.
      if (unit === 0 || unit + units !== capacity) return this.#strange(length, tag)
      this.#there -= units
      this.#place.skip(units)
      if (this.#there === 0) return NONE
    }
  }

  /** What is no record is the publisher's mistake, unless we were overtaken. */
  #strange(length: number, tag: number): typeof DOUBT {
    if (!this.overtaken()) throw this.#owner.corrupt(`a record of ${length} bytes with tag ${tag}`)
    return DOUBT
  }

  #found(length: number, tag: number): number {
    const count = tag >>> TAG_BITS
    const batch = (tag & ((1 << TAG_BITS) - 1)) === TAG.batch
    const each = batch ? length / count : length
    if ((!batch && tag !== TAG.message) || !Number.isInteger(each)) return this.#strange(length, tag)
    this.#units = logUnitsOf(length)
    this.#left = batch ? count : 1
    this.#at = this.#place.unit * LOG_UNIT + LOG_RECORD_HEADER
    this.#length = each
    return each
  }
}
