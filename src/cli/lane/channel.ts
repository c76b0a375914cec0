// Channels in shared memory as send and recv use them: recv listens and send comes to it, or both join what is there: a
// topic's publisher, the holder of a queue.
import { type AddressOf, formatAddress } from '../../address/index.ts'
import { anyCodec } from '../../channel/codec.ts'
import { HandshakeError } from '../../channel/shm/welcome.ts'
import { SysError } from '../../sys/error.ts'
import type { Coming } from './come.ts'
import type { QueueSink, QueueSource } from './queue.ts'
import { inTime } from './wait.ts'

export type ChannelAddress = AddressOf<'shm'>

const CLOSED = 'the sender closed'
const codec = anyCodec

function nameOf(address: ChannelAddress): string {
  return formatAddress({ ...address, options: {} })
}

/** Listens for one sender; where somebody publishes, or holds a queue, subscribes or takes jobs. */
export async function openSource(address: ChannelAddress, coming: Coming): Promise<QueueSource> {
  try {
    return await listening(address, coming)
  } catch (error) {
    if (!(error instanceof SysError && error.code === 'EADDRINUSE')) throw error
    const joined = (await joining(() => subscribed(address))) ?? (await joining(() => worked(address)))
    if (joined === undefined) throw error
    return joined
  }
}

/** Undefined when something else listens there. */
async function joining<T>(join: () => Promise<T>): Promise<T | undefined> {
  try {
    return await join()
  } catch (error) {
    if (error instanceof HandshakeError) return undefined
    throw error
  }
}

/** The path goes with the command. */
async function listening(address: ChannelAddress, coming: Coming): Promise<QueueSource> {
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
    ended: CLOSED,
    async receive(wait) {
      const data = await channel.receive(wait)
      return data === null ? null : { data, sender: { ...channel.peer } }
    },
    close: () => channel.destroy(),
  }
}

async function subscribed(address: ChannelAddress): Promise<QueueSource> {
  const { subscribe } = await import('../../channel/topic/topic.ts')
  const subscriber = await subscribe(address, { codec })
  return {
    name: nameOf(address),
    ended: 'the publisher closed',
    async receive(wait) {
      const data = await subscriber.receive(wait)
      return data === null ? null : { data, sender: { ...subscriber.peer } }
    },
    close: () => subscriber.close(),
  }
}

async function worked(address: ChannelAddress): Promise<QueueSource> {
  const { consume } = await import('../../channel/queue/join.ts')
  const name = nameOf(address)
  // One job at a time, which counts as done when it has been written: otherwise it goes to somebody else.
  const worker = await consume(name, { codec, atOnce: 1 })
  let done = (): void => {}
  return {
    name,
    ended: 'the holder closed',
    async receive(wait) {
      const job = await worker.receive(wait)
      done = () => job?.acknowledge()
      return job === null ? null : { data: job.message }
    },
    written: () => done(),
    close: () => worker.destroy(),
  }
}

/** Milliseconds in which a receiver that is started at the same time may come up, without --timeout. */
const PATIENCE = 1000

/** Connects to whoever listens, or holds a queue. */
export async function openSink(address: ChannelAddress, { timeout }: Coming): Promise<QueueSink> {
  const { connect } = await import('../../channel/connect.ts')
  const name = nameOf(address)
  const wait = { wait: true, timeout: timeout ?? PATIENCE }
  const end = await inTime(`waiting for a receiver at ${name}`, timeout, async () => {
    try {
      return await connect(address, { codec, ...wait })
    } catch (error) {
      const { produce } = await import('../../channel/queue/join.ts')
      const producer = await joining(() =>
        error instanceof HandshakeError ? produce(name, { codec }) : Promise.reject(error),
      )
      if (producer === undefined) throw error
      return producer
    }
  })
  return { name, send: (message, waiting) => end.send(message, waiting), close: () => end.destroy() }
}
