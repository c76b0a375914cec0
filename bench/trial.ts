// One trial: a pair of processes moves a number of messages.
import { fileURLToPath } from 'node:url'
import type { Contest, Contestant, Mechanism } from './case.ts'
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

/** The C program of a mechanism, and the TypeScript side of the same name. */
const PROGRAMS: Readonly<Record<Mechanism, Program>> = {
  pipe: 'pipe',
  fifo: 'pipe',
  mapping: 'ring',
  'sysv-mq': 'queue',
  'posix-mq': 'queue',
  'sysv-sem': 'semaphore',
  'posix-sem': 'semaphore',
  signal: 'signal',
  unix: 'socket',
  seqpacket: 'socket',
  dgram: 'socket',
  'seqpacket-batch': 'socket',
  'dgram-batch': 'socket',
  'dgram-named': 'socket',
  descriptor: 'socket',
}

function commandOf(contestant: Contestant, { mechanism }: Contest): string[] {
  const program = PROGRAMS[mechanism]
  switch (contestant) {
    case 'C':
    case 'C, 2 threads':
      return [programPath(program)]
    case 'hutong':
      return nodeSide(program)
    case 'hutong async':
    case 'hutong async, no spin':
      return nodeSide(program === 'pipe' ? 'async/hutong' : `async/${program}`)
    case 'hutong stream':
      return nodeSide('async/stream')
    case 'net.Socket':
      return nodeSide('async/net')
    case 'net stream':
      return nodeSide('async/net-stream')
    case 'fs streams':
      return nodeSide('async/fs')
    case 'svmq':
    case 'node-unix-socket':
    case 'unix-dgram':
    case 'usocket':
      return nodeSide(`async/${contestant}`)
  }
}

/** What the kernel counts: read and write, not msgsnd, sendmsg, sendmmsg or futex. */
function areCounted({ mechanism, outer }: Contest): boolean {
  if (outer === 'node-unix-socket') return false
  return (
    PROGRAMS[mechanism] === 'pipe' ||
    mechanism === 'mapping' ||
    ['unix', 'seqpacket', 'dgram'].includes(mechanism)
  )
}

function rolesOf({ measure }: Contest): readonly [Role, Role] {
  return measure === 'throughput' ? ['sender', 'receiver'] : ['caller', 'answerer']
}

function parse(output: string, contest: Contest, count: number): Trial {
  const { nanoseconds, calls } = JSON.parse(output) as Measured
  const seconds = nanoseconds / 1e9
  const known = areCounted(contest) && calls >= 0
  return { rate: count / seconds, calls: known ? calls / count : undefined, seconds }
}

export interface Setting {
  readonly contest: Contest
  /** The processors to choose from. */
  readonly cpus: readonly number[]
}

/** One contestant on both sides, or the one that speaks first and the one that answers: they speak the same language. */
export type Pair = Contestant | readonly [Contestant, Contestant]

function extraOf(contestant: Contestant, extra: string): string {
  if (contestant === 'hutong async, no spin') return 'sleep'
  return contestant === 'C, 2 threads' ? 'thread' : extra
}

export async function runTrial(
  { contest, cpus }: Setting,
  pair: Pair,
  { warmUp, count }: Amount,
): Promise<Trial> {
  const pins = pinning(contest.placement, cpus)
  if (pins === undefined) throw new Error(`${contest.name} needs two processors`)
  const meeting = arrange(contest, cpus.length)
  try {
    const [first, second] = rolesOf(contest).map((role, i) => {
      const contestant = typeof pair === 'string' ? pair : pair[i === 0 ? 0 : 1]
      const extra = extraOf(contestant, meeting.extra)
      const plan = [role, contest.mechanism, contest.size, warmUp, count, extra].map(String)
      const command = [...commandOf(contestant, contest), ...plan]
      return start({ command, cpu: pins[i], descriptors: i === 0 ? meeting.first : meeting.second })
    })
    meeting.release()
    if (first === undefined || second === undefined) throw new Error('a trial needs two sides')
    const [caller, receiver] = await runSides([first, second])
    return parse((contest.measure === 'throughput' ? receiver : caller) ?? '', contest, count)
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

/** Where a message takes long, that share is too few of them for V8 to compile what moves them. */
const COMPILED = 5000
const LARGEST_SHARE = 2.5

function warmUpOf(count: number, outer: Contestant): number {
  const enough = Math.min(COMPILED, count * LARGEST_SHARE)
  return Math.max(1, Math.round(Math.max(count * warmUpShare(outer), enough)))
}

/** A first guess, on the slow side: each message costs 10 us and each byte 1 ns. */
function guess(size: number, seconds: number): number {
  return seconds / (10e-6 + size * 1e-9)
}

/** How many messages the outer contestant moves in about `seconds`. */
export async function calibrate(setting: Setting, seconds: number): Promise<Amount> {
  const { outer, size } = setting.contest
  const amountOf = (count: number): Amount => ({
    warmUp: warmUpOf(count, outer),
    count: Math.max(1, Math.round(count)),
  })
  let amount = amountOf(guess(size, seconds / 2))
  for (;;) {
    const trial = await runTrial(setting, outer, amount)
    if (trial.seconds >= seconds / 2) return amountOf(trial.rate * seconds)
    amount = amountOf(amount.count * Math.min(64, Math.max(2, seconds / trial.seconds)))
  }
}
