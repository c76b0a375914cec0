import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LOG, LOG_UNIT } from '#src/channel/shm/log-layout.ts'
import '../../support/leaks.ts'
import { type Listener, PlainLog } from '../../support/log.ts'
import { below, type Random, seeded } from '../../support/random.ts'
import { aside, stepping } from '../../support/steps.ts'
import { numbered } from '../../support/topic-message.ts'

const CAPACITY = 4096
/** Laps of this log until positions, and until blocks, are 2^32. */
const UNITS_WRAP = (2 ** 32 * LOG_UNIT) / CAPACITY
const BLOCKS_WRAP = 2 ** 32 / 16

/** What a subscriber got is every message from `first` on, in order, but those it counted as lost. */
function checkExact(listener: Listener, sent: number, first = 0): void {
  const { numbers, reader } = listener
  for (let i = 1; i < numbers.length; i++) assert.ok((numbers[i] as number) > (numbers[i - 1] as number))
  assert.equal(numbers.length + reader.lost, sent - first)
  if (numbers.length > 0) assert.equal(numbers.at(-1), sent - 1)
}

/** One random thing that a publisher does; gives the number of its next message. */
function send({ writer }: PlainLog, next: number, random: Random): number {
  const length = below(random, 4) === 0 ? below(random, writer.longest - 8) : below(random, 60)
  switch (below(random, 4)) {
    case 0: {
      const count = 1 + below(random, 20)
      const batch = Array.from({ length: count }, (_, i) => numbered(next + i, 8))
      return writer.trySendBatch(Buffer.concat(batch), 16) ? next + count : next
    }
    case 1: {
      const place = writer.reserve(length + 8 + below(random, 100))
      if (place === undefined) return next
      place.set(numbered(next, Math.min(length, place.length - 8)))
      if (below(random, 3) === 0) writer.abort()
      else {
        writer.commit(Math.min(length + 8, place.length))
        return next + 1
      }
      return next
    }
    default:
      return writer.trySend(numbered(next, length)) ? next + 1 : next
  }
}

for (const [what, laps] of [
  ['from the start', 0],
  ['while positions wrap', UNITS_WRAP - 3],
  ['while blocks wrap', BLOCKS_WRAP - 3],
] as const) {
  test(`random messages and batches come whole and in order, every loss counted: ${what}`, () => {
    const random = seeded(laps + 1)
    for (const policy of ['overwrite', 'block'] as const) {
      const log = new PlainLog(CAPACITY, policy, laps)
      log.listen()
      log.listen('oldest')
      log.listen()
      let next = 0
      for (let round = 0; round < 600; round++) {
        next = send(log, next, random)
        if (below(random, 3) === 0) log.listeners[below(random, 3)]?.take(below(random, 30))
      }
      log.writer.flush()
      for (const listener of log.listeners) {
        listener.take()
        checkExact(listener, next)
        if (policy === 'block') assert.equal(listener.reader.lost, 0)
      }
      assert.ok(next > 200)
    }
  })
}

/** A publisher at work on a log that is full already. */
function busy(policy: 'overwrite' | 'block'): { log: PlainLog; slow: Listener; work: () => void } {
  const log = new PlainLog(CAPACITY, policy)
  const slow = log.listen()
  const fast = log.listen()
  let next = 0
  const sendNext = (): void => {
    while (!log.writer.trySend(numbered(next, (next * 29) % 300)))
      aside(() => log.listeners.map((each) => each.take()))
    next++
  }
  for (let i = 0; i < 60; i++) {
    sendNext()
    fast.take()
  }
  log.writer.flush()
  const work = (): void => {
    for (let i = 0; i < 12; i++) {
      sendNext()
      log.writer.flush()
    }
    log.writer.finish()
  }
  return { log, slow, work }
}

class Killed extends Error {}

for (const policy of ['overwrite', 'block'] as const) {
  test(`a publisher that ends at any of its steps leaves every committed message whole: ${policy}`, () => {
    let finished = false
    let step = 1
    for (; !finished; step++) {
      const { log, work } = busy(policy)
      try {
        stepping(work, (at) => {
          if (at === step) throw new Killed()
        })
        finished = true
      } catch (error) {
        if (!(error instanceof Killed)) throw error
      }
      log.listen('oldest')
      const committed = finished ? 72 : publishedOf(log)
      for (const listener of log.listeners) {
        listener.take()
        const first = listener === log.listeners[2] ? committed - listener.numbers.length : 0
        checkExact(listener, committed, first)
      }
    }
    assert.ok(step > 30, `only ${step} steps`)
  })
}

/** What the head says is committed: by reading, since the counter is written a moment before it. */
function publishedOf(log: PlainLog): number {
  const { numbers } = log.listen('oldest')
  const reader = log.listeners.pop()
  reader?.take()
  return (numbers.at(-1) ?? -1) + 1
}

test('a subscriber that is overtaken at any of its steps gets no torn message, and counts its loss', () => {
  for (const ahead of [1, 3, 20, 200]) {
    for (let step = 1; step < 40; step++) {
      const { log, slow } = busy('overwrite')
      let next = 60
      stepping(
        () => slow.take(8),
        (at) => {
          if (at !== step) return
          for (let i = 0; i < ahead; i++) log.writer.trySend(numbered(next++, (next * 31) % 200))
          log.writer.flush()
        },
      )
      slow.take()
      checkExact(slow, next)
    }
  }
})

test('a subscriber that is overtaken again and again still counts exactly, and gives others their turn', () => {
  const { log, slow } = busy('overwrite')
  let next = 60
  const race = (): void => {
    for (let i = 0; i < 9; i++) log.writer.trySend(numbered(next++, 100))
    log.writer.flush()
  }
  for (let round = 0; round < 20; round++) stepping(() => slow.take(3), race)
  slow.take()
  checkExact(slow, next)
})

test('a sleeper sees what comes while it falls asleep', () => {
  for (let step = 1; step <= 4; step++) {
    const log = new PlainLog(CAPACITY, 'block')
    const { reader } = log.listen()
    let sent = false
    const asleep = stepping(
      () => reader.sleep(),
      (at) => {
        if (at !== step) return
        log.writer.trySend(numbered(0, 8))
        log.writer.flush()
        sent = true
      },
    )
    assert.equal(asleep, !(sent && step <= 2))
  }
})

test('a publisher that waits for room sees room that comes while it falls asleep', () => {
  for (let step = 1; step <= 6; step++) {
    const log = new PlainLog(CAPACITY, 'block')
    const listener = log.listen()
    for (let i = 0; log.writer.trySend(numbered(i, 100)); i++);
    let [rung, taken] = [false, false]
    const asleep = stepping(
      () => log.writer.sleep(108),
      (at, array, index) => {
        if (at !== step) return
        listener.take()
        taken = true
        rung = index !== LOG.awaited || (array[LOG.awaited] as number) !== 0
      },
    )
    if (taken && asleep) assert.ok(rung, 'told late, but told')
    if (!asleep) assert.ok(log.writer.trySend(numbered(99, 100)))
  }
})
