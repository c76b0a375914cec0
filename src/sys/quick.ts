// read(2) and write(2) of the same small buffer again and again, with nothing to marshal: native/quick.c.
import { native } from './addon.ts'

// Words of native/quick.c's block; none if this runtime allows no buffer outside its heap.
const FD = 0
const LENGTH = 1
const RESULT = 2
const LOW = 4
const HIGH = 5
const memory = native.quickBlock()
// Looked up once: the addon has so many functions that V8 keeps them in a hash table.
const { read, write, quickRead, quickWrite } = native
const block = typeof memory === 'number' ? undefined : new Int32Array(memory)

const MOST_BYTES = 16_384 // above, the transfer itself costs more than its marshalling
const MOST_PINNED = 1_048_576

/**
 * Remembers the address of the buffer used last. It stays valid while the buffer lives, which this object sees to, and
 * has its length: a buffer that is transferred or detached, or whose mapping is closed, has length 0 from then on.
 */
export class QuickTransfer {
  #bytes: Uint8Array | undefined
  #length = -1
  #low = 0
  #high = 0

  /** read(2) into all of `bytes`; `>= 0` or `-errno`. */
  read(fd: number, bytes: Uint8Array): number {
    if (block === undefined || bytes !== this.#bytes || bytes.byteLength !== this.#length) {
      this.#learn(bytes)
      return read(fd, bytes)
    }
    block[FD] = fd
    block[LENGTH] = this.#length
    block[LOW] = this.#low
    block[HIGH] = this.#high
    quickRead()
    return block[RESULT] as number
  }

  /** write(2) of all of `bytes`; `>= 0` or `-errno`. */
  write(fd: number, bytes: Uint8Array): number {
    if (block === undefined || bytes !== this.#bytes || bytes.byteLength !== this.#length) {
      this.#learn(bytes)
      return write(fd, bytes)
    }
    block[FD] = fd
    block[LENGTH] = this.#length
    block[LOW] = this.#low
    block[HIGH] = this.#high
    quickWrite()
    return block[RESULT] as number
  }

  /** The first time only notes the buffer, since most are never seen again; the second time takes its address. */
  #learn(bytes: Uint8Array): void {
    if (bytes !== this.#bytes) {
      this.forget()
      if (bytes.byteLength > 0 && bytes.byteLength <= MOST_BYTES) this.#bytes = bytes
      return
    }
    if (block === undefined || bytes.byteLength === 0 || bytes.buffer.byteLength > MOST_PINNED) return
    native.quickAddress(bytes)
    this.#length = bytes.byteLength
    this.#low = block[LOW] as number
    this.#high = block[HIGH] as number
  }

  /** Lets go of the buffer. */
  forget(): void {
    this.#bytes = undefined
    this.#length = -1
  }
}
