// Topics whose publisher or one of whose subscribers is killed, each round at another step: a process a round.
import { killPublisher, killSubscriber } from '../support/mortal.ts'
import { below } from '../support/random.ts'
import type { Soak } from './soak.ts'

// A publisher takes about 110 steps until it has closed, a subscriber more.
const STEPS = 120

export const topicKillSoak: Soak = {
  name: 'topic-kill',
  slice: 1,
  async round(random) {
    const policy = below(random, 2) === 0 ? 'block' : 'overwrite'
    const step = 1 + below(random, STEPS)
    if (below(random, 3) > 0) await killPublisher(policy, step)
    else await killSubscriber(policy, step)
  },
}
