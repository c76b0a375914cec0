// /proc answers from memory, but a large host has much of it: the event loop gets its turn in between.

/** Milliseconds without a turn for others. */
const SLICE = 8

export class Pauses {
  #since = performance.now()

  /** To be awaited between steps that each take microseconds. */
  async next(): Promise<void> {
    if (performance.now() - this.#since <= SLICE) return
    await new Promise(setImmediate)
    this.#since = performance.now()
  }
}
