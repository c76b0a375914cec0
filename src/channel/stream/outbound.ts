// What is to go out on a byte stream: messages with their framing, one behind the other, until the kernel takes them.
import { EAGAIN, EINTR } from '../../sys/errno.ts'
import { write } from '../../sys/file.ts'
import { CHUNK, fresh, giveChunk, takeChunk } from './chunks.ts'
import type { Framer } from './framer.ts'

const NOTHING = new Uint8Array(0)
/** The longest message that goes in one piece. */
export const LONGEST = 65_536

export class Outbound {
  readonly #framer: Framer
  readonly #around: number
  #chunk: Uint8Array = NOTHING
  #from = 0
  #to = 0
  /** The place of a message that is being written, with its framing; bytes, or -1. */
  #reserved = -1
  messages = 0
  bytes = 0

  constructor(framer: Framer) {
    this.#framer = framer
    this.#around = framer.before + framer.after
  }

  /** Bytes that the kernel has not taken yet. */
  get pending(): number {
    return this.#to - this.#from
  }

  /** Whether a message is being written in place. */
  get loaned(): boolean {
    return this.#reserved >= 0
  }

  /** Whether a message of `length` bytes has room; one always has while nothing is pending. */
  hasRoom(length: number): boolean {
    return this.#reserved < 0 && this.#fits(length + this.#around)
  }

  /** Copies a message behind the others; false when there is no room. FramingError: this framing cannot carry it. */
  push(message: Uint8Array): boolean {
    this.#framer.check(message)
    if (!this.hasRoom(message.length)) return false
    this.#put(message)
    return true
  }

  /** As `push`, for messages of `each` bytes that lie one behind the other: all or none. */
  pushAll(packed: Uint8Array, each: number): boolean {
    const count = packed.length / each
    for (let i = 0; i < count; i++) this.#framer.check(packed.subarray(i * each, (i + 1) * each))
    const size = packed.length + count * this.#around
    if (this.#reserved >= 0 || !this.#fits(size)) return false
    this.#makeRoom(size)
    for (let i = 0; i < count; i++) this.#put(packed.subarray(i * each, (i + 1) * each))
    return true
  }

  /**
   * Of a message that is longer than LONGEST: copies what there is room for, from byte `from` on, and gives the byte to go
   * on from. The framing goes with the first and the last byte.
   */
  pushPart(message: Uint8Array, from: number): number {
    const { before, after } = this.#framer
    if (from === 0) this.#framer.check(message)
    const room = this.#reserved < 0 ? CHUNK - this.pending - this.#around : 0
    if (room <= 0) return from
    const part = message.subarray(from, from + room)
    this.#makeRoom(part.length + this.#around)
    if (from === 0) {
      this.#framer.open(this.#chunk, this.#to, message.length)
      this.#to += before
    }
    this.#chunk.set(part, this.#to)
    this.#to += part.length
    if (from + part.length === message.length) this.#sent(message.length, after)
    return from + part.length
  }

  /** A place for a message of up to `length` bytes; undefined when there is no room. */
  reserve(length: number): Uint8Array | undefined {
    if (!this.hasRoom(length)) return undefined
    this.#makeRoom(length + this.#around)
    this.#reserved = length
    const at = this.#to + this.#framer.before
    return this.#chunk.subarray(at, at + length)
  }

  /** The first `length` bytes of the place are a message. FramingError: this framing cannot carry it, and it is none. */
  commit(length: number): void {
    this.#reserved = -1
    const at = this.#to + this.#framer.before
    this.#framer.check(this.#chunk.subarray(at, at + length))
    this.#framer.open(this.#chunk, this.#to, length)
    this.#to = at + length
    this.#sent(length, this.#framer.after)
  }

  abort(): void {
    this.#reserved = -1
  }

  /** Writes as much as the kernel takes: 0 when nothing is pending any more, otherwise `-EAGAIN` or another `-errno`. */
  write(fd: number): number {
    while (this.#from < this.#to) {
      const wanted = this.#to - this.#from
      const put = write(fd, this.#chunk, this.#from, wanted)
      if (put === EINTR) continue
      if (put < 0) return put
      this.#from += put
      if (put < wanted) return EAGAIN
    }
    this.#rest()
    return 0
  }

  /** Forgets what is pending: nobody will take it. */
  drop(): void {
    this.#from = this.#to
    this.#rest()
  }

  #fits(size: number): boolean {
    return this.#from === this.#to || this.pending + size <= CHUNK
  }

  #put(message: Uint8Array): void {
    const { length } = message
    this.#makeRoom(length + this.#around)
    this.#framer.open(this.#chunk, this.#to, length)
    this.#to += this.#framer.before
    this.#chunk.set(message, this.#to)
    this.#to += length
    this.#sent(length, this.#framer.after)
  }

  #sent(length: number, after: number): void {
    this.#framer.close(this.#chunk, this.#to)
    this.#to += after
    this.messages++
    this.bytes += length
  }

  #makeRoom(size: number): void {
    if (this.#to + size <= this.#chunk.length) return
    const pending = this.#chunk.subarray(this.#from, this.#to)
    if (pending.length + size <= this.#chunk.length) this.#chunk.copyWithin(0, this.#from, this.#to)
    else {
      const chunk = pending.length + size <= CHUNK ? takeChunk() : fresh(pending.length + size)
      chunk.set(pending)
      giveChunk(this.#chunk)
      this.#chunk = chunk
    }
    this.#from = 0
    this.#to = pending.length
  }

  /** Nothing is pending: the memory goes back, unless a message is being written there. */
  #rest(): void {
    if (this.#reserved >= 0) return
    giveChunk(this.#chunk)
    this.#chunk = NOTHING
    this.#from = 0
    this.#to = 0
  }
}
