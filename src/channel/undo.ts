/** Closes what a function has opened so far when it does not come to its end. For `using`; `keep` at the end. */
export class Undo {
  #opened: Disposable[] = []

  use<R extends Disposable>(resource: R): R {
    this.#opened.push(resource)
    return resource
  }

  keep(): void {
    this.#opened = []
  }

  [Symbol.dispose](): void {
    for (const resource of this.#opened.reverse()) resource[Symbol.dispose]()
  }
}
