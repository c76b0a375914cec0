// Both ends of a pair in this process.
import type { Channel } from '#src/channel/channel.ts'
import { bytes } from '#src/channel/codec.ts'
import { channelPair, connectDescriptor, type ShmChannelOptions } from '#src/channel/shm/rendezvous.ts'
import { cleanUp } from './leaks.ts'

export type Bytes = Channel<Uint8Array>

/** Two joined ends, destroyed when the test ends. `spin` 0 unless told otherwise: what is asleep stays asleep. */
export async function freshPair(options: ShmChannelOptions = {}): Promise<[near: Bytes, far: Bytes]> {
  const chosen = { capacity: 4096, spin: 0, codec: bytes, ...options }
  const [near, remote] = channelPair(chosen)
  cleanUp(() => near.destroy())
  const far = await connectDescriptor(Number(remote.detach().slice(3)), { label: 'far end', ...chosen })
  cleanUp(() => far.destroy())
  return [near, far]
}

type Digest = readonly [length: number, first: number | undefined]

/** A message's length and first byte; of the end nothing. */
export function lengthAndFirst(message: Uint8Array | null): Digest {
  return [message?.length ?? -1, message?.[0]]
}

/** All that comes until the end. */
export async function rest(channel: Bytes): Promise<Digest[]> {
  const all: Digest[] = []
  for await (const message of channel) all.push(lengthAndFirst(message))
  return all
}
