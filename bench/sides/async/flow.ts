// What the packages lack that only tell a callback when a message has gone: when to wait with the next.

/** Messages handed over and not yet gone; as many bytes as Node's own streams take before they ask to wait for 'drain'. */
const IN_FLIGHT = 16_384

type Send = (message: Buffer, done: (error?: Error | null) => void) => void

/** `write` and 'drain' of a stream. */
export class Flow {
  readonly #send: Send
  readonly #end: () => void
  #bytes = 0
  #drained: (() => void) | undefined

  constructor(send: Send, end: () => void) {
    this.#send = send
    this.#end = end
  }

  write(message: Buffer): boolean {
    this.#bytes += message.length
    this.#send(message, (error) => {
      if (error) throw error
      this.#bytes -= message.length
      if (this.#bytes > 0 || this.#drained === undefined) return
      const drained = this.#drained
      this.#drained = undefined
      drained()
    })
    return this.#bytes < IN_FLIGHT
  }

  once(_event: 'drain', listener: () => void): void {
    this.#drained = listener
  }

  /** When everything is out. */
  end(): void {
    if (this.#bytes === 0) this.#end()
    else this.#drained = this.#end
  }
}
