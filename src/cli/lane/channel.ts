// Channels in shared memory as send and recv use them: recv listens, send comes to it.
import { type AddressOf, formatAddress } from '../../address/index.ts'
import type { Channel } from '../../channel/channel.ts'
import { anyCodec } from '../../channel/codec.ts'
import type { Coming } from './come.ts'
import type { QueueSink, QueueSource } from './queue.ts'
import { inTime } from './wait.ts'

export type ChannelAddress = AddressOf<'shm'>

const nameOf = (address: ChannelAddress): string => formatAddress({ ...address, options: {} })
const codec = anyCodec

/** Listens for one sender. The path goes with the command. */
export async function openSource(address: ChannelAddress, coming: Coming): Promise<QueueSource> {
  const { listen } = await import('../../channel/listen.ts')
  const name = nameOf(address)
  const listener = await listen(address, { codec })
  const callOff = coming.onInterrupt(() => listener.close())
  const channel = await inTime(`waiting for a sender to ${name}`, coming.timeout, () =>
    listener.accept(coming.left()),
  ).finally(() => {
    callOff()
    listener.close()
  })
  return {
    name,
    ended: 'the sender closed',
    async receive(wait) {
      const data = await channel.receive(wait)
      return data === null ? null : { data, sender: { ...channel.peer } }
    },
    close: () => channel.destroy(),
  }
}

/** Millisecond in which a receiver that is started at the same time may come up, without --timeout. */
const PATIENCE = 1000

/** Connects to whoever listens. */
export async function openSink(address: ChannelAddress, { timeout }: Coming): Promise<QueueSink> {
  const { connect } = await import('../../channel/connect.ts')
  const name = nameOf(address)
  const channel: Channel<Uint8Array> = await inTime(`waiting for a receiver at ${name}`, timeout, () =>
    connect(address, { codec, wait: true, timeout: timeout ?? PATIENCE }),
  )
  return {
    name,
    send: (message, wait) => channel.send(message, wait),
    close: () => channel.destroy(),
  }
}
