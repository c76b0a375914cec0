// A queue: who holds it, two producers, and two workers, whose rates count together.
import { setTimeout } from 'node:timers/promises'
import { consume, holdQueue, produce } from 'hutong/channel'
import { untilItListens } from '../until-it-listens.ts'
import { type GatheringPlan, print, rateSince } from './plan.ts'

const EACH = 2

export async function hold({ address, warmUp, count }: GatheringPlan): Promise<void> {
  const holder = await holdQueue(address)
  while (holder.counters.workers < EACH) await setTimeout(1) // one alone could have done everything
  while (holder.counters.received < warmUp + count) await setTimeout(5)
  await holder.close()
  print(0)
}

export async function produceJobs({ address, lane, warmUp, count }: GatheringPlan): Promise<void> {
  const producer = await untilItListens(() => produce(address))
  const job = new Uint8Array(lane.size)
  for (let i = 0; i < (warmUp + count) / EACH; i++) {
    if (producer.trySend(job) === undefined) await producer.send(job)
  }
  await producer.close()
  print(0)
}

// The clock is looked at once in so many jobs.
const SELDOM = 64

/** The rate is that after the warm-up, up to the last of SELDOM jobs: 0 for one that the others left nothing. */
export async function work({ address, lane, warmUp }: GatheringPlan): Promise<void> {
  const worker = await untilItListens(() => consume(address, { acknowledge: lane.way === 'queue' }))
  let done = 0
  let [begun, since] = [0, performance.now()]
  let rate = 0
  for (;;) {
    const job = worker.tryReceive() ?? (await worker.receive())
    if (job === null) break
    job.acknowledge()
    if (++done % SELDOM !== 0) continue
    if (done <= warmUp / EACH) [begun, since] = [done, performance.now()]
    else rate = rateSince(since, done - begun)
  }
  worker.destroy()
  print(rate)
}
