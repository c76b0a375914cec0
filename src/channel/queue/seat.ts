// A worker as its queue's holder sees it: what it has been given and has not yet acknowledged.
import type { Channel } from '../channel.ts'
import { head, KIND, REDELIVERED } from './frame.ts'

/** A job: the frame in which it came, which is the frame in which it goes, and whether somebody had it before. */
export interface Job {
  readonly frame: Uint8Array
  redelivered: boolean
  /** When it came, among all. */
  readonly order: number
}

// A job's number is its place in the seat, and above that how often the place has been used: an acknowledgement that
// comes twice, or out of the blue, finds another number there.
const PLACE_BITS = 16
export const MOST_AT_ONCE = 2 ** PLACE_BITS

export class Seat {
  readonly channel: Channel<Uint8Array>
  readonly #jobs: (Job | undefined)[]
  readonly #uses: Uint16Array
  readonly #free: number[] = []
  readonly #unblocked: () => void
  /** Waits for room in its ring. */
  #blocked = false

  /**
   * `atOnce`: how many jobs the worker takes before it has acknowledged one. `unblocked` is called when its ring has room
   * again.
   */
  constructor(channel: Channel<Uint8Array>, atOnce: number, unblocked: () => void) {
    this.channel = channel
    this.#unblocked = unblocked
    this.#jobs = new Array(atOnce)
    this.#uses = new Uint16Array(atOnce)
    for (let place = atOnce - 1; place >= 0; place--) this.#free.push(place)
  }

  get hasPlace(): boolean {
    return !this.#blocked && this.#free.length > 0
  }

  /** Jobs given and not acknowledged. */
  get busy(): number {
    return this.#jobs.length - this.#free.length
  }

  /** Gives the worker a job; false when its ring has no room now, or it is gone. There must be a place. */
  tryGive(job: Job): boolean {
    const place = this.#free.at(-1) ?? 0
    const number = (place | ((this.#uses[place] ?? 0) << PLACE_BITS)) >>> 0
    const frame = head(job.frame, KIND.job, number, job.redelivered ? REDELIVERED : 0)
    // One that goes in parts is copied meanwhile: not several at a time.
    if (frame.length > this.channel.longest) this.#blockUntil(this.channel.send(frame))
    else if (!this.#sent(frame)) {
      this.#blockUntil(this.channel.writable(frame.length))
      return false
    }
    this.#free.pop()
    this.#jobs[place] = job
    return true
  }

  /** The job of that number, which the worker has no more; `undefined`: it never had, or no longer has, one. */
  take(number: number): Job | undefined {
    const place = number & (MOST_AT_ONCE - 1)
    const job = this.#jobs[place]
    if (job === undefined || this.#uses[place] !== number >>> PLACE_BITS) return undefined
    this.#jobs[place] = undefined
    this.#uses[place] = (this.#uses[place] ?? 0) + 1
    this.#free.push(place)
    return job
  }

  #sent(frame: Uint8Array): boolean {
    try {
      return this.channel.trySend(frame) === true
    } catch {
      return false // its end is on the way: its jobs are given to others then
    }
  }

  #blockUntil(room: Promise<void>): void {
    this.#blocked = true
    room.then(
      () => {
        this.#blocked = false
        this.#unblocked()
      },
      () => {}, // as above
    )
  }

  /** All jobs that it still has, in the order in which they came. */
  leave(): Job[] {
    return this.#jobs.filter((job) => job !== undefined).sort((a, b) => a.order - b.order)
  }
}
