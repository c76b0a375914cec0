// hutong's own asynchronous pipe: as many bytes are written before the next wait as the rivals' `write` takes before it
// asks to wait for 'drain'.
import { PipeReader, PipeWriter } from 'hutong'
import type { Plan } from '../plan.ts'
import { type AsyncLink, bufferSize, runAsync } from './roles.ts'

const INCOMING = 3
const OUTGOING = 4
/** Bytes written before the sender waits until they are in the pipe. Small writes of one turn share a system call. */
const IN_FLIGHT = 16_384

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
  const together = Math.max(1, Math.floor(IN_FLIGHT / plan.size))
  const send = async (count: number): Promise<void> => {
    for (let i = 1; i <= count; i++) {
      const written = writer.write(message)
      if (i % together === 0 || i === count) await written
    }
  }
  return {
    send,
    receive,
    async call(count) {
      for (let i = 0; i < count; i++) {
        await send(1)
        await receive(plan.size)
      }
    },
    async answer(count) {
      for (let i = 0; i < count; i++) {
        await receive(plan.size)
        await send(1)
      }
    },
    close() {
      writer.close()
      reader.close()
    },
  }
}

await runAsync(open)
