// The protocol of a ring, step by step as src/channel/shm/ring-writer.ts and ring-reader.ts take them; the names are theirs.
// Every record is one unit of two words, header and payload, both the message's number: a torn one shows.
import { BLOCKED, DEAD, DONE, type Model, type Program, type Self, type Step, type World } from './explore.ts'

export interface Sizes {
  /** Units of the ring. */
  readonly capacity: number
  readonly messages: number
  /** Published together. */
  readonly batch: number
  /** Released together, unless nothing is left to read. */
  readonly often: number
  /** Whether the producer says the end; otherwise it has nothing more to do, and the consumer sleeps. */
  readonly ends: boolean
}

// The words that both sides see. The bells are the kernel's: 1 when rung.
export const HEAD = 0
export const TAIL = 1
export const ENDED = 2
export const CONSUMER_SLEEPS = 3
export const PRODUCER_SLEEPS = 4
export const CONSUMER_BELL = 5
export const PRODUCER_BELL = 6
const CELLS = 7

export const headerOf = (position: number, { capacity }: Sizes): number => CELLS + 2 * (position % capacity)
export const payloadOf = (position: number, sizes: Sizes): number => headerOf(position, sizes) + 1

// Numbers of the producer's own (RingWriter).
export const NEXT = 0
export const PUBLISHED = 1
export const TAIL_SEEN = 2
// Numbers of the consumer's own (RingReader; OVER is the transport's).
export const POSITION = 0
export const HEAD_SEEN = 1
export const RELEASED = 2
const OVER = 3

const get = ({ own }: Self, index: number): number => own[index] ?? 0

export type Steps = Record<string, Step>

/** RingWriter: #claim, #append, #publish, #wake, sleep, end; Wake on the bell. */
export function producerSteps(sizes: Sizes): Steps {
  const { capacity, messages, batch, ends } = sizes
  const fits = (self: Self): boolean => get(self, NEXT) - get(self, TAIL_SEEN) < capacity
  const look = (self: Self): boolean => {
    const tail = self.load(TAIL)
    if (tail < get(self, TAIL_SEEN) || tail > get(self, PUBLISHED))
      throw new Error('the tail is out of bounds')
    self.own[TAIL_SEEN] = tail
    return fits(self)
  }
  return {
    claim: (self) => {
      const held = get(self, NEXT) > get(self, PUBLISHED)
      if (get(self, NEXT) === messages) return held ? 'W2' : ends ? 'end' : DONE
      if (fits(self) || look(self)) return 'W1 payload'
      return held ? 'W2' : 'sleep'
    },
    'W1 payload': (self) => {
      self.plain(payloadOf(get(self, NEXT), sizes), get(self, NEXT) + 1)
      return 'W1 header'
    },
    'W1 header': (self) => {
      self.plain(headerOf(get(self, NEXT), sizes), get(self, NEXT) + 1)
      self.own[NEXT] = get(self, NEXT) + 1
      return get(self, NEXT) - get(self, PUBLISHED) >= batch ? 'W2' : 'claim'
    },
    W2: (self) => {
      self.own[PUBLISHED] = get(self, NEXT)
      self.store(HEAD, get(self, NEXT))
      return 'W3'
    },
    W3: (self) => (self.load(CONSUMER_SLEEPS) === 0 ? 'claim' : 'W4'),
    W4: (self) => (self.exchange(CONSUMER_SLEEPS, 0) === 0 ? 'claim' : 'W5'),
    W5: (self) => {
      self.exchange(CONSUMER_BELL, 1)
      return 'claim'
    },
    sleep: (self) => {
      self.store(PRODUCER_SLEEPS, 1)
      return 'sleep: look'
    },
    'sleep: look': (self) => (look(self) ? 'awake' : 'asleep'),
    awake: (self) => {
      self.store(PRODUCER_SLEEPS, 0)
      return 'claim'
    },
    asleep: (self) => {
      if (self.alone) return DONE
      return self.exchange(PRODUCER_BELL, 0) === 0 ? BLOCKED : 'claim'
    },
    end: (self) => {
      self.store(ENDED, 1)
      return 'end: W3'
    },
    'end: W3': (self) => (self.load(CONSUMER_SLEEPS) === 0 ? DONE : 'end: W4'),
    'end: W4': (self) => (self.exchange(CONSUMER_SLEEPS, 0) === 0 ? DONE : 'end: W5'),
    'end: W5': (self) => {
      self.exchange(CONSUMER_BELL, 1)
      return DONE
    },
  }
}

