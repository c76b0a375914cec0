// hutong's own asynchronous pipe.
import { PipeReader, PipeWriter } from 'hutong'
import type { Plan } from '../plan.ts'
import { type AsyncLink, bufferSize, runAsync } from './roles.ts'

const INCOMING = 3
const OUTGOING = 4

function open(plan: Plan): AsyncLink {
  const reader = PipeReader.from(INCOMING)
  const writer = PipeWriter.from(OUTGOING)
  const message = new Uint8Array(plan.size)
  const buffer = new Uint8Array(bufferSize(plan))
  const receive = async (bytes: number): Promise<void> => {
    for (let left = bytes; left > 0; ) {
      const got = await reader.readInto(buffer)
      if (got === null) throw new Error('the peer ended too early')
      left -= got
    }
  }
  return {
    receive,
    async send(count) {
      for (let i = 0; i < count; i++) await writer.write(message)
    },
    async call(count) {
      for (let i = 0; i < count; i++) {
        await writer.write(message)
        await receive(plan.size)
      }
    },
    async answer(count) {
      for (let i = 0; i < count; i++) {
        await receive(plan.size)
        await writer.write(message)
      }
    },
    close() {
      writer.close()
      reader.close()
    },
  }
}

await runAsync(open)
