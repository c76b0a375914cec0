// The loops of hutong's own asynchronous reading and writing.
import type { Plan } from '../plan.ts'
import { type AsyncLink, bufferSize } from './roles.ts'

/** Two directions of bytes, or of packets. */
export interface Ends {
  readInto(target: Uint8Array): Promise<number | null>
  write(message: Uint8Array): Promise<unknown>
  close(): void
}

/**
 * Bytes written before the sender waits until they are under way: as many as the rivals' `write` takes before it asks to wait
 * for 'drain'.
 */
const IN_FLIGHT = 16_384

export function linkOf(plan: Plan, ends: Ends): AsyncLink {
  const message = new Uint8Array(plan.size)
  const buffer = new Uint8Array(bufferSize(plan))
  const receive = async (bytes: number): Promise<void> => {
    for (let left = bytes; left > 0; ) {
      const got = await ends.readInto(buffer)
      if (got === null) throw new Error('the peer ended too early')
      left -= got
    }
  }
  const together = Math.max(1, Math.floor(IN_FLIGHT / plan.size))
  const send = async (count: number): Promise<void> => {
    for (let i = 1; i <= count; i++) {
      const written = ends.write(message)
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
    close: () => ends.close(),
  }
}
