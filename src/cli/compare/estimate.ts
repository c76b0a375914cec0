// How long it will take, roughly, on a machine of no great speed: better a little too long than too short.
import type { Plan } from './model.ts'

// Bytes per second of a slow mechanism and of SHA-256 with its reading; seconds of a round trip and of starting a pair.
const MOVING = 1.5e9
const SPOILING = 3e9
const HASHING = 0.7e9
const ROUND_TRIP = 60e-6
const LONGEST_TALK = 3
const START = 0.2

/** Seconds. */
export function expectedSeconds({ size, mechanisms, rounds, ...plan }: Omit<Plan, 'seconds'>): number {
  const passes = plan.passes + (plan.warmUp ? 1 : 0)
  const pass = size / MOVING + size / SPOILING + size / HASHING
  const talk = Math.min(LONGEST_TALK, rounds * ROUND_TRIP)
  const carriers = mechanisms.filter(({ carriesFile }) => carriesFile).length
  return size / HASHING + mechanisms.length * (START + talk) + carriers * passes * pass
}
