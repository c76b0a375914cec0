// Whether a wait stays awake at first: docs/adr/0006-staying-awake.md.

const MOST_SKIPPED = 1023

/**
 * Waits that stayed awake in vain are followed by ones that sleep at once: one, then three, up to 1023. Each that was not
 * in vain halves that number. So a peer that answers late, or needs this very processor, costs next to nothing.
 */
export class Patience {
  readonly #willing: boolean
  #skip = 0
  #penalty = 0

  /** `willing`: whether there is a budget at all. */
  constructor(willing: boolean) {
    this.#willing = willing
  }

  /** Asked when a wait begins. */
  get awake(): boolean {
    if (!this.#willing) return false
    if (this.#skip === 0) return true
    this.#skip--
    return false
  }

  /** What was waited for has come meanwhile. */
  rewarded(): void {
    this.#penalty >>= 1
  }

  /** It has not. */
  inVain(): void {
    this.#penalty = Math.min(2 * this.#penalty + 1, MOST_SKIPPED)
    this.#skip = this.#penalty
  }
}
