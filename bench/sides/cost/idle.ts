// Opens many channels with another process, lets a message through each in either direction, waits for the next on all of
// them, and prints what that costs while none comes. Arguments: make or take, the number of channels, seconds.
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { UnixSocket } from 'hutong'
import { bytes, type Channel, channelPair, connect } from 'hutong/channel'

export interface IdleOutput {
  /** Milliseconds of processor time while nothing came. */
  readonly cpu: number
  /** MiB that the channels added to what is resident, the rings aside. */
  readonly memory: number
}

const MEETING = 3
const [role, count, seconds] = process.argv.slice(2)

/** KiB resident that are in use, without shared memory. */
function resident(): number {
  global.gc?.()
  const status = readFileSync('/proc/self/status', 'latin1')
  const field = (name: string): number => Number(new RegExp(`${name}:\\s*(\\d+)`).exec(status)?.[1])
  return field('RssAnon') + field('RssFile')
}

async function make(socket: UnixSocket): Promise<Channel<Uint8Array>> {
  const [channel, end] = channelPair({ codec: bytes })
  await socket.send(new Uint8Array(1), { descriptors: [end.fd] })
  end.close()
  return channel
}

async function take(socket: UnixSocket): Promise<Channel<Uint8Array>> {
  const received = await socket.receive({ descriptors: 1, max: 1 })
  const fd = received?.descriptors[0]?.release()
  if (fd === undefined) throw new Error('no end of a channel came')
  return connect(`fd:${fd}`, { codec: bytes })
}

const socket = UnixSocket.from(MEETING)
const open = role === 'make' ? make : take
const before = resident()
const channels: Channel<Uint8Array>[] = []
for (let i = 0; i < Number(count); i++) channels.push(await open(socket))
await Promise.all(channels.map((channel) => channel.send(new Uint8Array(64))))
await Promise.all(channels.map((channel) => channel.receive()))
const waits = channels.map((channel) => channel.receive())
await setTimeout(500) // until nobody is awake any more
const memory = (resident() - before) / 1024
const start = process.cpuUsage()
await setTimeout(Number(seconds) * 1000)
const { user, system } = process.cpuUsage(start)
const output: IdleOutput = { cpu: (user + system) / 1000, memory }
console.log(JSON.stringify(output))
if (role === 'make') for (const channel of channels) channel.destroy()
await Promise.allSettled(waits)
for (const channel of channels) channel.destroy()
socket.close()
