// Messages longer than the ring come in parts, which are put together in private memory.
import { LEAST_PART, TAG, UNIT } from './layout.ts'
import type { RingOwner } from './ring-writer.ts'

// Taken at once for a message that claims to be long; more as its parts come.
const FIRST_ROOM = 2 ** 20

export class Assembly {
  readonly #owner: RingOwner
  readonly #limit: number
  #room = new Uint8Array(0)
  #total = -1
  #there = 0

  /** `limit` in bytes: a longer message is the peer's mistake. */
  constructor(owner: RingOwner, limit: number) {
    this.#owner = owner
    this.#limit = limit
  }

  /** Adds a part; gives the message once it is whole. `part` is memory that the peer may be writing. */
  add(part: Uint8Array, tag: number): Uint8Array | undefined {
    if ((tag === TAG.first) !== this.#total < 0) throw this.#owner.corrupt('parts of a message out of order')
    const bytes = tag === TAG.first ? this.#begin(part) : part
    if (tag !== TAG.last && bytes.length < LEAST_PART) {
      throw this.#owner.corrupt(
        `a part of ${bytes.length} bytes, which is not the last; the least is ${LEAST_PART}`,
      )
    }
    if (this.#there + bytes.length > this.#total)
      throw this.#owner.corrupt('more parts than the message is long')
    this.#reserve(this.#there + bytes.length)
    this.#room.set(bytes, this.#there)
    this.#there += bytes.length
    if (tag !== TAG.last) return undefined
    if (this.#there !== this.#total) throw this.#owner.corrupt('a message that ends before its length')
    const message = this.#room.subarray(0, this.#total)
    this.#total = -1
    this.#there = 0
    this.#room = new Uint8Array(0)
    return message
  }

  #begin(part: Uint8Array): Uint8Array {
    const body = part.length - UNIT
    if (body < 0) throw this.#owner.corrupt('the first part of a message without its length')
    // Once: the peer could change it between two looks.
    const total = new DataView(part.buffer, part.byteOffset).getFloat64(body, true)
    if (!Number.isSafeInteger(total) || total < 0 || total > this.#limit) {
      throw this.#owner.corrupt(`a message of ${total} bytes; the limit is ${this.#limit}`)
    }
    this.#total = total
    return part.subarray(0, body)
  }

  #reserve(length: number): void {
    if (length <= this.#room.length) return
    const room = new Uint8Array(Math.min(this.#total, Math.max(FIRST_ROOM, 2 * length)))
    room.set(this.#room.subarray(0, this.#there))
    this.#room = room
  }
}
