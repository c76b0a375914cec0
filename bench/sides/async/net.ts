// Node's net.Socket over the two pipes, with one read buffer used again (`onread`), its fastest form.
import { Socket, type SocketConstructorOpts } from 'node:net'
import type { Plan } from '../plan.ts'
import { Arrivals, linkOf } from './callbacks.ts'
import { type AsyncLink, bufferSize, runAsync } from './roles.ts'

const INCOMING = 3
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
  const options: SocketConstructorOpts & { onread: typeof onread } = { fd: INCOMING, readable: true, onread }
  const incoming = new Socket(options)
  incoming.resume()
  return linkOf(plan, new Socket({ fd: OUTGOING, readable: false, writable: true }), arrivals)
}

await runAsync(open)
