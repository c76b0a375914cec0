// Runs one case of channels and sums it up.
import { fileURLToPath } from 'node:url'
import { Memfd, UnixSocket } from 'hutong'
import type { Placement } from './case.ts'
import type { Bar, ChannelCase, Lane, Mover } from './channel-case.ts'
import { programPath } from './compile.ts'
import type { Effort } from './contest.ts'
import { isGathering, runGathering } from './gathering.ts'
import { pinning } from './machine.ts'
import { type Running, runSides, start } from './process.ts'
import type { ChannelResult, ChannelRuns } from './report.ts'
import type { ChannelOutput, ChannelPlan } from './sides/channel/roles.ts'
import type { Role } from './sides/plan.ts'
import { ENOUGH, quantile, ratioOf, type Summary, summarize, type Verdict } from './statistics.ts'
import { figuresOf, runTriples, type TrialTriple } from './triples.ts'

const side = fileURLToPath(new URL('./sides/channel.js', import.meta.url))

const PAGE = 4096
/** Microseconds that a side stays awake by default where there is a second processor. */
const SPIN = 50
/** Counts are multiples of it: messages that go together. */
const TOGETHER = 64

export interface ChannelTrial {
  /** Messages, or round trips, per second. */
  readonly rate: number
  /** Nanoseconds of processor time for each, of both sides together. */
  readonly cpu: number
  readonly seconds: number
}

/** Who runs where, and how much. */
export interface Course {
  readonly lane: Lane
  readonly placement: Placement
  readonly cpus: readonly number[]
}

function rolesOf({ way }: Lane): readonly [Role, Role] {
  return way === 'round trip' ? ['caller', 'answerer'] : ['sender', 'receiver']
}

/** A process that is bound to one processor sees no other, and would not stay awake for one: it is told to. */
function spinOf({ lane, placement }: Course): number | undefined {
  return placement === 'two-cores' && lane.mode === 'default' ? SPIN : undefined
}

/** The arguments of bench/c/channel.c. */
function programOf(course: Course, role: Role, { warmUp, count }: ChannelAmount): string[] {
  const { mode, way, size, capacity } = course.lane
  const awake = course.placement === 'one-core' || course.cpus.length < 2 ? 0 : SPIN
  const spin = { default: awake, spin: -1, 'spin 0': 0 }[mode]
  const plan = [size, warmUp, count, capacity, spin, way === 'packed' ? TOGETHER : 1]
  return [programPath('channel'), role, ...plan.map(String)]
}

const PIPE = ['env', 'NODE_CHANNEL_FD=3']
const environments: Readonly<Record<Mover, readonly string[]>> = {
  C: [],
  hutong: [],
  net: [],
  'process.send json': [...PIPE, 'NODE_CHANNEL_SERIALIZATION_MODE=json'],
  'process.send advanced': [...PIPE, 'NODE_CHANNEL_SERIALIZATION_MODE=advanced'],
}

function commandOf(course: Course, role: Role, amount: ChannelAmount): string[] {
  const { lane } = course
  if (lane.mover === 'C') return programOf(course, role, amount)
  const plan: ChannelPlan = { role, lane, ...amount, spin: spinOf(course) }
  return [...environments[lane.mover], process.execPath, side, JSON.stringify(plan)]
}

export interface ChannelAmount {
  readonly warmUp: number
  readonly count: number
}

/** Starts both sides on what they meet over: memory for C, a pair of sockets for everybody else. */
function startSides(course: Course, amount: ChannelAmount): Running[] {
  const { lane, placement, cpus } = course
  const pins = pinning(placement, cpus)
  if (pins === undefined) throw new Error('two processors are needed')
  using memory = Memfd.create('hutong-bench', { size: lane.mover === 'C' ? 2 * (PAGE + lane.capacity) : 0 })
  const [one, other] = UnixSocket.pair()
  try {
    const descriptors = lane.mover === 'C' ? [memory.fd, memory.fd] : [one.inherit(), other.inherit()]
    return rolesOf(lane).map((role, i) =>
      start({
        command: commandOf(course, role, amount),
        cpu: pins[i],
        descriptors: descriptors.slice(i, i + 1),
      }),
    )
  } finally {
    one.close()
    other.close()
  }
}

