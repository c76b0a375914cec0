// What of the log may be written over. The steps W1, W2 and W7 of log-writer.ts.
import { BLOCKS, LOG, logUnitsOf, OLDEST } from './log-layout.ts'
import type { LogMemory } from './log-memory.ts'

/** What a log asks of the topic it belongs to. */
export interface LogOwner {
  /** The position of the subscriber that is farthest behind, none of them ahead of `published`; Infinity without any. */
  slowest(published: number): number
  /** Wakes the subscribers that sleep; gives how many. */
  wake(): number
}

/** Where the publisher stands. All before it is published. */
export interface Place {
  readonly position: number
  /** The sequence number of the message that comes there. */
  readonly sequence: number
}

export class LogRoom {
  readonly #memory: LogMemory
  readonly #owner: LogOwner
  readonly #block: number
  #claimed = 0
  #oldest = 0
  #slowest = 0

  constructor(memory: LogMemory, owner: LogOwner, start: number) {
    this.#memory = memory
    this.#owner = owner
    this.#block = 2 ** memory.blockBits
    this.#oldest = start
    this.#announce(start / this.#block, 0)
  }

  /** The position of the oldest record that can still be read. */
  get oldest(): number {
    return this.#oldest
  }

  /** Up to which position may be written. */
  get limit(): number {
    return (this.#claimed + BLOCKS) * this.#block
  }

  /** Up to where must be given up before what ends at `end` can be written: the end of a block. */
  before(end: number): number {
    return (Math.ceil(end / this.#block) - BLOCKS) * this.#block
  }

  /** Whether nobody must be waited for. `published`: what no subscriber can be ahead of. */
  mayGiveUp(upTo: number, published: number): boolean {
    if (this.#memory.overwrites || upTo <= this.#claimed * this.#block) return true
    if (upTo > this.#slowest) this.#slowest = this.#owner.slowest(published) // W7, when it follows W6
    return upTo <= this.#slowest
  }

  giveUp(upTo: number, next: Place): void {
    const { words, sequences, capacity } = this.#memory
    const blocks = upTo / this.#block
    if (blocks <= this.#claimed) return
    // Record by record: nobody but us can have written them. This ends at a record's end, or where the next one goes.
    let oldest = this.#oldest
    while (oldest < upTo) oldest += logUnitsOf(words[(oldest % capacity) << 2] as number)
    this.#oldest = oldest
    const first = ((oldest % capacity) << 1) + 1
    this.#announce(blocks, oldest === next.position ? next.sequence : (sequences[first] as number))
  }

  #announce(blocks: number, sequence: number): void {
    const { control, numbers } = this.#memory
    const pair = OLDEST + 2 * (blocks % BLOCKS)
    numbers[pair] = this.#oldest // W1
    numbers[pair + 1] = sequence
    this.#claimed = blocks
    Atomics.store(control, LOG.claimed, blocks | 0) // W2
    // On arm64 plain stores that follow may become visible before the store above (`stlr`), but not before this load
    // (`ldar`), which itself stays behind it.
    Atomics.load(control, LOG.claimed)
  }
}
