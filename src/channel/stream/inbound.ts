// What has come on a byte stream and has not been taken yet: read into memory in large pieces, messages found in place.
import { read } from '../../sys/file.ts'
import type { FramingError } from '../framing/error.ts'
import { NONE } from '../transport.ts'
import { CHUNK, fresh, giveChunk, takeChunk } from './chunks.ts'
import type { Framer } from './framer.ts'

const NOTHING = new Uint8Array(0)
// A read is worth a system call when there is room for so many bytes; otherwise what is there is moved first.
const LEAST = 16_384
// A message this long is given away with the memory it was read into.
const LONG = 65_536

export class Inbound {
  readonly #framer: Framer
  #chunk: Uint8Array = NOTHING
  /** How many views of the chunk are in use; it is not written to again before they are released. */
  #held = { views: 0 }
  #from = 0
  #to = 0
  /** The message found; NONE before `next`. With what stands around it, it takes `#size` bytes. */
  #length = NONE
  #size = 0
  #lacks = 1
  #ended = false
  #given = false
  messages = 0
  bytes = 0

  constructor(framer: Framer) {
    this.#framer = framer
  }

  /** Bytes of the next message, or NONE if it has not come whole. FramingError: it never will. */
  next(): number {
    if (this.#length !== NONE) return this.#length
    if (this.#from === this.#to) return NONE
    const { before, after, lastIsOpen } = this.#framer
    let length = this.#framer.find(this.#chunk, this.#from, this.#to)
    this.#size = before + length + after
    if (length < 0) {
      this.#lacks = -length
      if (!this.#ended || !lastIsOpen) return NONE
      length = this.#to - this.#from
      this.#size = length
    }
    this.#length = length
    return length
  }

  /** Messages of the same length, one behind the other, from the current one on: where nothing stands between them. */
  get left(): number {
    const { before, after } = this.#framer
    return this.#length <= 0 || before + after > 0 ? 1 : Math.floor((this.#to - this.#from) / this.#length)
  }

  copyTo(target: Uint8Array): void {
    target.set(this.view())
  }

  copy(): Uint8Array {
    const view = this.view()
    if (this.#length < LONG || this.#held.views > 0) return view.slice()
    this.#given = true
    return view
  }

  view(messages = 1): Uint8Array {
    const at = this.#from + this.#framer.before
    return this.#chunk.subarray(at, at + this.#length * messages)
  }

  hold(): () => void {
    const held = this.#held
    held.views++
    return () => {
      held.views--
    }
  }

  advance(messages = 1): void {
    this.messages += messages
    this.bytes += this.#length * messages
    this.#from += this.#size * messages
    this.#length = NONE
    this.#lacks = 1
    if (this.#given) this.#moveTo(this.#from === this.#to ? NOTHING : takeOr(this.#to - this.#from))
    else if (this.#from === this.#to) this.#empty()
  }

  /** One read(2): how many bytes came, 0 at the end, or `-errno`. */
  fill(fd: number): number {
    this.#makeRoom()
    const got = read(fd, this.#chunk, this.#to, this.#chunk.length - this.#to)
    if (got > 0) this.#to += got
    else if (this.#from === this.#to) this.#empty()
    return got
  }

  /** Adds bytes that came before anybody looked. */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      this.#makeRoom()
      const part = bytes.subarray(at, at + this.#chunk.length - this.#to)
      this.#chunk.set(part, this.#to)
      this.#to += part.length
      at += part.length
    }
  }

  /** No more will come: gives what is wrong with the last message, which then is none. */
  end(): FramingError | undefined {
    this.#ended = true
    try {
      return this.#framer.fault(this.#chunk, this.#from, this.#to)
    } catch (error) {
      return error as FramingError
    }
  }

  #empty(): void {
    if (this.#held.views > 0) this.#held = { views: 0 }
    else giveChunk(this.#chunk)
    this.#chunk = NOTHING
    this.#from = 0
    this.#to = 0
  }

  #makeRoom(): void {
    if (this.#chunk === NOTHING) this.#chunk = takeChunk()
    const room = this.#chunk.length - this.#to
    if (room >= LEAST || room >= this.#lacks) return
    const there = this.#to - this.#from
    // A header alone makes nobody allocate what it announces: four times as much as has come, at most.
    const wanted = Math.max(CHUNK, 2 * there, Math.min(there + this.#lacks, 4 * there))
    const inUse = this.#held.views > 0 || this.#length !== NONE
    if (inUse || wanted > this.#chunk.length) this.#moveTo(takeOr(wanted))
    else {
      this.#chunk.copyWithin(0, this.#from, this.#to)
      this.#from = 0
      this.#to = there
    }
  }

  /** Goes on in other memory, with what is left. */
  #moveTo(chunk: Uint8Array): void {
    const rest = this.#chunk.subarray(this.#from, this.#to)
    chunk.set(rest)
    if (this.#held.views > 0) this.#held = { views: 0 }
    else if (!this.#given && this.#length === NONE) giveChunk(this.#chunk)
    this.#given = false
    this.#chunk = chunk
    this.#from = 0
    this.#to = rest.length
  }
}

function takeOr(bytes: number): Uint8Array {
  return bytes <= CHUNK ? takeChunk() : fresh(bytes)
}