export async function runChannelTrial(course: Course, amount: ChannelAmount): Promise<ChannelTrial> {
  if (isGathering(course.lane)) return runGathering(course, { ...amount, spin: spinOf(course) })
  const outputs = await runSides(startSides(course, amount))
  const [first, second] = outputs.map((output) => JSON.parse(output) as ChannelOutput)
  if (first === undefined || second === undefined) throw new Error('a trial needs two sides')
  const { count } = amount
  const trip = course.lane.way === 'round trip'
  const { nanoseconds } = trip ? first : second
  const rate = trip ? 1e9 / first.median : (count * 1e9) / nanoseconds
  return { rate, cpu: (first.cpu + second.cpu) / count, seconds: nanoseconds / 1e9 }
}

/**
 * The part before the timed one as a share of it, so that compiled code is measured: V8 is through with a channel after
 * about half a second of traffic.
 */
function warmUpShare({ mover }: Lane): number {
  return mover === 'C' ? 0.4 : 6
}

function amountOf(lane: Lane, count: number): ChannelAmount {
  const whole = (some: number): number => Math.max(1, Math.round(some / TOGETHER)) * TOGETHER
  return { warmUp: whole(count * warmUpShare(lane)), count: whole(count) }
}

const FIRST = 4096
/** More than a 32-bit number of messages is not needed, and would not fit. */
const MOST = 1e9

const known = new Map<string, ChannelAmount>()

/** What runs in Node is faster the more of it there is, up to a point: until then there must be more. */
const STILL_WARMING = 1.2

/** How many messages the lane moves in about `seconds` once all is compiled. Found out once for each lane. */
async function calibrate(course: Course, seconds: number): Promise<ChannelAmount> {
  const { lane } = course
  const key = JSON.stringify([lane, course.placement])
  let amount = known.get(key)
  if (amount !== undefined) return amount
  amount = amountOf(lane, FIRST * Math.min(1, 4096 / lane.size))
  for (let before = 0; ; ) {
    const trial = await runChannelTrial(course, amount)
    const wanted = Math.min(MOST, trial.rate * seconds)
    const enough = wanted <= amount.count * 2 && trial.rate <= before * STILL_WARMING
    amount = amountOf(lane, enough ? wanted : Math.max(wanted, amount.count * 2))
    if (enough) break
    before = trial.rate
  }
  known.set(key, amount)
  return amount
}

function runsOf(trials: readonly ChannelTrial[]): ChannelRuns {
  return {
    rate: summarize(trials.map(({ rate }) => rate)),
    cpu: quantile(
      trials.map(({ cpu }) => cpu),
      0.5,
    ),
  }
}

function isReached({ of, value }: Bar, ratio: Summary, { median }: Summary): boolean {
  if (of === 'microseconds') return 1e6 / median <= value
  return (of === 'ratio' ? ratio.median : median) >= value
}

function verdictOf(bar: Bar | undefined, ratio: Summary, inner: Summary): Verdict | undefined {
  if (bar === undefined) return undefined
  if (ratio.count < ENOUGH) return 'undecided'
  return isReached(bar, ratio, inner) ? 'met' : 'missed'
}

export async function runChannel(
  one: ChannelCase,
  cpus: readonly number[],
  effort: Effort,
): Promise<ChannelResult> {
  const { placement } = one
  const outer: Course = { lane: one.outer, placement, cpus }
  const inner: Course = { lane: one.inner, placement, cpus }
  const outerAmount = await calibrate(outer, effort.seconds)
  const innerAmount = await calibrate(inner, effort.seconds)
  const contestants = {
    outer: () => runChannelTrial(outer, outerAmount),
    inner: () => runChannelTrial(inner, innerAmount),
    figure: ({ rate }: ChannelTrial) => rate,
  }
  const limits = { wanted: effort.triples, most: effort.most, onTriple: effort.onTriple }
  const { kept, thrown } = await runTriples(contestants, limits)
  const figures = (triple: TrialTriple<ChannelTrial>) => figuresOf(triple, contestants.figure)
  const ratio = summarize(kept.map((triple) => ratioOf(figures(triple))))
  const innerRuns = runsOf(kept.map((triple) => triple.inner))
  return {
    ...one,
    ratio,
    verdict: verdictOf(one.bar, ratio, innerRuns.rate),
    outerRuns: runsOf(kept.flatMap(({ first, last }) => [first, last])),
    innerRuns,
    kept: kept.map(figures),
    thrown: thrown.map(figures),
  }
}
