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
    case 'hutong stream':
      return nodeSide('async/stream')
    case 'net.Socket':
      return nodeSide('async/net')
    case 'net stream':
      return nodeSide('async/net-stream')
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

/**
 * The part before the timed one, as a share of it, so that compiled code is measured. Where C sets the pace it does so
 * from the first message, and the count is large; where Node does, it takes a while to reach its own.
 */
function warmUpShare(outer: Contestant): number {
  return outer === 'C' ? 0.4 : 2
}

/** A first guess, on the slow side: each message costs 10 us and each byte 1 ns. */
function guess(size: number, seconds: number): number {
  return seconds / (10e-6 + size * 1e-9)
}

/** How many messages the outer contestant moves in about `seconds`. */
export async function calibrate(setting: Setting, seconds: number): Promise<Amount> {
  const { outer, size } = setting.contest
  const amountOf = (count: number): Amount => ({
    warmUp: Math.max(1, Math.round(count * warmUpShare(outer))),
    count: Math.max(1, Math.round(count)),
  })
  let amount = amountOf(guess(size, seconds / 2))
  for (;;) {
    const trial = await runTrial(setting, outer, amount)
    if (trial.seconds >= seconds / 2) return amountOf(trial.rate * seconds)
    amount = amountOf(amount.count * Math.min(64, Math.max(2, seconds / trial.seconds)))
  }
}
