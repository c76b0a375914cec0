// Staying awake for a moment after traffic: the event loop goes on turning instead of going to sleep. Waking a processor
// that sleeps takes longer than most answers take to come.
import { cpus } from 'node:os'

/** Option of what receives on the event loop. */
export interface SpinOptions {
  /**
   * Microseconds, 0 to 1000, for which a wait that follows a message keeps the event loop turning before it sleeps; 50 by
   * default, 0 turns it off. Others on the loop go on, but the processor is busy meanwhile: at most this long for each
   * message, and ever more seldom while nothing comes in that time. Always 0 on a machine with one processor.
   */
  readonly spin?: number | undefined
}

const USUAL = 50
const LONGEST = 1000

let several: boolean | undefined

/** Of the machine: this process may be bound to one of them, and whoever answers to another. */
function severalProcessors(): boolean {
  several ??= cpus().length > 1
  return several
}

/** The budget in microseconds; TypeError or RangeError if it is nonsense. */
export function spinOf({ spin = USUAL }: SpinOptions): number {
  if (typeof spin !== 'number') {
    throw new TypeError(`spin must be a number of microseconds, not ${typeof spin}`)
  }
  if (!(spin >= 0 && spin <= LONGEST)) {
    throw new RangeError(`spin must be 0 to ${LONGEST} microseconds, not ${spin}`)
  }
  return spin > 0 && severalProcessors() ? spin : 0
}

const MOST_SKIPPED = 1023

/**
 * Whoever waits calls `begin`, and `came` when something has come. What was in vain is tried less and less often: the
 * answer may take long, or be made by a process that needs this very processor.
 */
export class Awake {
  readonly #milliseconds: number
  #until = 0 // performance.now() at which it goes to sleep; 0: it sleeps, or nobody waits
  #scheduled = false
  #traffic = false
  #skip = 0
  #penalty = 0

  constructor(microseconds: number) {
    this.#milliseconds = microseconds / 1000
  }

  /** Whether the event loop turns for a wait. */
  get awake(): boolean {
    return this.#until > 0
  }

  /** A wait begins. */
  begin(): void {
    if (this.#milliseconds === 0 || !this.#traffic) return
    this.#traffic = false
    if (this.#skip > 0) this.#skip--
    else this.#start()
  }

  /** Something has come. */
  came(): void {
    this.#traffic = true
    if (this.#until === 0) return
    this.#until = 0
    this.#penalty >>= 1 // not 0: on one processor, too, a peer is lucky now and then
  }

  #start(): void {
    this.#until = performance.now() + this.#milliseconds
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#turn)
  }

  readonly #turn = (): void => {
    if (this.#until > 0 && performance.now() < this.#until) {
      setImmediate(this.#turn)
      return
    }
    this.#scheduled = false
    if (this.#until === 0) return
    this.#until = 0
    this.#penalty = Math.min(2 * this.#penalty + 1, MOST_SKIPPED)
    this.#skip = this.#penalty
  }
}
