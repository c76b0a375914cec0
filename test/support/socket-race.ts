// Receives that are given up at the moment at which their packet comes.
import assert from 'node:assert/strict'
import { UnixSocket } from 'hutong'
import { below, type Random } from './random.ts'

/** Sends `count` packets to a receiver that aborts, times out and starts anew all the time; each must come, in order. */
export async function raceAborts(random: Random, count: number): Promise<void> {
  const [one, other] = UnixSocket.pair({ type: 'seqpacket' })
  let next = 0
  try {
    while (next < count) {
      const controller = new AbortController()
      const options = below(random, 2) === 0 ? { signal: controller.signal } : { timeout: below(random, 2) }
      const receiving = other.receive(options).catch((error) => {
        assert.match(error.name, /^(AbortError|TimeoutError)$/)
      })
      const sending = [one.send(`${next}`)]
      if (below(random, 2) === 0) await Promise.resolve()
      if (below(random, 3) === 0) await new Promise((resolve) => setImmediate(resolve))
      controller.abort()
      await Promise.all(sending)
      const got = (await receiving) ?? (await other.receive())
      assert.equal(Buffer.from(got?.data ?? []).toString(), `${next++}`)
    }
    assert.equal(other.tryReceive(), undefined)
  } finally {
    one.close()
    other.close()
  }
}
