// A service and its client in one process, over a pair in shared memory.
import {
  type Channel,
  type Codec,
  channelPair,
  connectDescriptor,
  type Envelope,
  type Handler,
  json,
  Service,
  ServiceClient,
  type ServiceOptions,
  serviceCodec,
} from 'hutong/channel'
import { cleanUp } from '../../support/leaks.ts'

/** Two joined channels, closed when the test ends. */
export async function channels<T>(codec: Codec<T>, capacity = 65_536): Promise<[Channel<T>, Channel<T>]> {
  const [near, remote] = channelPair({ codec, capacity })
  cleanUp(() => near.destroy())
  const far = await connectDescriptor(Number(remote.detach().slice(3)), { codec, label: 'far end' })
  cleanUp(() => far.destroy())
  return [near, far]
}

/** Requests and replies of these tests. */
// biome-ignore lint/suspicious/noExplicitAny: each test has its own
export type Any = any

export interface Served {
  readonly service: Service<Any, Any>
  readonly client: ServiceClient<Any, Any>
  /** The client's end. */
  readonly channel: Channel<Envelope<Any, Any>>
}

/** A client of a service with this handler. */
export async function served(
  handler: Handler<Any, Any>,
  options: ServiceOptions & { codec?: Codec<Any>; capacity?: number } = {},
): Promise<Served> {
  const [near, channel] = await channels(serviceCodec<Any, Any>(options.codec ?? json()), options.capacity)
  const service = new Service(handler, options)
  service.add(near)
  const client = new ServiceClient(channel)
  cleanUp(() => client.destroy())
  cleanUp(() => service.destroy())
  return { service, client, channel }
}
