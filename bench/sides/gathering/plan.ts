// What a process of a topic or a queue is told, and what it prints.
import type { Lane } from '../../channel-case.ts'

export type GatheringRole = 'publisher' | 'subscriber' | 'holder' | 'producer' | 'worker'

export interface GatheringPlan {
  readonly role: GatheringRole
  readonly address: string
  readonly lane: Lane
  readonly warmUp: number
  readonly count: number
  /** Microseconds to stay awake; undefined: what the library takes by itself. */
  readonly spin?: number | undefined
}

export interface GatheringOutput {
  /** Messages per second after the warm-up; 0 of those whose rate does not count. */
  readonly rate: number
  /** Nanoseconds of processor time. */
  readonly cpu: number
}

const BEGIN = process.cpuUsage()

export function print(rate: number): void {
  const { user, system } = process.cpuUsage(BEGIN)
  const output: GatheringOutput = { rate, cpu: (user + system) * 1000 }
  console.log(JSON.stringify(output))
}

/** Messages per second of `count` since `start`, of performance.now. */
export function rateSince(start: number, count: number): number {
  return (count * 1000) / (performance.now() - start)
}
