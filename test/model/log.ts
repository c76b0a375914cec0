// The protocol of a log that is written over, step by step as src/channel/shm/log-writer.ts, log-room.ts, log-reader.ts and
// log-place.ts take them; the names are theirs. Every record is a block of one unit with two words, header and payload, both
// the message's number; so positions, sequence numbers and blocks are the same numbers here.
import { BLOCKED, DONE, type Model, type Self, type Step, type World } from './explore.ts'

export interface Sizes {
  /** Blocks of the log. */
  readonly blocks: number
  readonly messages: number
  /** Published together, unless old messages must be given up. */
  readonly batch: number
}

export const HEAD = 0
export const ENDED = 1
export const CLAIMED = 2
export const SLEEPS = 3
const BELL = 4
const WORDS = 5

/** OLDEST: the pair that counts for so many blocks given up: a position, a sequence number. */
export const oldestOf = (claimed: number, { blocks }: Sizes): number => WORDS + 2 * (claimed % blocks)
export const headerOf = (position: number, { blocks }: Sizes): number =>
  WORDS + 2 * blocks + 2 * (position % blocks)

// Numbers of the publisher's own.
export const NEXT = 0
export const PUBLISHED = 1
export const GIVEN_UP = 2
// Numbers of the subscriber's own.
export const POSITION = 0
export const HEAD_SEEN = 1
export const BEHIND = 2
export const LOST = 3
export const COPY = 4
const LATEST = 5
export const PAIR_OF = 6
const OLDEST_SEEN = 7

const get = ({ own }: Self, index: number): number => own[index] ?? 0

export type Steps = Record<string, Step>

/** LogWriter: #claim, #makeRoom, #append, #publish, finish; LogRoom: giveUp, #announce. */
export function publisherSteps(sizes: Sizes): Steps {
  const { blocks, messages, batch } = sizes
  return {
    claim: (self) => {
      const held = get(self, NEXT) > get(self, PUBLISHED)
      if (get(self, NEXT) === messages) return held ? 'W4' : 'end'
      if (get(self, NEXT) < get(self, GIVEN_UP) + blocks) return 'W3 payload'
      return held ? 'W4' : 'W1 position'
    },
    'W1 position': (self) => {
      self.plain(oldestOf(get(self, GIVEN_UP) + 1, sizes), get(self, GIVEN_UP) + 1)
      return 'W1 sequence'
    },
    'W1 sequence': (self) => {
      self.plain(oldestOf(get(self, GIVEN_UP) + 1, sizes) + 1, get(self, GIVEN_UP) + 1)
      return 'W2'
    },
    W2: (self) => {
      self.own[GIVEN_UP] = get(self, GIVEN_UP) + 1
      self.store(CLAIMED, get(self, GIVEN_UP))
      return 'W2 behind it'
    },
    'W2 behind it': (self) => {
      self.load(CLAIMED)
      return 'W3 payload'
    },
    'W3 payload': (self) => {
      self.plain(headerOf(get(self, NEXT), sizes) + 1, get(self, NEXT) + 1)
      return 'W3 header'
    },
    'W3 header': (self) => {
      self.plain(headerOf(get(self, NEXT), sizes), get(self, NEXT) + 1)
      self.own[NEXT] = get(self, NEXT) + 1
      return get(self, NEXT) - get(self, PUBLISHED) >= batch ? 'W4' : 'claim'
    },
    W4: (self) => {
      self.own[PUBLISHED] = get(self, NEXT)
      self.store(HEAD, get(self, NEXT))
      return 'W5'
    },
    W5: (self) => (self.load(SLEEPS) === 0 ? 'claim' : 'W5 claim'),
    'W5 claim': (self) => (self.exchange(SLEEPS, 0) === 0 ? 'claim' : 'W5 ring'),
    'W5 ring': (self) => {
      self.exchange(BELL, 1)
      return 'claim'
    },
    end: (self) => {
      self.store(ENDED, 1)
      return 'end: W5'
    },
    'end: W5': (self) => (self.load(SLEEPS) === 0 ? DONE : 'end: claim'),
    'end: claim': (self) => (self.exchange(SLEEPS, 0) === 0 ? DONE : 'end: ring'),
    'end: ring': (self) => {
      self.exchange(BELL, 1)
      return DONE
    },
  }
}

