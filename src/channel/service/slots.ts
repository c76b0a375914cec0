/** What runs when it is its turn; it never rejects. */
export interface Task {
  run(): Promise<void>
}

/** Runs a number of tasks at once, the others in their order. */
export class Slots {
  readonly #waiting = new Set<Task>()
  #free: number

  constructor(count: number) {
    this.#free = count
  }

  add(task: Task): void {
    if (this.#free > 0) this.#run(task)
    else this.#waiting.add(task)
  }

  /** Takes a task back; false if it has begun. */
  drop(task: Task): boolean {
    return this.#waiting.delete(task)
  }

  #run(task: Task): void {
    this.#free--
    task.run().then(() => {
      this.#free++
      for (const next of this.#waiting) {
        this.#waiting.delete(next)
        this.#run(next)
        return
      }
    })
  }
}
