// The answering side: any number of clients, so many handlers at once.
import { closedError } from '../../sys/error.ts'
import type { WaitOptions } from '../../wait/options.ts'
import type { Channel } from '../channel.ts'
import { type Closed, Closing } from '../closed.ts'
import { Connection, type Shared } from './connection.ts'
import type { Envelope } from './envelope.ts'
import { Idle } from './idle.ts'
import type { Handler } from './job.ts'
import { Slots } from './slots.ts'

/** Options of a service. */
export interface ServiceOptions {
  /**
   * How many handlers run at once, of all clients together, 1 to 65,536; default 256. Each client may have as many
   * requests open; what is more waits with the client.
   */
  readonly concurrency?: number | undefined
}

const DEFAULT_CONCURRENCY = 256
const MOST = 65_536

const CLOSING = {
  name: 'Error',
  message: 'the service is closing; the request was not begun',
  code: 'ERR_SERVICE_CLOSING',
}

/** Answers requests: from `serve`, or made for the channels of a `channelPair`, whose codec is a `serviceCodec`. */
export class Service<Request, Reply> {
  readonly #shared: Shared<Request, Reply>
  readonly #connections = new Set<Connection<Request, Reply>>()
  readonly #closed = new Closing()
  #over = false
  #closing = false
  #keepAlive = true

  constructor(handler: Handler<Request, Reply>, options: ServiceOptions = {}) {
    if (typeof handler !== 'function')
      throw new TypeError(`handler must be a function, not ${typeof handler}`)
    const { concurrency: window = DEFAULT_CONCURRENCY } = options
    if (!Number.isInteger(window) || window < 1 || window > MOST) {
      throw new RangeError(`concurrency must be 1 to ${MOST} handlers, not ${String(window)}`)
    }
    this.#shared = { handler, slots: new Slots(window), idle: new Idle(), window }
  }

  /** Resolves when the service is over; never rejects. `failed`: it could not go on, and `error` tells why. */
  get closed(): Promise<Closed> {
    return this.#closed.promise
  }

  /** Clients that are connected. */
  get clients(): number {
    return this.#connections.size
  }

  /** Serves the client at the other end of `channel`, too, which belongs to the service from now on. */
  add(channel: Channel<Envelope<Request, Reply>>): void {
    if (this.#closing) {
      channel.destroy()
      throw closedError('add', 'the service')
    }
    if (!this.#keepAlive) channel.unref()
    const connection = new Connection(channel, this.#shared)
    this.#connections.add(connection)
    connection.ended.then(() => this.#connections.delete(connection))
  }

  /**
   * Begins no more requests, waits for those that were, and closes all connections. After a timeout or abort it closes, too:
   * what still runs is told by its signal. Idempotent.
   */
  async close(options?: WaitOptions): Promise<void> {
    this.#closing = true
    for (const connection of this.#connections) connection.refuse(CLOSING)
    try {
      if (!this.#over) await this.#shared.idle.wait('closing the service', options)
    } finally {
      this.destroy()
    }
  }

  /** Closes all connections at once. Handlers that run are told by their signals. Idempotent. */
  destroy(): void {
    this.#closing = true
    this.#over = true
    for (const connection of this.#connections) connection.end(closedError('serve', 'the service'))
    this.#closed.resolve({ reason: 'closed' })
  }

  /** Closes at once because of an error, which `closed` tells. */
  protected fail(error: unknown): void {
    this.#closed.resolve({
      reason: 'failed',
      error: error instanceof Error ? error : new Error(String(error)),
    })
    this.destroy()
  }

  /** Clients that are connected keep the event loop running (the default). */
  ref(): this {
    this.#keepAlive = true
    for (const connection of this.#connections) connection.keepAlive = true
    return this
  }

  unref(): this {
    this.#keepAlive = false
    for (const connection of this.#connections) connection.keepAlive = false
    return this
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  [Symbol.dispose](): void {
    this.destroy()
  }
}
