// The npm package unix-dgram: datagrams as events. A full queue is an answer, after which it tells when there is room.
import { join } from 'node:path'
import { load } from '../../rivals.ts'
import { meetPeer } from '../peer.ts'
import { type Plan, speaksFirst } from '../plan.ts'
import { Arrivals, linkOf } from './callbacks.ts'
import { Flow } from './flow.ts'
import { type AsyncLink, runAsync } from './roles.ts'

type Done = (error?: Error | null) => void

interface Socket {
  on(event: 'message', listener: (data: Buffer) => void): void
  on(event: 'writable', listener: () => void): void
  bind(path: string): void
  connect(path: string): void
  send(data: Buffer, done: (error?: Error & { code?: unknown }) => void): void
  close(): void
}

const { createSocket } = load<{ createSocket(type: 'unix_dgram'): Socket }>('unix-dgram')
const CONGESTION = 1

/** Sends one after the other, and again what there was no room for. */
function sending(socket: Socket): (message: Buffer, done: Done) => void {
  const waiting: [message: Buffer, done: Done][] = []
  const sendFirst = (): void => {
    for (let full = false; waiting.length > 0 && !full; ) {
      const [message, done] = waiting[0] as [Buffer, Done]
      socket.send(message, (error) => {
        full = error?.code === CONGESTION
        if (full) return
        waiting.shift()
        done(error)
      })
    }
  }
  socket.on('writable', sendFirst)
  return (message, done) => {
    if (waiting.push([message, done]) === 1) sendFirst()
  }
}

function open(plan: Plan): AsyncLink {
  const names = ['there', 'back'].map((name) => join(plan.extra, name))
  const [peer = '', own = ''] = speaksFirst(plan) ? names : names.toReversed()
  const arrivals = new Arrivals()
  const socket = createSocket('unix_dgram')
  socket.on('message', (data) => arrivals.push(data.length))
  socket.bind(own)
  meetPeer()
  socket.connect(peer)
  const flow = new Flow(sending(socket), () => socket.close())
  return linkOf(plan, flow, arrivals)
}

await runAsync(open)
