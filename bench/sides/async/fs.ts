// Node's fs streams over the two pipes: every read and write is a task of the thread pool.
import { createReadStream, createWriteStream } from 'node:fs'
import type { Plan } from '../plan.ts'
import { Arrivals, linkOf } from './callbacks.ts'
import { type AsyncLink, bufferSize, runAsync } from './roles.ts'

const INCOMING = 3
const OUTGOING = 4

function open(plan: Plan): AsyncLink {
  const arrivals = new Arrivals()
  const incoming = createReadStream('', { fd: INCOMING, highWaterMark: bufferSize(plan) })
  incoming.on('data', (chunk) => arrivals.push(chunk.length))
  return linkOf(plan, createWriteStream('', { fd: OUTGOING }), arrivals)
}

await runAsync(open)
