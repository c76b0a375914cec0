// What Node's own sockets hand over as events, for those who wait for it one by one.
import { checkOptions, onGiveUp, type WaitOptions } from '../../wait/options.ts'

interface Waiter<T> {
  readonly take: (item: T | null) => void
  readonly fail: (error: unknown) => void
}

/** Items, in order, to whoever asked first. `waiting` is told when somebody begins to wait, and when nobody does. */
export class Inbox<T> {
  readonly #items: T[] = []
  readonly #waiters = new Set<Waiter<T>>()
  readonly #what: string
  readonly #waiting: (some: boolean) => void
  #ended = false
  #failure: { readonly error: unknown; readonly forGood: boolean } | undefined

  constructor(what: string, waiting: (some: boolean) => void) {
    this.#what = what
    this.#waiting = waiting
  }

  /** Items that nobody has taken. */
  get size(): number {
    return this.#items.length
  }

  push(item: T): void {
    const waiter = this.#nextWaiter()
    if (waiter === undefined) this.#items.push(item)
    else waiter.take(item)
  }

  /** Gives back the rest of an item that was not taken whole. */
  unshift(item: T): void {
    this.#items.unshift(item)
  }

  /** Nothing more comes: after the items that are there, `null`. */
  end(): void {
    this.#ended = true
    for (let waiter = this.#nextWaiter(); waiter !== undefined; waiter = this.#nextWaiter()) waiter.take(null)
  }

  /** After the items that are there, whoever waits or comes next gets this error; who comes after him too, if `forGood`. */
  fail(error: unknown, forGood: boolean): void {
    const waiter = this.#nextWaiter()
    if (waiter === undefined || forGood) this.#failure ??= { error, forGood }
    waiter?.fail(error)
    if (!forGood) return
    for (let next = this.#nextWaiter(); next !== undefined; next = this.#nextWaiter()) next.fail(error)
  }

  /** Drops everything; whoever waits gets the error. Gives what nobody has taken. */
  close(error: unknown): readonly T[] {
    const left = this.#items.splice(0)
    this.#failure = undefined
    this.fail(error, true)
    return left
  }

  /** The next item, `null` at the end, `undefined` when nothing is there. Throws what has failed. */
  tryNext(): T | null | undefined {
    const item = this.#items.shift()
    if (item !== undefined) return item
    if (this.#failure !== undefined) {
      const { error, forGood } = this.#failure
      if (!forGood) this.#failure = undefined
      throw error
    }
    return this.#ended ? null : undefined
  }

  /** As `tryNext`, waiting for it. An abort or timeout takes nothing. */
  async next(options: WaitOptions | undefined): Promise<T | null> {
    checkOptions(options)
    const there = this.#waiters.size === 0 ? this.tryNext() : undefined
    if (there !== undefined) return there
    return new Promise<T | null>((resolve, reject) => {
      const waiter: Waiter<T> = {
        take: (item) => {
          callOff()
          resolve(item)
        },
        fail: (error) => {
          callOff()
          reject(error)
        },
      }
      const callOff = onGiveUp(options, this.#what, (reason) => {
        if (this.#waiters.delete(waiter)) this.#tell()
        waiter.fail(reason)
      })
      this.#waiters.add(waiter)
      if (this.#waiters.size === 1) this.#waiting(true)
    })
  }

  #nextWaiter(): Waiter<T> | undefined {
    const [first] = this.#waiters
    if (first === undefined) return undefined
    this.#waiters.delete(first)
    this.#tell()
    return first
  }

  #tell(): void {
    if (this.#waiters.size === 0) this.#waiting(false)
  }
}
