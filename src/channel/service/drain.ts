import type { Channel } from '../channel.ts'
import { BadMessageError } from '../codec.ts'
import { CorruptPeerError } from '../corrupt.ts'

// Messages taken in one go before others get their turn.
const AT_ONCE = 64

/**
 * Gives `take` every message until the peer closes the channel. What `take` returns is waited for, if it is a promise.
 * PeerDiedError; CorruptPeerError, also for a message that is no envelope.
 */
export async function drain<T>(
  channel: Channel<T>,
  take: (message: T) => Promise<void> | undefined,
): Promise<void> {
  try {
    for (let message = await channel.receive(); message !== null; message = await channel.receive()) {
      let next: T | null | undefined = message
      for (let left = AT_ONCE; next !== undefined && next !== null; left--) {
        const wait = take(next)
        if (wait !== undefined) await wait
        next = left > 0 ? channel.tryReceive() : undefined
      }
    }
  } catch (error) {
    throw error instanceof BadMessageError ? new CorruptPeerError(channel.label, error.message) : error
  }
}
