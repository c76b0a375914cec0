// The jobs that wait for a worker: first in, first out, those that come back first of all.

const SMALLEST = 1024

/** A queue that grows: an array as a ring, since `shift` of a long array moves all of it. */
export class Backlog<J> {
  #ring: (J | undefined)[] = new Array(SMALLEST)
  #first = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Adds behind the others. */
  push(job: J): void {
    if (this.#length === this.#ring.length) this.#grow()
    this.#ring[(this.#first + this.#length++) & (this.#ring.length - 1)] = job
  }

  /** Adds before the others. */
  unshift(job: J): void {
    if (this.#length === this.#ring.length) this.#grow()
    this.#first = (this.#first - 1) & (this.#ring.length - 1)
    this.#ring[this.#first] = job
    this.#length++
  }

  /** Takes the first. */
  shift(): J | undefined {
    const job = this.#ring[this.#first]
    if (this.#length === 0) return undefined
    this.#ring[this.#first] = undefined
    this.#first = (this.#first + 1) & (this.#ring.length - 1)
    this.#length--
    return job
  }

  #grow(): void {
    const all = [...this.#ring.slice(this.#first), ...this.#ring.slice(0, this.#first)]
    this.#ring = [...all, ...new Array(all.length)]
    this.#first = 0
  }
}
