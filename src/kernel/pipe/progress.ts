// Writing all of something in as many steps as it takes.
import { EAGAIN } from '../../sys/errno.ts'
import type { Attempt } from '../../wait/readiness.ts'
import { PartialWriteError } from './partial-write.ts'

/** One try to write the bytes from `from` on: how many went out, or `-errno` as for Attempt. */
export type Step = (from: number) => number

/** How far a write has come. */
export class Progress {
  readonly length: number
  done = 0
  readonly #step: Step

  constructor(length: number, step: Step, done = 0) {
    this.length = length
    this.#step = step
    this.done = done
  }

  /** Does the next step; the result is the whole length when all is out, until then `-EAGAIN`. */
  readonly attempt: Attempt = () => {
    const put = this.#step(this.done)
    if (put < 0) return put
    this.done += put
    return this.done >= this.length ? this.done : EAGAIN
  }

  /** What a write that ended with `error` throws. */
  failure(error: unknown): unknown {
    return this.done === 0 ? error : new PartialWriteError(this.done, this.length, error)
  }
}
