// Those who have come and been welcomed, and have not been accepted: who connects need not wait until somebody looks.
import { checkOptions, onGiveUp, type WaitOptions } from '../../wait/options.ts'

/** Where they come from. */
export interface Source<A> {
  /** The next one; rejects when none can come now, or ever. */
  next(): Promise<A>
  ref(): void
  unref(): void
}

// Beyond them who comes waits in the kernel's backlog.
const MOST = 64

/** Takes arrivals as they come and hands them out in turn. Keeps the event loop running only while somebody waits. */
export class Arrivals<A> {
  readonly #source: Source<A>
  readonly #label: string
  readonly #arrived: A[] = []
  readonly #waiting: {
    readonly resolve: (arrival: A) => void
    readonly reject: (reason: unknown) => void
  }[] = []
  #keepAlive = true
  #taking = false
  #discard: ((arrival: A) => void) | undefined
  #failure: { readonly error: unknown } | undefined

  constructor(source: Source<A>, label: string) {
    this.#source = source
    this.#label = label
    source.unref()
    this.#take()
  }

  /** The next one. What the source failed with is told once; then it is tried again. */
  next(options?: WaitOptions): Promise<A> {
    checkOptions(options)
    const first = this.#waiting.length === 0 ? this.#arrived.shift() : undefined
    this.#take()
    if (first !== undefined) return Promise.resolve(first)
    return new Promise((resolve, reject) => {
      let callOff = (): void => {}
      const waiting = {
        resolve: (arrival: A) => {
          callOff()
          resolve(arrival)
        },
        reject: (reason: unknown) => {
          callOff()
          reject(reason)
        },
      }
      callOff = onGiveUp(options, `accepting at ${this.#label}`, (reason) => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        this.#refer()
        waiting.reject(reason)
      })
      this.#waiting.push(waiting)
      this.#refer()
      this.#tellFailure()
    })
  }

  set keepAlive(keepAlive: boolean) {
    this.#keepAlive = keepAlive
    this.#refer()
  }

  /** Hands out nobody any more: `discard` gets those that nobody has accepted, and whoever is on the way. */
  close(discard: (arrival: A) => void): void {
    this.#discard = discard
    for (const arrival of this.#arrived.splice(0)) discard(arrival)
  }

  async #take(): Promise<void> {
    if (this.#taking) return
    this.#taking = true
    try {
      while (this.#arrived.length < MOST) {
        const arrival = await this.#source.next()
        if (this.#discard !== undefined) {
          this.#discard(arrival)
          continue
        }
        const waiting = this.#waiting.shift()
        if (waiting === undefined) this.#arrived.push(arrival)
        else waiting.resolve(arrival)
        this.#refer()
      }
    } catch (error) {
      this.#failure = { error }
    } finally {
      this.#taking = false
    }
    this.#tellFailure()
  }

  /** To all who wait; who asks later tries again. */
  #tellFailure(): void {
    if (this.#failure === undefined || this.#waiting.length === 0) return
    const { error } = this.#failure
    this.#failure = undefined
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error)
    this.#refer()
  }

  #refer(): void {
    if (this.#keepAlive && this.#waiting.length > 0) this.#source.ref()
    else this.#source.unref()
  }
}
