// A process of a topic or a queue. Argument: a GatheringPlan as JSON; prints a GatheringOutput.
import type { GatheringPlan, GatheringRole } from './gathering/plan.ts'
import { hold, produceJobs, work } from './gathering/queue.ts'
import { publishAll, subscribeToAll } from './gathering/topic.ts'

const roles: Readonly<Record<GatheringRole, (plan: GatheringPlan) => Promise<void>>> = {
  publisher: publishAll,
  subscriber: subscribeToAll,
  holder: hold,
  producer: produceJobs,
  worker: work,
}

const plan = JSON.parse(process.argv[2] ?? '') as GatheringPlan
await roles[plan.role](plan)
