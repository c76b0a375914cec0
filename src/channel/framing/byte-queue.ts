// Bytes as they came, in order. Each is copied at most twice, however small the chunks it came in.

/** Chunks below this are copied together, so that a trickle does not become a million objects. */
const SMALL = 1024
const GATHERED = 16_384
const EMPTY = new Uint8Array(0)

export class ByteQueue {
  /** Those before `#first` are used up, and so are `#offset` bytes of that one. */
  #chunks: Uint8Array[] = []
  #first = 0
  #offset = 0
  #length = 0
  /** Room behind the last gathered chunk; `#open` while that is still the last of all. */
  #spare: Uint8Array = EMPTY
  #open = false
  /** Where `find` goes on: `#searched` bytes from the front are known not to match. */
  #searched = 0
  #cursor = 0
  #from = 0

  get length(): number {
    return this.#length
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    if (chunk.length < SMALL && this.#length > 0) this.#gather(chunk)
    else {
      this.#chunks.push(chunk)
      this.#open = false
    }
    this.#length += chunk.length
  }

  /** The first `count` bytes; a view, where they came in one chunk. There must be that many. */
  take(count: number): Uint8Array {
    const head = this.#chunks[this.#first] ?? EMPTY
    const view = head.subarray(this.#offset, this.#offset + count)
    const taken = view.length === count ? view : new Uint8Array(count)
    if (taken === view) this.#drop(count)
    for (let done = 0; taken !== view && done < count; ) {
      const chunk = this.#chunks[this.#first] ?? EMPTY
      const part = chunk.subarray(this.#offset, this.#offset + count - done)
      taken.set(part, done)
      this.#drop(part.length)
      done += part.length
    }
    this.#searched = 0
    this.#cursor = this.#first
    this.#from = this.#offset
    return taken
  }

  /** How many bytes stand before the first `byte`; -1, if there is none. No byte is looked at twice. */
  find(byte: number): number {
    for (;;) {
      const chunk = this.#chunks[this.#cursor]
      if (chunk === undefined) return -1
      const found = chunk.indexOf(byte, this.#from)
      if (found >= 0) return this.#searched + found - this.#from
      this.#searched += chunk.length - this.#from
      this.#from = chunk.length
      if (this.#cursor + 1 === this.#chunks.length) return -1
      this.#cursor++
      this.#from = 0
    }
  }

  #gather(chunk: Uint8Array): void {
    if (this.#spare.length < chunk.length) {
      this.#spare = new Uint8Array(GATHERED)
      this.#open = false
    }
    this.#spare.set(chunk)
    const last = this.#open ? this.#chunks.pop() : undefined
    const start = last === undefined ? this.#spare.byteOffset : last.byteOffset
    const end = this.#spare.byteOffset + chunk.length
    this.#chunks.push(new Uint8Array(this.#spare.buffer, start, end - start))
    this.#spare = this.#spare.subarray(chunk.length)
    this.#open = true
  }

  /** Uses up bytes of the first chunk. */
  #drop(count: number): void {
    this.#length -= count
    this.#offset += count
    if (this.#offset < (this.#chunks[this.#first]?.length ?? 0)) return
    this.#chunks[this.#first] = EMPTY // let go of the memory
    this.#first++
    this.#offset = 0
    if (2 * this.#first < this.#chunks.length) return
    this.#chunks = this.#chunks.slice(this.#first)
    this.#first = 0
  }
}
