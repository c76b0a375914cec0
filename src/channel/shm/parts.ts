// A message longer than a record goes in parts.
import { TAG } from './layout.ts'
import type { RingWriter } from './ring-writer.ts'

/** Sends, from byte `from` on, as many parts as there is room for; gives the byte to go on from. */
export function sendParts(writer: RingWriter, message: Uint8Array, from: number): number {
  const { length } = message
  // Half a record each, a quarter of the ring: one is written while another is read.
  const most = writer.longest >>> 1
  for (let at = from; at < length; ) {
    const end = Math.min(length, at + most)
    const tag = at === 0 ? TAG.first : end === length ? TAG.last : TAG.middle
    if (!writer.trySendPart(message.subarray(at, end), tag, length)) return at
    at = end
  }
  return length
}
