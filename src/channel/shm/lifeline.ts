// The socket on which two sides met. Nothing comes there after the welcome but its end, which tells of the other side's.
import type { UnixSocket } from '../../kernel/socket/socket.ts'

/** What is heard on it. */
export interface Heard {
  /** The other side has closed it, or is gone. */
  lost(cause?: unknown): void
  /** Bytes came, which the protocol does not know. */
  spoke(): void
}

const anything = new Uint8Array(1)

export class Lifeline {
  readonly #socket: UnixSocket
  readonly #heard: Heard

  /** Takes over `socket` and listens on the event loop, without keeping that running. */
  constructor(socket: UnixSocket, heard: Heard) {
    this.#socket = socket
    this.#heard = heard
    socket.unref()
    this.#listen()
  }

  /** For a thread that blocks: readable when `look` has something to tell. */
  get fd(): number {
    return this.#socket.fd
  }

  look(): void {
    try {
      this.#tell(this.#socket.tryReadInto(anything))
    } catch (error) {
      this.#heard.lost(error)
    }
  }

  close(): void {
    this.#socket.close()
  }

  async #listen(): Promise<void> {
    try {
      this.#tell(await this.#socket.readInto(anything))
    } catch (error) {
      if (!this.#socket.closed) this.#heard.lost(error)
    }
  }

  #tell(read: number | null | undefined): void {
    if (read === null) this.#heard.lost()
    else if (read !== undefined) this.#heard.spoke()
  }
}