/** LogReader: next, #look, #resume, #seen, #open, advance, sleep; LogPlace: intact, oldest. */
export function subscriberSteps(sizes: Sizes): Steps {
  const intact = (self: Self): boolean => get(self, POSITION) >= self.load(CLAIMED)
  const seen = (self: Self): string => {
    const there = get(self, LATEST) - get(self, POSITION)
    if (there < 0 || there > sizes.blocks) throw new Error(`${there} units in a log of ${sizes.blocks}`)
    self.own[BEHIND] = 0
    self.own[HEAD_SEEN] = get(self, LATEST)
    return there > 0 ? 'R2 header' : 'ended?'
  }
  const overtaken = (self: Self): string => {
    self.own[BEHIND] = 1
    return 'R1'
  }
  const look = (self: Self): boolean => {
    self.own[LATEST] = self.load(HEAD)
    return get(self, LATEST) !== get(self, HEAD_SEEN) || get(self, BEHIND) === 1
  }
  return {
    R1: (self) => (look(self) ? 'R1 intact?' : 'ended?'),
    'R1 intact?': (self) => (intact(self) ? seen(self) : 'resume'),
    resume: (self) => {
      self.own[PAIR_OF] = self.load(CLAIMED)
      return 'resume: position'
    },
    'resume: position': (self) => {
      self.own[OLDEST_SEEN] = self.look(oldestOf(get(self, PAIR_OF), sizes))
      return 'resume: sequence'
    },
    'resume: sequence': (self) => {
      self.own[COPY] = self.look(oldestOf(get(self, PAIR_OF), sizes) + 1)
      return 'resume: still?'
    },
    'resume: still?': (self) => {
      if (self.load(CLAIMED) !== get(self, PAIR_OF)) return 'resume'
      const oldest = get(self, OLDEST_SEEN)
      if (oldest !== get(self, COPY)) throw new Error(`message ${get(self, COPY)} is not at ${oldest}`)
      if (oldest < get(self, POSITION)) throw new Error('sent back')
      self.own[LOST] = get(self, LOST) + oldest - get(self, POSITION)
      self.own[POSITION] = oldest
      return 'resume: R1'
    },
    'resume: R1': (self) => {
      self.own[LATEST] = self.load(HEAD)
      return 'resume: intact?'
    },
    'resume: intact?': (self) => (intact(self) ? seen(self) : 'resume'),
    'R2 header': (self) => {
      const header = self.look(headerOf(get(self, POSITION), sizes))
      return header === get(self, POSITION) + 1 ? 'R2 payload' : 'strange'
    },
    strange: (self) => {
      if (intact(self)) throw new Error('what is no record stands where one was promised')
      return overtaken(self)
    },
    'R2 payload': (self) => {
      self.own[COPY] = self.look(headerOf(get(self, POSITION), sizes) + 1)
      return 'R3'
    },
    R3: (self) => (intact(self) ? accept(self) : overtaken(self)),
    'ended?': (self) => (self.load(ENDED) === 0 ? 'R6' : 'ended: R1'),
    'ended: R1': (self) => (look(self) ? 'R1 intact?' : DONE),
    R6: (self) => {
      self.store(SLEEPS, 1)
      return 'R7'
    },
    R7: (self) => (self.load(HEAD) === get(self, HEAD_SEEN) ? 'R7: ended?' : 'awake'),
    'R7: ended?': (self) => (self.load(ENDED) === 0 ? 'asleep' : 'awake'),
    awake: (self) => {
      self.store(SLEEPS, 0)
      return 'R1'
    },
    asleep: (self) => (self.exchange(BELL, 0) === 0 ? BLOCKED : 'R1'),
  }
}

/** The copy is taken for good: it must be. */
export function accept(self: Self): string {
  const wanted = get(self, POSITION) + 1
  if (get(self, COPY) !== wanted) throw new Error(`message ${get(self, COPY)}, where ${wanted} was due`)
  self.own[POSITION] = wanted
  return wanted < get(self, HEAD_SEEN) ? 'R2 header' : 'R1'
}

/** Both sides, each with some of its steps replaced. */
export function log(
  sizes: Sizes,
  { publisher = {}, subscriber = {} }: { readonly publisher?: Steps; readonly subscriber?: Steps } = {},
): Model {
  const programs = [
    { steps: { ...publisherSteps(sizes), ...publisher }, own: [0, 0, 0] },
    { steps: { ...subscriberSteps(sizes), ...subscriber }, own: Array<number>(8).fill(0) },
  ]
  return { words: Array<number>(WORDS + 4 * sizes.blocks).fill(0), programs, mortal: [], wrong }

  function wrong({ at, own }: World): string | undefined {
    if (at.some((name) => name !== DONE)) return `they sleep for ever: ${at}`
    const come = own[1]?.[POSITION]
    return come === sizes.messages ? undefined : `${come} of ${sizes.messages} came or were counted as lost`
  }
}
