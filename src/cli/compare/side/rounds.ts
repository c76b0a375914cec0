// Round trips: the sender says, the receiver echoes.
import { type End, type EventEnd, MESSAGE_BYTES } from '../mechanism.ts'
import type { Counts, RoundTrip } from '../model.ts'
import type { Tally } from './tally.ts'

export interface Rounds {
  readonly rounds: number
  /** So many before the first that counts. */
  readonly warmUp: number
  /** In milliseconds: after that the round under way is the last. */
  readonly longest: number
}

export interface Talked {
  readonly roundTrip: RoundTrip | null
  readonly rounds: number
  readonly counts: Counts | null
}

// Where a message says which one it is, and whether it is the last.
const NUMBER = 0
const LAST = 1

/** The sender's part: times every round and checks that each message comes back as it went. */
export function talk(end: End, tally: Tally, { rounds, warmUp, longest }: Rounds): Talked {
  const message = new Uint8Array(MESSAGE_BYTES).fill(0x2e)
  const echo = new Uint8Array(MESSAGE_BYTES)
  const words = new Int32Array(message.buffer)
  const times = new Float64Array(rounds)
  const total = warmUp + rounds
  let deadline = performance.now() + longest
  let timed = 0
  for (let round = 0, last = false; !last; round++) {
    if (round === warmUp) {
      tally.start()
      deadline = performance.now() + longest
    }
    const before = performance.now()
    last = round === total - 1 || (round >= warmUp && before > deadline)
    words[NUMBER] = round
    words[LAST] = last ? 1 : 0
    end.say(message)
    end.hear(echo)
    const after = performance.now()
    if (Buffer.compare(message, echo) !== 0) throw new Error(`message ${round} came back changed`)
    if (round >= warmUp) times[timed++] = after - before
  }
  return { roundTrip: summary(times.subarray(0, timed)), rounds: timed, counts: tally.stop() }
}

/** The receiver's part. */
export function echo(end: End, tally: Tally, { warmUp }: Rounds): Talked {
  const message = new Uint8Array(MESSAGE_BYTES)
  const words = new Int32Array(message.buffer)
  let round = 0
  for (let last = false; !last; round++) {
    if (round === warmUp) tally.start()
    end.hear(message)
    last = words[LAST] === 1
    end.say(message)
  }
  return { roundTrip: null, rounds: round - warmUp, counts: tally.stop() }
}

/** As `talk`, with events, which say nothing: so both sides know beforehand how many there will be. */
export function talkInEvents(end: EventEnd, tally: Tally, { rounds, warmUp }: Rounds): Talked {
  const times = new Float64Array(rounds)
  for (let round = -warmUp; round < rounds; round++) {
    if (round === 0) tally.start()
    const before = performance.now()
    end.signal()
    end.await()
    if (round >= 0) times[round] = performance.now() - before
  }
  return { roundTrip: summary(times), rounds, counts: tally.stop() }
}

/** The receiver's part. */
export function echoEvents(end: EventEnd, tally: Tally, { rounds, warmUp }: Rounds): Talked {
  for (let round = -warmUp; round < rounds; round++) {
    if (round === 0) tally.start()
    end.await()
    end.signal()
  }
  return { roundTrip: null, rounds, counts: tally.stop() }
}

/** Order statistics of times in milliseconds. */
export function summary(times: Float64Array): RoundTrip {
  const sorted = times.toSorted()
  const at = (share: number): number => {
    const index = Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))
    return (sorted[index] ?? Number.NaN) * 1000
  }
  return { rounds: sorted.length, microseconds: { min: at(0), p50: at(0.5), p99: at(0.99), max: at(1) } }
}
