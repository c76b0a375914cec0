// Waking the other process: each ring is one turn of the other side's wait. Rings are counted, none is lost.
import type { EventFd } from '../../../kernel/event-fd.ts'

export interface Bell {
  ring(): void
  /** Waits until there was one more ring than waits. */
  wait(): void
}

/** An eventfd with EFD_SEMAPHORE: one write(2) to ring, one read(2) to wait. */
export class EventBell implements Bell {
  readonly #eventFd: EventFd

  constructor(eventFd: EventFd) {
    this.#eventFd = eventFd
  }

  ring(): void {
    this.#eventFd.postSync()
  }

  wait(): void {
    this.#eventFd.waitSync()
  }
}

const RINGS = 0
// On a cache line of its own: the ringer writes RINGS, the waiter this.
const ASLEEP = 16
/** Words of shared memory that a SpinBell takes. */
export const SPIN_BELL_WORDS = 32
const LOADS_PER_LOOK = 500

// If both sides share a processor, the one that watches keeps the other from ringing. The scheduler separates two that
// are always busy, if it can, within some milliseconds: so many vain watches it is given. After that fewer and
// fewer waits watch.
const PATIENT_WATCHES = 200
const MOST_SKIPPED = 256

/**
 * A word in shared memory, which the waiter watches for a while before it sleeps on an eventfd. As long as both sides are
 * quick no system call is made.
 */
export class SpinBell implements Bell {
  readonly #words: Int32Array
  readonly #eventFd: EventFd
  readonly #budget: number
  #waits = 0
  /** Vain watches in a row; how many waits to come will not watch; how many it was the last time. */
  #vain = 0
  #skip = 0
  #penalty = 0

  /** `budget`: how long to watch, in milliseconds; 0 on a machine with one processor. */
  constructor(words: Int32Array, eventFd: EventFd, budget: number) {
    this.#words = words
    this.#eventFd = eventFd
    this.#budget = budget
  }

  ring(): void {
    Atomics.add(this.#words, RINGS, 1)
    // The waiter says that it sleeps before it looks for the last time: one of the two sees the other.
    if (Atomics.exchange(this.#words, ASLEEP, 0) === 1) this.#eventFd.postSync()
  }

  wait(): void {
    while (!this.#rung()) {
      if (this.#watch()) break
      Atomics.store(this.#words, ASLEEP, 1)
      // Rung meanwhile, and nobody took our word for sleeping: no token will come.
      if (this.#rung() && Atomics.exchange(this.#words, ASLEEP, 0) === 1) break
      this.#eventFd.waitSync()
    }
    this.#waits = (this.#waits + 1) | 0
  }

  #rung(): boolean {
    return Atomics.load(this.#words, RINGS) !== this.#waits
  }

  #watch(): boolean {
    if (this.#budget === 0 || this.#skip-- > 0) return false
    const deadline = performance.now() + this.#budget
    do {
      for (let load = 0; load < LOADS_PER_LOOK; load++) {
        if (!this.#rung()) continue
        this.#vain = this.#penalty = 0
        return true
      }
    } while (performance.now() < deadline)
    if (++this.#vain > PATIENT_WATCHES) {
      this.#skip = this.#penalty = Math.min(MOST_SKIPPED, this.#penalty * 2 + 1)
    }
    return false
  }
}
