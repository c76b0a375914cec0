// ChannelListener: the channels that others connect to an address.
import { type Address, formatAddress } from '../address/index.ts'
import { EBADF } from '../sys/errno.ts'
import { closedError, SysError } from '../sys/error.ts'
import type { WaitOptions } from '../wait/options.ts'
import type { Channel } from './channel.ts'

/** What listens, for one mechanism. */
export interface Acceptor<T> {
  /** Where, as one can connect to it. */
  readonly address: Address
  accept(options?: WaitOptions): Promise<Channel<T>>
  ref(): void
  unref(): void
  /** Stops listening and removes the names it has made. */
  close(): void
}

/** Channels that others have connected, from `listen`; iterating it gives them. */
export class ChannelListener<T> implements AsyncIterable<Channel<T>> {
  /** Where it listens, as others can connect to it: with the port that was free, for example. */
  readonly address: string
  readonly #acceptor: Acceptor<T>
  #closed = false

  /** For adapters. */
  constructor(acceptor: Acceptor<T>) {
    this.address = formatAddress(acceptor.address)
    this.#acceptor = acceptor
  }

  get closed(): boolean {
    return this.#closed
  }

  /** The next channel. EBADF: this listener was closed. */
  async accept(options?: WaitOptions): Promise<Channel<T>> {
    if (this.#closed) throw closedError('accept', `listener ${this.address}`)
    return await this.#acceptor.accept(options)
  }

  /** Channels until this listener is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Channel<T>, void, undefined> {
    while (!this.#closed) {
      const next = await this.accept().catch((error: unknown) => this.#overOr(error))
      if (next !== undefined) yield next
    }
  }

  /** Waiting for channels keeps the event loop running (the default). */
  ref(): this {
    this.#acceptor.ref()
    return this
  }

  unref(): this {
    this.#acceptor.unref()
    return this
  }

  /** Stops listening, and removes the path that was made for it; channels stay. Whoever waits gets EBADF. Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#acceptor.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close()
    return Promise.resolve()
  }

  #overOr(error: unknown): undefined {
    if (this.#closed && error instanceof SysError && error.errno === EBADF) return undefined
    throw error
  }
}
