// Where a subscriber stands in a log that the publisher writes over. The step R3 of log-reader.ts.
import { BLOCKS, LOG, OLDEST } from './log-layout.ts'
import { type LogMemory, loadsBefore } from './log-memory.ts'
import type { Place } from './log-room.ts'

export class LogPlace {
  readonly #memory: LogMemory
  // In two numbers, so that the hot path counts in small integers.
  #lap = 0
  #unit = 0
  /** The block in which the lap begins, as a word. */
  #block = 0

  constructor(memory: LogMemory) {
    this.#memory = memory
  }

  get position(): number {
    return this.#lap + this.#unit
  }

  /** The position as a word. */
  get word(): number {
    return (this.#lap + this.#unit) | 0
  }

  /** The unit of the data. */
  get unit(): number {
    return this.#unit
  }

  goTo(position: number): void {
    this.#unit = position % this.#memory.capacity
    this.#startLap(position - this.#unit)
  }

  skip(units: number): void {
    this.#unit += units
    if (this.#unit < this.#memory.capacity) return
    this.#unit = 0
    this.#startLap(this.#lap + this.#memory.capacity)
  }

  /** Whether the block in which we stand has not been given up. What was read of it before is good then. */
  intact(): boolean {
    const { control, blockBits, overwrites } = this.#memory
    if (!overwrites) return true
    loadsBefore()
    const block = this.#block + (this.#unit >>> blockBits)
    return (block - Atomics.load(control, LOG.claimed)) >>> 0 <= BLOCKS // R3
  }

  /** Where the oldest record is; nothing when the publisher gave up more while we looked, `NaN` when that was given up. */
  oldest(): Place | undefined {
    const { control, numbers } = this.#memory
    const claimed = Atomics.load(control, LOG.claimed)
    const pair = OLDEST + 2 * (claimed & (BLOCKS - 1))
    const position = numbers[pair] as number
    const sequence = numbers[pair + 1] as number
    loadsBefore()
    if (Atomics.load(control, LOG.claimed) !== claimed) return undefined
    const there = (this.#blockOf(position) - claimed) >>> 0 <= BLOCKS
    return { position: there ? position : Number.NaN, sequence }
  }

  #startLap(lap: number): void {
    this.#lap = lap
    this.#block = this.#blockOf(lap)
  }

  #blockOf(position: number): number {
    return Math.floor(position / 2 ** this.#memory.blockBits) | 0
  }
}
