// Requests and replies have the types of their codecs: this file must compile, its errors where they are expected.
import { type Codec, connectService, json, type ServiceClient, serve, utf8 } from 'hutong/channel'
import { msgpack } from 'hutong/msgpack'

interface Order {
  readonly side: 'buy' | 'sell'
}
interface Fill {
  readonly price: number
}
const order: Order = { side: 'buy' }
const codec: { request: Codec<Order>; reply: Codec<Fill> } = {
  request: msgpack<Order>(),
  reply: json<Fill>(),
}

export async function check(): Promise<void> {
  await serve('shm:orders', ({ side }, { signal }) => ({ price: side === 'buy' && signal.aborted ? 1 : 2 }), {
    codec,
  })
  await serve('shm:orders', async (): Promise<Fill> => ({ price: 1 }), { codec })
  // @ts-expect-error: no Fill
  await serve('shm:orders', () => 'cheap', { codec })
  const client: ServiceClient<Order, Fill> = await connectService('shm:orders', { codec })
  const { price }: Fill = await client.request(order, { timeout: 10 })
  // @ts-expect-error: no Order
  await client.request({ side: 'both' })
  const shout = await serve('shm:shout', (text: string) => text.toUpperCase(), { codec: utf8 })
  const shouting = await connectService(shout.address, { codec: utf8 })
  const loud: string = await shouting.request('tea')
  // @ts-expect-error: no text
  await shouting.request(7)
  const same = await connectService('shm:orders', { codec: json<Order>() })
  const back: Order = await same.request(order)
  // @ts-expect-error: a codec is needed
  await connectService('shm:orders')
  await serve('shm:log', (_: Order) => {}, { codec: { request: json<Order>(), reply: json<void>() } })
  void [price, loud, back]
}
