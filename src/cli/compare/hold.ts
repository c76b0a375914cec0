// Waiting for Enter in the middle of a transfer.

/** Lines of an input, one at a time. The end of the input is an Enter for everybody who waits from then on. */
export class EnterKey {
  readonly #input: NodeJS.ReadStream
  #lines = 0
  #ended = false
  #wake = (): void => {}

  constructor(input: NodeJS.ReadStream) {
    this.#input = input
    const end = (): void => {
      this.#ended = true
      this.#wake()
    }
    input.on('data', (chunk: Buffer | string) => {
      for (const character of chunk.toString()) if (character === '\n') this.#lines++
      this.#wake()
    })
    input.on('end', end)
    input.on('error', end)
    input.pause()
  }

  /** Resolves at the next line, at once if it has come already, or when `over` aborts. */
  async pressed(over: AbortSignal): Promise<void> {
    this.#input.resume()
    while (this.#lines === 0 && !this.#ended && !over.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        over.addEventListener('abort', () => resolve(), { once: true })
      })
    }
    this.#input.pause()
    if (this.#lines > 0) this.#lines--
  }
}
