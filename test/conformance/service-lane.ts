// What the suite for services runs on: a service and its client in this process, over some mechanism.
import {
  type Codec,
  channelPair,
  connect,
  connectService,
  type Handler,
  json,
  Service,
  ServiceClient,
  type ServiceOptions,
  serve,
  serviceCodec,
} from 'hutong/channel'
import { cleanUp, uniquePath } from '../support/leaks.ts'

/** Requests and replies of these tests. */
// biome-ignore lint/suspicious/noExplicitAny: each test has its own
export type Any = any

export interface Served {
  readonly service: Service<Any, Any>
  readonly client: ServiceClient<Any, Any>
}

export interface Options extends ServiceOptions {
  /** Default: json. */
  readonly codec?: Codec<Any>
}

/** A mechanism under test. */
export interface ServiceLane {
  readonly name: string
  open(handler: Handler<Any, Any>, options: Options & { readonly codec: Codec<Any> }): Promise<Served>
}

/** A service with this handler and a client of it, which are closed when the test ends. */
export async function served(
  lane: ServiceLane,
  handler: Handler<Any, Any>,
  options?: Options,
): Promise<Served> {
  const made = await lane.open(handler, { codec: json(), ...options })
  cleanUp(() => made.client.destroy())
  cleanUp(() => made.service.destroy())
  return made
}

export const pair: ServiceLane = {
  name: 'pair',
  async open(handler, options) {
    const codec = serviceCodec<Any, Any>(options.codec)
    const [near, remote] = channelPair({ codec, capacity: 65_536 })
    const far = await connect(remote.detach(), { codec })
    const service = new Service(handler, options)
    service.add(near)
    return { service, client: new ServiceClient(far) }
  },
}

function at(name: string, address: () => Promise<string>): ServiceLane {
  return {
    name,
    async open(handler, options) {
      const service = await serve<Any, Any>(await address(), handler, options)
      return { service, client: await connectService<Any, Any>(service.address, options) }
    },
  }
}

export const lanes: readonly ServiceLane[] = [
  pair,
  at('shm', async () => `shm:${await uniquePath()}`),
  at('unix', async () => `unix:${await uniquePath()}`),
  at('tcp', async () => 'tcp:127.0.0.1:0'),
]
