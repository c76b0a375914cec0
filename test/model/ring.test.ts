// The ring's protocol in every interleaving: nothing is lost, torn, doubled or written over, and nobody sleeps for ever.
// And the proof of the proof: each exchange of two steps is found out.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DONE, explore, ORDERS, type Order } from './explore.ts'
import * as model from './ring.ts'
import { consumerSteps, producerSteps, type Sizes, type Steps } from './ring.ts'

const SIZES: readonly Sizes[] = [
  { capacity: 2, messages: 4, batch: 1, often: 1, ends: true },
  { capacity: 2, messages: 4, batch: 2, often: 2, ends: true },
  { capacity: 3, messages: 4, batch: 2, often: 1, ends: false },
  { capacity: 3, messages: 5, batch: 3, often: 2, ends: true },
]

// Whatever can happen in the orders `sc` and `tso` can happen in `weak`.
test('every message comes once, whole, in order, and both sides end', () => {
  for (const sizes of SIZES) {
    const { failure, worlds } = explore(model.ring(sizes), 'weak')
    assert.equal(failure, undefined)
    assert.ok(worlds > 1000, `${worlds} worlds are not all`)
  }
})

test('whoever is killed, wherever: the other ends, and has all that was committed', () => {
  const sizes = { capacity: 2, messages: 3, batch: 2, often: 1, ends: true }
  for (const mortal of [[0], [1]]) {
    assert.equal(explore(model.ring(sizes, mortal), 'weak').failure, undefined)
  }
})

interface Mutant {
  readonly producer?: Steps
  readonly consumer?: Steps
  /** The order in which it shows, and no sooner. */
  readonly order?: Order
  /** Whether the end matters. */
  readonly ends?: boolean
}

const small: Sizes = { capacity: 2, messages: 4, batch: 1, often: 1, ends: false }
const p = producerSteps(small)
const c = consumerSteps(small)
const step = (steps: Steps, name: string): model.Steps[string] =>
  steps[name] ?? assert.fail(`no step ${name}`)

/** The step `name`, but going on with another. */
const then = (steps: Steps, name: string, next: string): Steps[string] => {
  const taken = step(steps, name)
  return (self) => {
    taken(self)
    return next
  }
}

const mutants: Readonly<Record<string, Mutant>> = {
  'W2 before W1: the head before the payload': {
    producer: {
      claim: (self) => step(p, 'claim')(self).replace('W1 payload', 'head first'),
      'head first': (self) => {
        self.store(model.HEAD, (self.own[model.NEXT] ?? 0) + 1)
        return 'W1 payload'
      },
    },
  },
  'W3 before W2: looking for a sleeper before the head is out': {
    producer: {
      'W1 header': then(p, 'W1 header', 'W3'),
      W3: (self) => (self.load(model.CONSUMER_SLEEPS) === 0 ? 'W2' : 'W4'),
      W4: (self) => (self.exchange(model.CONSUMER_SLEEPS, 0) === 0 ? 'W2' : 'W5'),
      W5: then(p, 'W5', 'W2'),
      W2: then(p, 'W2', 'claim'),
    },
  },
  'W5 before W4: ringing before the sleeper is claimed': {
    producer: {
      W3: (self) => (self.load(model.CONSUMER_SLEEPS) === 0 ? 'claim' : 'W5'),
      W5: then(p, 'W5', 'W4'),
      W4: then(p, 'W4', 'claim'),
    },
  },
  'W2 by a plain store': {
    order: 'tso',
    producer: {
      W2: (self) => {
        self.own[1] = self.own[model.NEXT] ?? 0
        self.plain(model.HEAD, self.own[model.NEXT] ?? 0)
        return 'W3'
      },
    },
  },
  'R5 before R4: loading the head before saying that it sleeps': {
    consumer: {
      'ended?': (self) => (self.load(model.ENDED) === 0 ? 'R5' : 'ended: R1'),
      'R5: ended?': (self) => (self.load(model.ENDED) === 0 ? 'R4' : 'awake'),
      R4: then(c, 'R4', 'asleep'),
    },
  },
  'R5 by a plain load': {
    order: 'weak',
    consumer: {
      R5: (self) => (self.look(model.HEAD) === self.own[model.HEAD_SEEN] ? 'R5: ended?' : 'awake'),
      'R5: ended?': (self) => (self.look(model.ENDED) === 0 ? 'asleep' : 'awake'),
    },
  },
  'R4 by a plain store': {
    order: 'tso',
    consumer: {
      R4: (self) => {
        self.plain(model.CONSUMER_SLEEPS, 1)
        return 'R5'
      },
    },
  },
  'R3 before R2: the tail before the copy': {
    consumer: {
      'R2 header': (self) => {
        self.store(model.TAIL, (self.own[model.POSITION] ?? 0) + 1)
        return 'R2 header, late'
      },
      'R2 header, late': step(c, 'R2 header'),
    },
  },
  'R3 by a plain store': {
    order: 'tso',
    consumer: {
      R3: (self) => {
        self.own[model.RELEASED] = self.own[model.POSITION] ?? 0
        self.plain(model.TAIL, self.own[model.POSITION] ?? 0)
        return 'R3: sleeps?'
      },
    },
  },
  'no R3 before it sleeps: what was read is kept': {
    consumer: { 'R2 payload': (self) => step(c, 'R2 payload')(self).replace('R3', 'R1') },
  },
  'the producer looks for room before it says that it sleeps': {
    producer: {
      claim: (self) => step(p, 'claim')(self).replace('sleep', 'sleep: look'),
      'sleep: look': (self) => step(p, 'sleep: look')(self).replace('asleep', 'sleep'),
      sleep: then(p, 'sleep', 'asleep'),
    },
  },
  'the end before the last head': {
    ends: true,
    producer: {
      'W1 header': then(p, 'W1 header', 'claim'),
      claim: (self) => {
        const next = step(p, 'claim')(self)
        const last = self.own[model.NEXT] === small.messages
        return last && self.own[model.PUBLISHED] !== small.messages ? 'end first' : next
      },
      'end first': (self) => {
        self.store(model.ENDED, 1)
        return 'W2'
      },
    },
  },
  'no second look at the head after the end': {
    ends: true,
    consumer: { 'ended?': (self) => (self.load(model.ENDED) === 0 ? 'R4' : DONE) },
  },
}

for (const [what, { order = 'sc', ends = false, ...changed }] of Object.entries(mutants)) {
  test(`found out: ${what}`, () => {
    const mutant = model.ring({ ...small, ends }, [], changed)
    assert.notEqual(explore(mutant, order).failure, undefined)
    const before = ORDERS.slice(0, ORDERS.indexOf(order))
    for (const stronger of before) assert.equal(explore(mutant, stronger).failure, undefined)
  })
}
