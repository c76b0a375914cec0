// A topic's log in every interleaving: what is received is whole and in order, what is overwritten is counted, nobody sleeps
// for ever. And each exchange of two steps is found out.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explore, ORDERS, type Order } from './explore.ts'
import * as model from './log.ts'
import { publisherSteps, type Sizes, type Steps, subscriberSteps } from './log.ts'

const SIZES: readonly Sizes[] = [
  { blocks: 2, messages: 4, batch: 1 },
  { blocks: 3, messages: 4, batch: 2 },
]

test('every message comes once, whole, in order, or is counted as lost; and both sides end', () => {
  for (const sizes of SIZES) {
    const { failure, worlds } = explore(model.log(sizes), 'weak')
    assert.equal(failure, undefined)
    assert.ok(worlds > 1000, `${worlds} worlds are not all`)
  }
})

const small: Sizes = { blocks: 2, messages: 4, batch: 1 }
const p = publisherSteps(small)
const s = subscriberSteps(small)
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

interface Mutant {
  readonly publisher?: Steps
  readonly subscriber?: Steps
  /** The order in which it shows, and no sooner. */
  readonly order?: Order
  /** How many it takes to show. */
  readonly messages?: number
}

const mutants: Readonly<Record<string, Mutant>> = {
  'W2 before W1: given up before it is said where to go on': {
    publisher: {
      claim: (self) => step(p, 'claim')(self).replace('W1 position', 'W2'),
      W2: then(p, 'W2', 'W1 position'),
      'W1 position': (self) => {
        self.plain(model.oldestOf(self.own[model.GIVEN_UP] ?? 0, small), self.own[model.GIVEN_UP] ?? 0)
        return 'W1 sequence'
      },
      'W1 sequence': (self) => {
        self.plain(model.oldestOf(self.own[model.GIVEN_UP] ?? 0, small) + 1, self.own[model.GIVEN_UP] ?? 0)
        return 'W3 payload'
      },
    },
  },
  'W3 before W2: written over before it is given up': {
    publisher: {
      claim: (self) => step(p, 'claim')(self).replace('W1 position', 'payload first'),
      'payload first': then(p, 'W3 payload', 'W1 position'),
      'W2 behind it': then(p, 'W2 behind it', 'W3 header'),
    },
  },
  'W4 before W3: the head before the record': {
    publisher: {
      claim: (self) => step(p, 'claim')(self).replace('W3 payload', 'head first'),
      'W2 behind it': then(p, 'W2 behind it', 'head first'),
      'head first': (self) => {
        self.store(model.HEAD, (self.own[model.NEXT] ?? 0) + 1)
        return 'W3 payload'
      },
    },
  },
  'W2 by a plain store': {
    order: 'weak',
    publisher: {
      W2: (self) => {
        self.own[model.GIVEN_UP] = (self.own[model.GIVEN_UP] ?? 0) + 1
        self.plain(model.CLAIMED, self.own[model.GIVEN_UP] ?? 0)
        return 'W2 behind it'
      },
    },
  },
  'no load behind W2, which keeps W3 there': {
    order: 'weak',
    publisher: { W2: then(p, 'W2', 'W3 payload') },
  },
  'R3 before R2: looking whether it was given up before it is copied': {
    subscriber: {
      'R2 header': (self) => step(s, 'R2 header')(self).replace('R2 payload', 'R3'),
      R3: (self) => {
        if ((self.own[model.POSITION] ?? 0) >= self.load(model.CLAIMED)) return 'R2 payload'
        self.own[model.BEHIND] = 1
        return 'R1'
      },
      'R2 payload': then(s, 'R2 payload', 'taken'),
      taken: model.accept,
    },
  },
  'no second look whether more was given up, behind the place to go on': {
    messages: 5,
    subscriber: {
      'resume: still?': (self) => {
        return step(s, 'resume: still?')({ ...self, load: () => self.own[model.PAIR_OF] ?? 0 })
      },
    },
  },
  'R7 before R6: loading the head before saying that it sleeps': {
    subscriber: {
      'ended?': (self) => (self.load(model.ENDED) === 0 ? 'R7' : 'ended: R1'),
      'R7: ended?': (self) => (self.load(model.ENDED) === 0 ? 'R6' : 'awake'),
      R6: then(s, 'R6', 'asleep'),
    },
  },
}

for (const [what, { order = 'sc', messages = small.messages, ...changed }] of Object.entries(mutants)) {
  test(`found out: ${what}`, () => {
    const mutant = model.log({ ...small, messages }, changed)
    assert.notEqual(explore(mutant, order).failure, undefined)
    for (const stronger of ORDERS.slice(0, ORDERS.indexOf(order))) {
      assert.equal(explore(mutant, stronger).failure, undefined)
    }
  })
}
