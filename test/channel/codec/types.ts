// The type parameter of a channel is that of its codec: this file must compile, its errors where they are expected.
import { cstring, type StructValue, struct, u32 } from 'hutong'
import { bytes, type Channel, clone, connect, json, structs, utf8 } from 'hutong/channel'
import { msgpack } from 'hutong/msgpack'

interface Order {
  readonly id: number
  readonly side: 'buy' | 'sell'
}
const order: Order = { id: 1, side: 'buy' }
const Name = struct({ id: u32, name: cstring(8) })

export async function check(): Promise<void> {
  const orders: Channel<Order> = await connect('shm:orders', { codec: msgpack<Order>() })
  await orders.send(order)
  // @ts-expect-error: not a side
  await orders.send({ id: 1, side: 'both' })
  // @ts-expect-error: receive may give null, the end
  const sure: Order = await orders.receive()
  const maybe: Order | null | undefined = orders.tryReceive()
  for await (const each of orders) each.side satisfies 'buy' | 'sell'
  // @ts-expect-error: the codec is another
  const wrong: Channel<Order> = await connect('shm:orders', { codec: json<{ id: string }>() })
  const texts: Channel<string> = await connect('shm:texts', { codec: utf8 })
  // @ts-expect-error: no string
  await texts.send(7)
  const raw: Channel<Uint8Array> = await connect('shm:raw')
  const same: Channel<Uint8Array> = await connect('shm:raw', { codec: bytes })
  const clones: Channel<Map<Date, bigint>> = await connect('shm:maps', { codec: clone<Map<Date, bigint>>() })
  const names = await connect('shm:names', { codec: structs(Name) })
  const name: StructValue<typeof Name> | null = await names.receive()
  await names.send({ id: 1, name: name?.name ?? '' })
  // @ts-expect-error: a field is missing
  await names.send({ id: 1 })
  void [sure, maybe, wrong, raw, same, clones]
}
