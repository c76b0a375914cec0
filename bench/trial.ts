// One trial: a pair of processes moves a number of messages.
import { fileURLToPath } from 'node:url'
import type { Contest, Contestant } from './cases.ts'
import { type Program, programPath } from './compile.ts'
import { pinning } from './machine.ts'
import { arrange } from './meeting.ts'
import { runSides, start } from './process.ts'
import type { Measured, Role } from './sides/plan.ts'

export interface Amount {
  readonly warmUp: number
  readonly count: number
}

export interface Trial {
  /** Messages, or round trips, per second. */
  readonly rate: number
  /** Read and write calls per message of the side that holds the clock, counted by the kernel; undefined: not known. */
  readonly calls: number | undefined
  readonly seconds: number
}

function nodeSide(file: string): string[] {
  return [process.execPath, fileURLToPath(new URL(`./sides/${file}.js`, import.meta.url))]
}

function commandOf(contestant: Contestant, contest: Contest): string[] {
  const program: Program = contest.mechanism === 'mapping' ? 'ring' : 'pipe'
  switch (contestant) {
    case 'C':
      return [programPath(program)]
    case 'hutong':
      return nodeSide(program)
    case 'hutong async':
      return nodeSide('async/hutong')
    case 'net.Socket':
      return nodeSide('async/net')
    case 'fs streams':
      return nodeSide('async/fs')
  }
}

function rolesOf({ measure }: Contest): readonly [Role, Role] {
  return measure === 'throughput' ? ['sender', 'receiver'] : ['caller', 'answerer']
}

function parse(output: string, count: number): Trial {
  const { nanoseconds, calls } = JSON.parse(output) as Measured
  const seconds = nanoseconds / 1e9
  return { rate: count / seconds, calls: calls < 0 ? undefined : calls / count, seconds }
}

export interface Setting {
  readonly contest: Contest
  /** The processors to choose from. */
  readonly cpus: readonly number[]
}

export async function runTrial(
  { contest, cpus }: Setting,
  contestant: Contestant,
  { warmUp, count }: Amount,
): Promise<Trial> {
  const pins = pinning(contest.placement, cpus)
  if (pins === undefined) throw new Error(`${contest.name} needs two processors`)
  const meeting = arrange(contest, cpus.length)
  try {
    const [first, second] = rolesOf(contest).map((role, i) => {
      const plan = [role, contest.mechanism, contest.size, warmUp, count, meeting.extra].map(String)
      const command = [...commandOf(contestant, contest), ...plan]
      return start({ command, cpu: pins[i], descriptors: i === 0 ? meeting.first : meeting.second })
    })
    meeting.release()
    if (first === undefined || second === undefined) throw new Error('a trial needs two sides')
    const [caller, receiver] = await runSides([first, second])
    return parse((contest.measure === 'throughput' ? receiver : caller) ?? '', count)
  } finally {
    meeting.remove()
  }
}

/** The share of the timed part that comes before it, so that compiled code is measured. */
const WARM_UP = 0.4

function amountOf(count: number): Amount {
  return { warmUp: Math.max(1, Math.round(count * WARM_UP)), count: Math.max(1, Math.round(count)) }
}

/** How many messages the outer contestant moves in about `seconds`. */
export async function calibrate(setting: Setting, seconds: number): Promise<Amount> {
  let amount = amountOf(4)
  for (;;) {
    const trial = await runTrial(setting, setting.contest.outer, amount)
    if (trial.seconds >= seconds / 4) return amountOf(trial.rate * seconds)
    amount = amountOf(amount.count * Math.min(64, Math.max(4, seconds / 2 / trial.seconds)))
  }
}
