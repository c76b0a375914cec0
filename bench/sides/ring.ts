// One side of a trial over a shared mapping: a ring for one producer and one consumer in each direction. The same
// algorithm on the same bytes as bench/c/ring.c; ring-layout.ts draws them.
import { EventFd, Mapping } from 'hutong'
import { type Plan, speaksFirst, takePlan } from './plan.ts'
import { LINE, mappingSize, PAGE, ringCapacity, ringOffset } from './ring-layout.ts'
import { type Link, type Message, runRole } from './roles.ts'

const MEMORY = 3
const MY_BELL = 4
const PEER_BELL = 5

/** How a side waits for the other: spinning, or asleep on an eventfd. */
class Waiting {
  readonly words: Int32Array
  readonly #sleeps: boolean
  readonly #iSleep: number
  readonly #peerSleeps: number
  readonly #mine = EventFd.from(MY_BELL)
  readonly #peers = EventFd.from(PEER_BELL)

  constructor(plan: Plan, words: Int32Array) {
    this.words = words
    this.#sleeps = plan.extra === 'sleep'
    this.#iSleep = (speaksFirst(plan) ? 0 : LINE) / 4
    this.#peerSleeps = (speaksFirst(plan) ? LINE : 0) / 4
  }

  /** Gives the word's value once it is not `old` any more. */
  awaitChange(index: number, old: number): number {
    const { words } = this
    for (;;) {
      const now = Atomics.load(words, index)
      if (now !== old) return now
      if (!this.#sleeps) continue
      Atomics.store(words, this.#iSleep, 1)
      if (Atomics.load(words, index) !== old) Atomics.store(words, this.#iSleep, 0)
      else this.#mine.waitSync()
    }
  }

  publish(index: number, value: number): void {
    Atomics.store(this.words, index, value)
    if (!this.#sleeps || Atomics.load(this.words, this.#peerSleeps) === 0) return
    Atomics.store(this.words, this.#peerSleeps, 0)
    this.#peers.postSync()
  }

  close(): void {
    this.#mine.close()
    this.#peers.close()
  }
}

// `set` is a call out of compiled code, which costs more than sixteen words do.
const MOST_BY_WORDS = 64

/** The parts of a ring that sending and receiving share. Positions are int32 and wrap, as the words in memory do. */
class Ring {
  readonly head: number
  readonly tail: number
  readonly capacity: number
  readonly #slots: readonly Uint8Array[]
  readonly #words: Uint32Array
  readonly #wordsEach: number

  constructor(memory: ArrayBufferLike, offset: number, size: number) {
    this.head = offset / 4
    this.tail = (offset + LINE) / 4
    this.capacity = ringCapacity(size)
    const first = offset + PAGE
    this.#slots = Array.from(
      { length: this.capacity },
      (_, i) => new Uint8Array(memory, first + i * size, size),
    )
    this.#words = new Uint32Array(memory, first, (this.capacity * size) / 4)
    this.#wordsEach = size / 4
  }

  copyIn(position: number, { bytes, words }: Message): void {
    const slot = position & (this.capacity - 1)
    if (bytes.length > MOST_BY_WORDS) {
      this.#slots[slot]?.set(bytes)
      return
    }
    const first = slot * this.#wordsEach
    for (let i = 0; i < words.length; i++) this.#words[first + i] = words[i] ?? 0
  }

  copyOut(position: number, { bytes, words }: Message): void {
    const slot = position & (this.capacity - 1)
    const from = this.#slots[slot]
    if (bytes.length > MOST_BY_WORDS && from !== undefined) {
      bytes.set(from)
      return
    }
    const first = slot * this.#wordsEach
    for (let i = 0; i < words.length; i++) words[i] = this.#words[first + i] ?? 0
  }
}

function linkOf(out: Ring, incoming: Ring, waiting: Waiting): Link {
  const { capacity } = out
  let sent = 0
  let tailSeen = 0
  let received = 0
  let headSeen = 0
  let released = 0
  const release = (): void => {
    released = received
    waiting.publish(incoming.tail, received)
  }
  return {
    send(message) {
      if (((sent - tailSeen) | 0) === capacity)
        tailSeen = waiting.awaitChange(out.tail, (sent - capacity) | 0)
      out.copyIn(sent, message)
      sent = (sent + 1) | 0
      waiting.publish(out.head, sent)
    },
    receive(message) {
      if (received === headSeen) {
        if (released !== received) release()
        headSeen = waiting.awaitChange(incoming.head, received)
      }
      incoming.copyOut(received, message)
      received = (received + 1) | 0
      if (((received - released) | 0) >= capacity / 4) release()
    },
  }
}

const plan = takePlan()
const mapping = Mapping.of(MEMORY, { length: mappingSize(plan.size) })
const memory = mapping.buffer
const there = new Ring(memory, ringOffset(0, plan.size), plan.size)
const back = new Ring(memory, ringOffset(1, plan.size), plan.size)
const waiting = new Waiting(plan, new Int32Array(memory))
runRole(plan, speaksFirst(plan) ? linkOf(there, back, waiting) : linkOf(back, there, waiting))
waiting.close()
mapping.close()
