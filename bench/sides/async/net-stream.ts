// Node's net.Socket over the two pipes, as a stream: each chunk comes in memory of its own.
import { Socket } from 'node:net'
import type { Plan } from '../plan.ts'
import { Arrivals, linkOf } from './callbacks.ts'
import { type AsyncLink, runAsync } from './roles.ts'

const INCOMING = 3
const OUTGOING = 4

function open(plan: Plan): AsyncLink {
  const arrivals = new Arrivals()
  const incoming = new Socket({ fd: INCOMING, readable: true, writable: false })
  incoming.on('data', (chunk: Uint8Array) => arrivals.push(chunk.length))
  return linkOf(plan, new Socket({ fd: OUTGOING, readable: false, writable: true }), arrivals)
}

await runAsync(open)
