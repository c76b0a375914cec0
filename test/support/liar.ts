// A channel whose peer is the test itself, with its hands on the memory.
import { Channel } from '#src/channel/channel.ts'
import { bytes, type Codec } from '#src/channel/codec.ts'
import { ringOffset } from '#src/channel/shm/layout.ts'
import type { Meeting } from '#src/channel/shm/meeting.ts'
import { type RingMemory, ringMemory } from '#src/channel/shm/memory.ts'
import { ShmTransport } from '#src/channel/shm/transport.ts'
import { ring } from '#src/channel/shm/wake.ts'
import { meet, welcome } from '#src/channel/shm/welcome.ts'
import { UnixSocket } from '#src/kernel/socket/socket.ts'
import { cleanUp } from './leaks.ts'

export interface Liar {
  /** What the peer of the channel got in the handshake. */
  readonly hands: Meeting
  /** The ring that the channel reads. */
  readonly incoming: RingMemory
  /** The ring that it writes. */
  readonly outgoing: RingMemory
  /** Rings its bell. */
  wake(): void
}

/** A channel, honest and asleep unless awaited, and the liar at its other end. */
export async function lyingPeer<T = Uint8Array>(
  codec: Codec<T> = bytes as Codec<unknown> as Codec<T>,
  capacity = 4096,
): Promise<[Channel<T>, Liar]> {
  const terms = { label: 'the honest one', codec: codec.name }
  const [near, far] = UnixSocket.pair()
  const channel = new Channel(
    new ShmTransport(welcome(near, capacity, terms), { limit: 2 ** 26, spin: 0 }),
    codec,
  )
  cleanUp(() => channel.destroy())
  const hands = await meet(far, terms)
  const { mapping, bell, peerBell, socket } = hands
  cleanUp(() => [mapping, bell, peerBell, socket].forEach((one) => void one.close()))
  return [
    channel,
    {
      hands,
      incoming: ringMemory(mapping.buffer, ringOffset(1, capacity), capacity),
      outgoing: ringMemory(mapping.buffer, ringOffset(0, capacity), capacity),
      wake: () => ring(peerBell),
    },
  ]
}
