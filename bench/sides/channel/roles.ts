// The four roles of a trial over a channel. A line runs its own loops, so that each is written in the way that suits it.
import type { Lane } from '../../channel-case.ts'
import { quantile } from '../../statistics.ts'
import type { Role } from '../plan.ts'

export interface ChannelPlan {
  readonly role: Role
  readonly lane: Lane
  readonly warmUp: number
  readonly count: number
  /** Microseconds to stay awake in the mode `default`; undefined: what the library takes by itself. */
  readonly spin?: number | undefined
}

/** What each side prints. */
export interface ChannelOutput {
  readonly nanoseconds: number
  /** Of the caller: nanoseconds of the trip in the middle. */
  readonly median: number
  /** Nanoseconds of processor time that this side used meanwhile. */
  readonly cpu: number
}

export interface Line {
  /** Sends `count` messages, a multiple of 64. */
  send(count: number): Promise<void>
  receive(count: number): Promise<void>
  /** Sends a message and takes one, `count` times; `lap` is called after each. */
  call(count: number, lap: () => void): Promise<void>
  answer(count: number): Promise<void>
  /** The receiver tells the sender that the warm-up is over, and the timed part begins. */
  go(): Promise<void>
  awaitGo(): Promise<void>
  close(): void
}

// The clock takes as long as a trip: GROUP of them in a row are timed together. As bench/c/channel.c does.
const GROUP = 16

/** Gives the median of the trips, in nanoseconds. */
async function timeTrips(line: Line, count: number): Promise<number> {
  const trips = new Float64Array(Math.ceil(count / GROUP))
  let done = 0
  let start = performance.now()
  await line.call(trips.length * GROUP, () => {
    if (++done % GROUP !== 0) return
    const now = performance.now()
    trips[done / GROUP - 1] = ((now - start) * 1e6) / GROUP
    start = now
  })
  return quantile([...trips], 0.5)
}

type Part = (line: Line, count: number) => Promise<number>

const nothing = async (): Promise<void> => {}

const parts: Readonly<Record<Role, Part>> = {
  sender: (line, count) => line.send(count).then(() => 0),
  receiver: (line, count) => line.receive(count).then(() => 0),
  caller: timeTrips,
  answerer: (line, count) => line.answer(Math.ceil(count / GROUP) * GROUP).then(() => 0),
}

export async function runRole({ role, warmUp, count }: ChannelPlan, line: Line): Promise<void> {
  const part = parts[role]
  await part(line, warmUp)
  await (role === 'sender' ? line.awaitGo() : nothing())
  const before = process.cpuUsage()
  const start = process.hrtime.bigint()
  await (role === 'receiver' ? line.go() : nothing())
  const median = await part(line, count)
  const nanoseconds = Number(process.hrtime.bigint() - start)
  const { user, system } = process.cpuUsage(before)
  const output: ChannelOutput = { nanoseconds, median, cpu: (user + system) * 1000 }
  console.log(JSON.stringify(output))
}
