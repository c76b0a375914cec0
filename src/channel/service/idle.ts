import { checkOptions, onGiveUp, type WaitOptions } from '../../wait/options.ts'

/** Counts what is under way, and tells when nothing is. */
export class Idle {
  #busy = 0
  #waiting: (() => void)[] = []

  get busy(): number {
    return this.#busy
  }

  begin(): void {
    this.#busy++
  }

  end(): void {
    this.#busy--
    if (this.#busy > 0) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  /** Resolves when nothing is under way. TimeoutError, or the signal's reason. */
  async wait(what: string, options: WaitOptions | undefined): Promise<void> {
    checkOptions(options)
    if (this.#busy === 0) return
    let callOff = (): void => {}
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.push(resolve)
        callOff = onGiveUp(options, what, reject)
      })
    } finally {
      callOff()
    }
  }
}
