// Small writes that are called one after the other, without waiting, go out in one system call.
import { constants } from '../../sys/constants.ts'
import { takeTurn } from '../../wait/turn.ts'

/** Together at most so many bytes, which the kernel never mixes with another process's: so neither is any of them. */
const MOST_BYTES = constants.PIPE_BUF
const SMALL_BYTES = MOST_BYTES / 2

const settled = Promise.resolve()

/** The first write of a turn is made at once; those that follow before the turn ends are collected here. */
export class WriteBatch {
  readonly #send: (bytes: Uint8Array) => Promise<number>
  readonly #endTurn: () => void
  #inTurn = false
  #memory: Uint8Array | undefined
  #length = 0
  #done: Promise<unknown> = settled
  #resolve: (sent: Promise<number>) => void = () => {}
  // Most batches are of one size, and need one promise for all.
  #eachLength = 0
  #each: Promise<number> | undefined

  constructor(send: (bytes: Uint8Array) => Promise<number>) {
    this.#send = send
    this.#endTurn = () => {
      this.#inTurn = false
      this.flush()
    }
  }

  /** Whether a write of `length` bytes is to be collected. */
  takes(length: number): boolean {
    return this.#inTurn && length <= SMALL_BYTES
  }

  /** A write has been made: those that follow in this turn are to be collected. */
  begin(): void {
    if (this.#inTurn) return
    this.#inTurn = true
    void settled.then(this.#endTurn)
  }

  /** Copies `bytes`; resolves to their length when they are in the pipe. */
  add(bytes: Uint8Array): Promise<number> {
    const { length } = bytes
    if (length === 0 && this.#length === 0) return takeTurn(0) // nothing to wait for
    if (this.#length + length > MOST_BYTES) this.flush()
    this.#memory ??= new Uint8Array(MOST_BYTES)
    if (this.#length === 0) this.#open()
    this.#memory.set(bytes, this.#length)
    this.#length += length
    if (this.#each === undefined || this.#eachLength !== length) {
      this.#each = this.#done.then(() => length)
      this.#eachLength = length
    }
    return this.#each
  }

  /** Sends what has been collected. */
  flush(): void {
    if (this.#length === 0 || this.#memory === undefined) return
    const bytes = this.#memory.subarray(0, this.#length)
    this.#memory = undefined
    this.#length = 0
    this.#each = undefined
    this.#resolve(this.#send(bytes))
  }

  #open(): void {
    this.#done = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }
}
