// hutong's pipe ends as Node streams: what takes the place of net.Socket and fs streams without other changes.
import { PipeReader, PipeWriter } from 'hutong'
import type { Plan } from '../plan.ts'
import { Arrivals, linkOf } from './callbacks.ts'
import { type AsyncLink, runAsync } from './roles.ts'

const INCOMING = 3
const OUTGOING = 4

function open(plan: Plan): AsyncLink {
  const arrivals = new Arrivals()
  const incoming = PipeReader.from(INCOMING).stream()
  incoming.on('data', (chunk: Uint8Array) => arrivals.push(chunk.length))
  return linkOf(plan, PipeWriter.from(OUTGOING).stream(), arrivals)
}

await runAsync(open)
