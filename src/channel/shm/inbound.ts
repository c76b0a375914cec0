// The receiving half of a pair in shared memory: records become messages, long ones from their parts.
import type { Incoming } from '../transport.ts'
import { Assembly } from './assembly.ts'
import { TAG } from './layout.ts'
import { NONE, type RingReader } from './ring-reader.ts'
import type { RingOwner } from './ring-writer.ts'

export class Inbound implements Incoming {
  readonly #reader: RingReader
  readonly #owner: RingOwner
  readonly #assembly: Assembly
  /** A message that came in parts. */
  #whole: Uint8Array | undefined

  /** `limit`: bytes of the longest message taken. */
  constructor(reader: RingReader, owner: RingOwner, limit: number) {
    this.#reader = reader
    this.#owner = owner
    this.#assembly = new Assembly(owner, limit)
  }

  get left(): number {
    return this.#whole === undefined ? this.#reader.left : 1
  }

  /** Bytes of the next message, or NONE. */
  next(): number {
    if (this.#whole !== undefined) return this.#whole.length
    const length = this.#reader.next()
    return length >= 0 && this.#reader.tag >= TAG.first ? this.#assemble() : length
  }

  copyTo(target: Uint8Array): void {
    if (this.#whole === undefined) this.#reader.copyTo(target)
    else target.set(this.#whole)
  }

  copy(): Uint8Array {
    return this.#whole ?? this.#reader.copy()
  }

  view(messages = 1): Uint8Array {
    return this.#whole ?? this.#reader.view(messages)
  }

  hold(): () => void {
    return this.#whole === undefined ? this.#reader.hold() : () => {}
  }

  advance(messages = 1): void {
    if (this.#whole === undefined) this.#reader.advance(messages)
    else this.#whole = undefined
  }

  #assemble(): number {
    const reader = this.#reader
    do {
      if (reader.tag < TAG.first) throw this.#owner.corrupt('a message among the parts of another')
      this.#whole = this.#assembly.add(reader.view(), reader.tag)
      reader.advance()
      if (this.#whole !== undefined) return this.#whole.length
    } while (reader.next() >= 0)
    return NONE
  }
}
