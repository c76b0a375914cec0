// An exhaustive explorer of small concurrent programs: every interleaving of their steps, in one of three orders in which
// stores become visible to others. A step makes one access to shared memory at most, so that nothing is lumped together.

/**
 * `sc`: at once. `tso`: plain stores wait in a buffer of the processor and leave it in order; Atomics.store waits until it is
 * empty: x86. `weak`: they leave it in any order; what Atomics.store puts there leaves it after all before it, and is waited
 * for by Atomics.load, not by a plain load: arm64 (but for loads that are done early).
 */
export type Order = 'sc' | 'tso' | 'weak'
export const ORDERS: readonly Order[] = ['sc', 'tso', 'weak']

/** What a step sees of the world. */
export interface Self {
  /** Numbers of its own. */
  readonly own: number[]
  /** Atomics.load. */
  load(word: number): number
  /** A load from a typed array. */
  look(word: number): number
  /** Atomics.store. */
  store(word: number, value: number): void
  /** A store into a typed array. */
  plain(word: number, value: number): void
  /** Atomics.exchange. */
  exchange(word: number, value: number): number
  /** Whether another process has died, as its socket tells. */
  readonly alone: boolean
}

/** What a step gives: the next one's name, BLOCKED to be tried again when something has changed, or DONE. */
export const BLOCKED = 'blocked'
export const DONE = 'done'
export type Step = (self: Self) => string

/** A program: steps by name. It begins with the first. */
export interface Program {
  readonly steps: Readonly<Record<string, Step>>
  /** Its numbers at first. */
  readonly own: readonly number[]
}

export interface World {
  readonly words: number[]
  readonly at: string[]
  readonly own: number[][]
  /** Stores that others do not see yet: word, value, and whether Atomics.store made it. */
  readonly buffers: [word: number, value: number, atomic: boolean][][]
}

export interface Model {
  readonly words: readonly number[]
  readonly programs: readonly Program[]
  /** Programs that may be killed between any two steps. */
  readonly mortal: readonly number[]
  /** What is wrong with a world in which nothing can happen any more; and a step may throw. */
  wrong(end: World): string | undefined
}

export const DEAD = 'dead'

export interface Explored {
  readonly worlds: number
  /** What is wrong, and the steps that led there. */
  readonly failure?: string
}

export function explore(model: Model, order: Order): Explored {
  const first: World = {
    words: [...model.words],
    at: model.programs.map(({ steps }) => Object.keys(steps)[0] ?? DONE),
    own: model.programs.map(({ own }) => [...own]),
    buffers: model.programs.map(() => []),
  }
  const seen = new Map<string, string>([[keyOf(first), '']])
  const open: string[] = [...seen.keys()]
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    const trail = seen.get(key) ?? ''
    try {
      const next = successors(model, key, order)
      const wrong = next.length === 0 ? model.wrong(worldOf(key)) : undefined
      if (wrong !== undefined) return { worlds: seen.size, failure: `${wrong}, after${trail}` }
      for (const [step, to] of next) {
        if (seen.has(to)) continue
        seen.set(to, `${trail} ${step}`)
        open.push(to)
      }
    } catch (error) {
      return { worlds: seen.size, failure: `${(error as Error).message}, after${trail}` }
    }
  }
  return { worlds: seen.size }
}

const keyOf = (world: World): string => JSON.stringify(world)
const worldOf = (key: string): World => JSON.parse(key) as World

/** All that can happen next: a step, a store that becomes visible, a death. */
function successors(model: Model, key: string, order: Order): [step: string, to: string][] {
  const found: [string, string][] = []
  model.programs.forEach(({ steps }, who) => {
    const world = worldOf(key)
    const name = world.at[who] ?? DONE
    const buffered = world.buffers[who]?.length ?? 0
    if (buffered === 0 && steps[name] === undefined) return
    for (let i = 0; i < (order === 'weak' ? buffered : Math.min(1, buffered)); i++) {
      const flushed = worldOf(key)
      if (flush(flushed, who, i)) found.push(['~', keyOf(flushed)])
    }
    const step = steps[name]
    if (step === undefined) return
    const next = tried(step, selfOf(world, who, order))
    if (next !== BLOCKED) {
      world.at[who] = next
      found.push([name, keyOf(world)])
    }
    if (model.mortal.includes(who)) found.push(['†', keyOf(killed(worldOf(key), who))])
  })
  return found
}

/** Store `i` of the buffer becomes visible, unless an older one must before it. */
function flush({ words, buffers }: World, who: number, i: number): boolean {
  const buffer = buffers[who] ?? []
  const [word = 0, value = 0, atomic = false] = buffer[i] ?? []
  if (buffer.slice(0, i).some(([other]) => atomic || other === word)) return false
  words[word] = value
  buffer.splice(i, 1)
  return true
}

/** What was stored becomes visible before the kernel tells of a death. */
function killed(world: World, who: number): World {
  while ((world.buffers[who]?.length ?? 0) > 0) flush(world, who, 0)
  world.at[who] = DEAD
  return world
}

class NotYet extends Error {}

function tried(step: Step, self: Self): string {
  try {
    return step(self)
  } catch (error) {
    if (error instanceof NotYet) return BLOCKED
    throw error
  }
}

function selfOf(world: World, who: number, order: Order): Self {
  const { words, at, own } = world
  const buffer = world.buffers[who] ?? []
  let accesses = 0
  const access = (): void => {
    if (++accesses > 1) throw new Error('a step of two accesses')
  }
  const drained = (): void => {
    access()
    if (buffer.length > 0) throw new NotYet()
  }
  return {
    own: own[who] ?? [],
    alone: at.some((name, other) => other !== who && name === DEAD),
    load(word) {
      if (buffer.some(([, , atomic]) => atomic)) throw new NotYet()
      return this.look(word)
    },
    look(word) {
      access()
      return buffer.findLast(([other]) => other === word)?.[1] ?? words[word] ?? 0
    },
    store(word, value) {
      if (order === 'weak') {
        access()
        buffer.push([word, value, true])
      } else {
        drained()
        words[word] = value
      }
    },
    plain(word, value) {
      access()
      if (order === 'sc') words[word] = value
      else buffer.push([word, value, false])
    },
    exchange(word, value) {
      drained()
      const before = words[word] ?? 0
      words[word] = value
      return before
    },
  }
}
