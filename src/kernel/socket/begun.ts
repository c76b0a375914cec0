// What Node has been asked for: when the socket is closed meanwhile it may forget to call back.

export class Begun {
  readonly #rejects = new Set<(error: unknown) => void>()

  /** Waits until Node calls back, or `fail` is called. */
  run(begin: (done: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#rejects.add(reject)
      begin((error) => {
        this.#rejects.delete(reject)
        if (error == null) resolve()
        else reject(error)
      })
    })
  }

  /** Everything that waits rejects. */
  fail(error: unknown): void {
    for (const reject of this.#rejects) reject(error)
    this.#rejects.clear()
  }
}
