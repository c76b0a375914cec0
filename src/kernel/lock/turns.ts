// Turns of the operations of one thread at something only one of them can have: first come, first served.
import { onGiveUp, type WaitOptions } from '../../wait/options.ts'

interface Waiter {
  readonly go: () => void
  readonly reject: (reason: unknown) => void
  callOff: () => void
}

export class Turns {
  readonly #queue: Waiter[] = []
  #taken = false

  /** How many wait for their turn. */
  get waiting(): number {
    return this.#queue.length
  }

  get taken(): boolean {
    return this.#taken
  }

  /** Takes the turn if nobody has it or waits for it. */
  tryTake(): boolean {
    if (this.#taken) return false
    this.#taken = true
    return true
  }

  /** Waits for the turn; `what` for the error of one that is given up. The options have been checked. */
  take(what: string, options?: WaitOptions): Promise<void> {
    if (this.tryTake()) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { go: resolve, reject, callOff: () => {} }
      waiter.callOff = onGiveUp(options, what, (reason) => {
        this.#queue.splice(this.#queue.indexOf(waiter), 1)
        waiter.callOff()
        reject(reason)
      })
      this.#queue.push(waiter)
    })
  }

  /** Ends a turn; the next begins. */
  end(): void {
    const next = this.#queue.shift()
    this.#taken = next !== undefined
    next?.callOff()
    next?.go()
  }

  /** Ends all waiting, with `reason`. */
  fail(reason: unknown): void {
    for (const waiter of this.#queue.splice(0)) {
      waiter.callOff()
      waiter.reject(reason)
    }
  }
}
