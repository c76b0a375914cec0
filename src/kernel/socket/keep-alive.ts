// When a socket of Node's keeps the event loop running: while operations wait on it, unless that is unwanted.

/** What net's and dgram's sockets have for it; nothing happens once they are closed. */
interface Referenced {
  ref(): unknown
  unref(): unknown
}

export class KeepAlive {
  readonly #socket: Referenced
  #waiting = 0
  #wanted = true

  constructor(socket: Referenced) {
    this.#socket = socket
    socket.unref()
  }

  /** An operation begins to wait, or does so no more. */
  waits(begins: boolean): void {
    this.#waiting += begins ? 1 : -1
    this.#apply()
  }

  /** Whether those that wait, and those to come, keep the event loop running. */
  want(wanted: boolean): void {
    this.#wanted = wanted
    this.#apply()
  }

  #apply(): void {
    if (this.#wanted && this.#waiting > 0) this.#socket.ref()
    else this.#socket.unref()
  }
}
