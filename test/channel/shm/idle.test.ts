// Channels on which nothing happens cost nothing. What a thousand of them take in memory is measured by bench/channel-cost.ts.
import assert from 'node:assert/strict'
import { performance } from 'node:perf_hooks'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import '../../support/leaks.ts'
import { freshPair } from '../../support/pair.ts'

const PAIRS = 100
const SPIN = 50

/** Turns of the event loop so far. */
const turns = (): number => performance.nodeTiming.uvMetricsInfo.loopCount

/** Those of the quietest 50 ms out of some: the test runner has the loop turn, too, now and then. */
async function fewestTurns(): Promise<number> {
  let fewest = Number.POSITIVE_INFINITY
  for (let i = 0; i < 20 && fewest >= 10; i++) {
    const before = turns()
    await sleep(50)
    fewest = Math.min(fewest, turns() - before)
  }
  return fewest
}

test(`${PAIRS} pairs whose ends wait turn no event loop, wake nobody, and are there at once`, async () => {
  const pairs = await Promise.all(Array.from({ length: PAIRS }, () => freshPair({ spin: SPIN })))
  const waiting = pairs.flat().map((end) => end.receive())
  const asleep = (): boolean => pairs.flat().every(({ counters }) => counters.received.waits === 1)
  while (!asleep()) await sleep(1)
  assert.ok((await fewestTurns()) < 10)
  assert.ok(asleep(), 'nobody has woken')
  for (const end of pairs.flat()) end.trySend(Uint8Array.of(1))
  assert.deepEqual(new Set((await Promise.all(waiting)).map((message) => message?.[0])), new Set([1]))
  for (const end of pairs.flat()) assert.deepEqual([end.counters.sent.wakes, end.counters.sent.waits], [1, 0])
})
