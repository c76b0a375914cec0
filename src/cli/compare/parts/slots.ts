// The file through shared memory, in slots: read(2) straight into a slot, write(2) straight out of it.
import type { Mapping } from '../../../kernel/mapping.ts'
import { type End, PIECE_BYTES } from '../mechanism.ts'
import { pieces, readPiece, writePiece } from '../side/pieces.ts'
import { type Bells, HEADER_BYTES, MessageEnd } from './messages.ts'

// As many bytes at a time as through a pipe, and enough slots that neither side often waits for the other.
const SLOTS = 8
const SLOT_BYTES = PIECE_BYTES

/** Bytes of memory that both sides map. */
export const SLOTS_BYTES = HEADER_BYTES + SLOTS * SLOT_BYTES

/** One side of memory with slots. The sender rings for each slot it filled, the receiver for each it emptied. */
export class SlotEnd extends MessageEnd implements End {
  readonly #slots: readonly Uint8Array[]

  constructor(memory: Mapping, bells: Bells, isSender: boolean) {
    super(memory, bells, isSender)
    this.#slots = Array.from({ length: SLOTS }, (_, index) =>
      memory.view(Uint8Array, HEADER_BYTES + index * SLOT_BYTES, SLOT_BYTES),
    )
  }

  send(file: number, size: number, gate: (done: number) => void): void {
    let free = SLOTS
    for (const { start, length } of pieces(size, gate)) {
      if (free === 0) this.bells.mine.wait()
      else free--
      readPiece(file, this.#slot(start, length))
      this.bells.theirs.ring()
    }
    // What is still full; afterwards both bells are even again.
    for (; free < SLOTS; free++) this.bells.mine.wait()
  }

  receive(file: number, size: number): void {
    for (const { start, length } of pieces(size)) {
      this.bells.mine.wait()
      writePiece(file, this.#slot(start, length))
      this.bells.theirs.ring()
    }
  }

  #slot(start: number, length: number): Uint8Array {
    const slot = this.#slots[(start / SLOT_BYTES) % SLOTS]
    if (slot === undefined) throw new Error(`no slot for byte ${start}`)
    return length === SLOT_BYTES ? slot : slot.subarray(0, length)
  }
}
