// What must be undone however the comparison ends: by its end, an error, a signal, process.exit.

/** Undoes one thing, once; idempotent. */
export type Undo = () => void

/** A stack of things to undo. */
export class CleanUps {
  readonly #actions = new Set<Undo>()

  /** Remembers `action` (synchronous); gives a function that performs and forgets it. */
  add(action: Undo): Undo {
    const once = (): void => {
      if (this.#actions.delete(once)) action()
    }
    this.#actions.add(once)
    return once
  }

  /** Undoes everything, the latest first. One that fails does not keep the others from it. */
  run(): void {
    const failures: unknown[] = []
    for (const action of [...this.#actions].reverse()) {
      try {
        action()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
