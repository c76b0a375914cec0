// Node's net.Socket over the two pipes, or a Unix socket, with one read buffer used again (`onread`), its fastest form.
import { Socket, type SocketConstructorOpts } from 'node:net'
import type { Plan } from '../plan.ts'
import { Arrivals, linkOf } from './callbacks.ts'
import { type AsyncLink, bufferSize, runAsync } from './roles.ts'

const INCOMING = 3 // a socket goes both ways
const OUTGOING = 4

function open(plan: Plan): AsyncLink {
  const arrivals = new Arrivals()
  const onread = {
    buffer: new Uint8Array(bufferSize(plan)),
    callback(length: number): boolean {
      arrivals.push(length)
      return true
    },
  }
  // Accepted by the constructor as by connect(), but missing in its type.
  const options: SocketConstructorOpts & { onread: typeof onread } = {
    fd: INCOMING,
    readable: true,
    writable: plan.mechanism === 'unix',
    onread,
  }
  const incoming = new Socket(options)
  incoming.resume()
  const both = plan.mechanism === 'unix'
  const outgoing = both ? incoming : new Socket({ fd: OUTGOING, readable: false, writable: true })
  return linkOf(plan, outgoing, arrivals)
}

await runAsync(open)