/** What the consumer does next: read what it has seen, release what it has read, or look. RingReader.next, #look */
export function onward(self: Self): string {
  if (get(self, POSITION) !== get(self, HEAD_SEEN)) return 'R2 header'
  return get(self, RELEASED) === get(self, POSITION) ? 'R1' : 'R3'
}

function expect(self: Self, word: number): void {
  const wanted = get(self, POSITION) + 1
  const found = self.look(word)
  if (found !== wanted) throw new Error(`message ${found} or a part of it, where ${wanted} was due`)
}

/** RingReader: next, #look, #release, #wake, sleep; ShmTransport.#nothing; Wake on the bell, Lifeline on the end. */
export function consumerSteps(sizes: Sizes): Steps {
  const { capacity, often } = sizes
  const look = (self: Self): boolean => {
    const head = self.load(HEAD)
    if (head < get(self, HEAD_SEEN) || head - get(self, RELEASED) > capacity)
      throw new Error('the head is out of bounds')
    const more = head !== get(self, HEAD_SEEN)
    self.own[HEAD_SEEN] = head
    return more
  }
  return {
    R1: (self) => (look(self) ? 'R2 header' : get(self, OVER) === 1 ? DONE : 'ended?'),
    'ended?': (self) => (self.load(ENDED) === 0 ? 'R4' : 'ended: R1'),
    'ended: R1': (self) => (look(self) ? 'R2 header' : DONE),
    'R2 header': (self) => {
      expect(self, headerOf(get(self, POSITION), sizes))
      return 'R2 payload'
    },
    'R2 payload': (self) => {
      expect(self, payloadOf(get(self, POSITION), sizes))
      self.own[POSITION] = get(self, POSITION) + 1
      return get(self, POSITION) - get(self, RELEASED) >= often ? 'R3' : onward(self)
    },
    R3: (self) => {
      self.own[RELEASED] = get(self, POSITION)
      self.store(TAIL, get(self, POSITION))
      return 'R3: sleeps?'
    },
    'R3: sleeps?': (self) => (self.load(PRODUCER_SLEEPS) === 0 ? onward(self) : 'R3: claim'),
    'R3: claim': (self) => (self.exchange(PRODUCER_SLEEPS, 0) === 0 ? onward(self) : 'R3: ring'),
    'R3: ring': (self) => {
      self.exchange(PRODUCER_BELL, 1)
      return onward(self)
    },
    R4: (self) => {
      self.store(CONSUMER_SLEEPS, 1)
      return 'R5'
    },
    R5: (self) => (self.load(HEAD) === get(self, HEAD_SEEN) ? 'R5: ended?' : 'awake'),
    'R5: ended?': (self) => (self.load(ENDED) === 0 ? 'asleep' : 'awake'),
    awake: (self) => {
      self.store(CONSUMER_SLEEPS, 0)
      return 'R1'
    },
    asleep: (self) => {
      if (self.alone) {
        self.own[OVER] = 1
        return 'R1'
      }
      return self.exchange(CONSUMER_BELL, 0) === 0 ? BLOCKED : 'R1'
    },
  }
}

/** Both sides, each with some of its steps replaced. `mortal`: who may be killed at any step. */
export function ring(
  sizes: Sizes,
  mortal: readonly number[] = [],
  { producer = {}, consumer = {} }: { readonly producer?: Steps; readonly consumer?: Steps } = {},
): Model {
  const programs: Program[] = [
    { steps: { ...producerSteps(sizes), ...producer }, own: [0, 0, 0] },
    { steps: { ...consumerSteps(sizes), ...consumer }, own: [0, 0, 0, 0] },
  ]
  return { words: Array(CELLS + 2 * sizes.capacity).fill(0), programs, mortal, wrong }

  function wrong({ at, own, words }: World): string | undefined {
    const [writer, reader] = at
    if (writer !== DONE && writer !== DEAD) return `the producer sleeps for ever (${writer})`
    if (reader === DEAD) return undefined
    const due = writer === DEAD ? words[HEAD] : sizes.messages
    const read = own[1]?.[POSITION]
    if (read !== due) return `${read} of ${due} messages were read (${reader})`
    const ended = sizes.ends || writer === DEAD
    return ended === (reader === DONE) ? undefined : `the consumer is ${reader}`
  }
}
