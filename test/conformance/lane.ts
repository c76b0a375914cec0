// What the conformance suite runs on: two ends of a channel over some mechanism.
import { setImmediate } from 'node:timers/promises'
import { bytes, type Channel, type Closed, type Codec } from 'hutong/channel'
import { cleanUp } from '../support/leaks.ts'

/** A mechanism under test. */
export interface Lane {
  readonly name: string
  /** False: room can appear although nobody receives, as when TCP learns of more memory at the other side. */
  readonly steady?: boolean
  /** Two joined ends in this process. */
  open<T>(codec: Codec<T>): Promise<readonly [Channel<T>, Channel<T>]>
}

/** Two joined ends, which are closed when the test ends. */
export async function joined(lane: Lane): Promise<readonly [Channel<Uint8Array>, Channel<Uint8Array>]> {
  return joinedWith(lane, bytes)
}

export async function joinedWith<T>(lane: Lane, codec: Codec<T>): Promise<readonly [Channel<T>, Channel<T>]> {
  const ends = await lane.open(codec)
  cleanUp(() => {
    for (const end of ends) end.destroy()
  })
  return ends
}

/** Bytes that depend on `seed` and on their place, so that none can take another's. */
export function pattern(length: number, seed: number): Uint8Array {
  const message = new Uint8Array(length)
  for (let i = 0; i < length; i++) message[i] = (seed * 31 + i * 7 + (i >>> 8)) & 0xff
  return message
}

export const same = (one: Uint8Array | null | undefined, other: Uint8Array): boolean =>
  one instanceof Uint8Array && Buffer.compare(one, other) === 0

/**
 * Sends patterns of the numbers from 0 on until there is no room, also after some turns of the event loop; gives the number
 * of the next.
 */
export async function fill(channel: Channel<Uint8Array>, length: number): Promise<number> {
  let next = 0
  for (let full = 0; full < 3; full++) {
    for (; channel.trySend(pattern(length, next)) === true; next++) full = 0
    channel.flush()
    await setImmediate()
  }
  return next
}

/** Receives the patterns of the numbers from `first` to `end`; throws for any other message. */
export async function drain(
  channel: Channel<Uint8Array>,
  length: number,
  [first, end]: [number, number],
): Promise<void> {
  for (let i = first; i < end; i++) {
    const message = await channel.receive()
    if (!same(message, pattern(length, i))) throw new Error(`message ${i}: ${message?.length} other bytes`)
  }
}

/** How the channel ends. Waiting for that alone does not keep the event loop running. */
export async function over(channel: Channel<Uint8Array>): Promise<Closed> {
  const alive = setInterval(() => {}, 1000)
  const closed = await channel.closed
  clearInterval(alive)
  return closed
}
