// serve: a service for all who connect to an address.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Address } from '../../address/index.ts'
import type { WaitOptions } from '../../wait/options.ts'
import { type ListenOptions, listen } from '../listen.ts'
import type { ChannelListener } from '../listener.ts'
import { type Envelope, type ServiceCodec, serviceCodec } from './envelope.ts'
import type { Handler } from './job.ts'
import { Service, type ServiceOptions } from './service.ts'

/** Options of `serve`. */
export interface ServeOptions<Request, Reply> extends ListenOptions, ServiceOptions {
  /** How requests and replies are encoded: one codec for both, or `{ request, reply }`. The clients use the same. */
  readonly codec: ServiceCodec<Request, Reply>
}

// One client less, or none for now: neither ends a service.
const CLIENT_IS_GONE = ['ECONNABORTED', 'ECONNRESET', 'EPIPE', 'EPROTO', 'ENOTCONN']
const NO_RESOURCES = ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'ENOSPC']
const PAUSE = 50

/** A service that listens at an address, from `serve`. Closing it stops that first. */
export class ListeningService<Request, Reply> extends Service<Request, Reply> {
  /** Where it listens, as clients can connect to it: with the port that was free, for example. */
  readonly address: string
  readonly #listener: ChannelListener<Envelope<Request, Reply>>

  /** For `serve`. */
  constructor(
    listener: ChannelListener<Envelope<Request, Reply>>,
    handler: Handler<Request, Reply>,
    options: ServiceOptions,
  ) {
    super(handler, options)
    this.address = listener.address
    this.#listener = listener
    void this.#accept()
  }

  override close(options?: WaitOptions): Promise<void> {
    this.#listener.close()
    return super.close(options)
  }

  override destroy(): void {
    this.#listener.close()
    super.destroy()
  }

  /** Listening, and clients that are connected, keep the event loop running (the default). */
  override ref(): this {
    this.#listener.ref()
    return super.ref()
  }

  override unref(): this {
    this.#listener.unref()
    return super.unref()
  }

  async #accept(): Promise<void> {
    while (!this.#listener.closed) {
      try {
        this.add(await this.#listener.accept())
      } catch (error) {
        if (this.#listener.closed) return
        const { code = '' } = error as { code?: string }
        if (NO_RESOURCES.includes(code)) await sleep(PAUSE)
        else if (!CLIENT_IS_GONE.includes(code)) this.fail(error)
      }
    }
  }
}

/**
 * Serves all who connect to an address with `connectService`: `handler` gives the reply to each request, or a promise of it.
 * Errors as `listen`.
 */
export async function serve<Request, Reply>(
  address: string | Address,
  handler: Handler<Request, Reply>,
  options: ServeOptions<Request, Reply>,
): Promise<ListeningService<Request, Reply>> {
  const codec = serviceCodec(options.codec)
  const listener = await listen(address, { ...options, codec })
  try {
    return new ListeningService(listener, handler, options)
  } catch (error) {
    listener.close()
    throw error
  }
}
