// The npm package node-unix-socket: packets as events.
import { load } from '../../rivals.ts'
import { Arrivals, linkOf } from './callbacks.ts'
import { Flow } from './flow.ts'
import { runAsync } from './roles.ts'

interface SeqpacketSocket {
  on(event: 'data', listener: (data: Buffer) => void): void
  write(data: Buffer, offset: number, length: number, done: (error?: Error | null) => void): void
  end(): void
}

const { SeqpacketSocket } = load<{ readonly SeqpacketSocket: new (fd: number) => SeqpacketSocket }>(
  'node-unix-socket',
)
const SOCKET = 3

await runAsync((plan) => {
  const arrivals = new Arrivals()
  const socket = new SeqpacketSocket(SOCKET)
  socket.on('data', (data) => arrivals.push(data.length))
  const flow = new Flow(
    (message, done) => socket.write(message, 0, message.length, done),
    () => socket.end(), // when everything is out; the peer's end then closes it
  )
  return linkOf(plan, flow, arrivals)
})
