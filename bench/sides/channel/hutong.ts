// A channel in shared memory.
import { UnixSocket } from 'hutong'
import { bytes, channelPair, connect } from 'hutong/channel'
import { iterate, iterateBatches, receiving } from './receiving.ts'
import type { ChannelPlan, Line } from './roles.ts'
import { type Bytes, type Some, sending, TOGETHER } from './sending.ts'
import { blockingTrips, loopTrips } from './trips.ts'

const MEETING = 3

/** The side that speaks first makes the pair, and hands the other its end over the socket on which they meet. */
async function meet({ role, lane, spin }: ChannelPlan): Promise<Bytes> {
  const own = {
    codec: bytes,
    spin: { default: spin, spin: Number.POSITIVE_INFINITY, 'spin 0': 0 }[lane.mode],
  }
  const socket = UnixSocket.from(MEETING)
  try {
    if (role === 'sender' || role === 'caller') {
      const [channel, end] = channelPair({ ...own, capacity: lane.capacity })
      await socket.send(new Uint8Array(1), { descriptors: [end.fd] })
      end.close()
      return channel
    }
    const received = await socket.receive({ descriptors: 1 })
    const fd = received?.descriptors[0]?.release()
    if (fd === undefined) throw new Error('no end of a channel came')
    return await connect(`fd:${fd}`, own)
  } finally {
    socket.close()
  }
}

// V8 compiles a function that is called often, while a loop that runs once is replaced half way.
const BATCH = 256

/** Runs `some` from message to message, and `wait` whenever it stops early. */
async function repeat(some: Some, count: number, wait: () => Promise<void>): Promise<void> {
  for (let next = 0; next < count; ) {
    const to = Math.min(next + BATCH, count)
    next = some(next, to)
    if (next < to) await wait()
  }
}

export async function overChannel(plan: ChannelPlan): Promise<Line> {
  const channel = await meet(plan)
  const { way, mode, size } = plan.lane
  const send = sending(channel, plan.lane)
  const take = receiving(channel, plan.lane)
  const room = way === 'packed' ? TOGETHER * size : size
  return {
    async send(count) {
      await repeat(send, count, () => channel.writable(room))
      channel.flush()
    },
    receive(count) {
      if (way === 'iterate') return iterate(channel, count)
      if (way === 'batches') return iterateBatches(channel, count)
      return repeat(take, count, () => channel.readable())
    },
    ...(mode === 'spin' ? blockingTrips(channel, size) : loopTrips(channel, size)),
    go: () => channel.send(new Uint8Array(1)),
    async awaitGo() {
      await channel.receive()
    },
    close: () => channel.destroy(),
  }
}
