// The npm package usocket: a stream whose writes take descriptors, which arrive as events and are closed.
import { closeSync } from 'node:fs'
import { load } from '../../rivals.ts'
import { Arrivals, linkOf } from './callbacks.ts'
import { Flow } from './flow.ts'
import { runAsync } from './roles.ts'

interface Message {
  readonly data: Buffer
  readonly fds: readonly number[]
  readonly callback: () => void
}

interface USocket {
  on(event: 'data', listener: (data: Buffer) => void): void
  on(event: 'fds', listener: (fds: readonly number[]) => void): void
  write(message: Message): void
  destroy(): void
}

const { USocket } = load<{ readonly USocket: new (options: { fd: number }) => USocket }>('usocket')
const SOCKET = 3
const fds = [0]

await runAsync((plan) => {
  const arrivals = new Arrivals()
  const socket = new USocket({ fd: SOCKET })
  socket.on('data', (data) => arrivals.push(data.length))
  socket.on('fds', (received) => {
    for (const fd of received) closeSync(fd)
  })
  const flow = new Flow(
    (data, done) => socket.write({ data, fds, callback: () => done() }),
    () => socket.destroy(),
  )
  return linkOf(plan, flow, arrivals)
})
