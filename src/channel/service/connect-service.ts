// connectService: the client of a service at an address.
import type { Address } from '../../address/index.ts'
import { type ConnectOptions, connect } from '../connect.ts'
import { ServiceClient } from './client.ts'
import { type ServiceCodec, serviceCodec } from './envelope.ts'

/** Options of `connectService`. */
export interface ConnectServiceOptions<Request, Reply> extends ConnectOptions {
  /** The service's own. */
  readonly codec: ServiceCodec<Request, Reply>
}

/**
 * Connects to the service at an address, and waits for its first word. `signal` and `timeout` are for that; each request
 * has its own. Errors as `connect`; CorruptPeerError: there is something else.
 */
export async function connectService<Request, Reply>(
  address: string | Address,
  options: ConnectServiceOptions<Request, Reply>,
): Promise<ServiceClient<Request, Reply>> {
  const begun = performance.now()
  const codec = serviceCodec(options.codec)
  const client = new ServiceClient(await connect(address, { ...options, codec }))
  try {
    const { signal, timeout } = options
    await client.ready({
      signal,
      timeout: timeout && Math.max(0, timeout - (performance.now() - begun)),
    })
    return client
  } catch (error) {
    client.destroy()
    throw error
  }
}
