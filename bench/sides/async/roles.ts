// The roles of a trial on the event loop. The receiver takes bytes as they come, in reads of up to `bufferSize`: a
// stream has no message borders, and giving each message its own read would hold the rivals back.
//
// A link runs its own loops, so that every contestant is written in the way that suits it best: promises for hutong,
// callbacks for net.Socket and fs streams.
import { type Plan, type Role, startClock, takePlan } from '../plan.ts'

export interface AsyncLink {
  /** Writes the message `count` times, one call each, waiting whenever the way is full. */
  send(count: number): Promise<void>
  /** Takes `bytes` bytes. */
  receive(bytes: number): Promise<void>
  /** `count` times: writes the message, then takes as many bytes. */
  call(count: number): Promise<void>
  /** `count` times: takes as many bytes as the message has, then writes the message. */
  answer(count: number): Promise<void>
  close(): void
}

/** The same for everybody: what net.Socket uses, or one whole message. */
export function bufferSize(plan: Plan): number {
  return Math.max(65536, plan.size)
}

const runs: Readonly<Record<Role, (plan: Plan, link: AsyncLink) => Promise<void>>> = {
  async sender(plan, link) {
    await link.send(plan.warmUp)
    await link.receive(plan.size)
    await link.send(plan.count)
  },
  async receiver(plan, link) {
    await link.receive(plan.warmUp * plan.size)
    const stop = startClock()
    await link.send(1)
    await link.receive(plan.count * plan.size)
    stop()
  },
  async caller(plan, link) {
    await link.call(plan.warmUp)
    const stop = startClock()
    await link.call(plan.count)
    stop()
  },
  async answerer(plan, link) {
    await link.answer(plan.warmUp + plan.count)
  },
}

export async function runAsync(open: (plan: Plan) => AsyncLink): Promise<void> {
  const plan = takePlan()
  const link = open(plan)
  await runs[plan.role](plan, link)
  link.close()
}
