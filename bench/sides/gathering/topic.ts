// A topic: the publisher's rate counts, and each subscriber accounts for every message.
import { setTimeout } from 'node:timers/promises'
import { bytes, type Publisher, publish, type Subscriber, subscribe } from 'hutong/channel'
import { type Message, makeMessage } from '../roles.ts'
import { untilItListens } from '../until-it-listens.ts'
import { type GatheringPlan, print, rateSince } from './plan.ts'

// V8 compiles a function that is called often.
const BATCH = 256

/** Gives the first message that had no room. */
function some(publisher: Publisher<Uint8Array>, { bytes, words }: Message, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    words[0] = i
    if (publisher.trySend(bytes) === undefined) return i
  }
  return to
}

async function send(publisher: Publisher<Uint8Array>, message: Message, from: number, to: number) {
  for (let next = from; next < to; ) {
    const end = Math.min(next + BATCH, to)
    next = some(publisher, message, next, end)
    if (next < end) await publisher.writable(message.bytes.length)
  }
  publisher.flush()
}

export async function publishAll({ address, lane, warmUp, count, spin }: GatheringPlan): Promise<void> {
  const policy = lane.way === 'block' ? 'block' : 'overwrite'
  const publisher = publish(address, { codec: bytes, policy, capacity: lane.capacity, spin })
  while (publisher.subscribers < (lane.readers ?? 1)) await setTimeout(2)
  const message = makeMessage(new Uint8Array(lane.size))
  await send(publisher, message, 0, warmUp)
  const start = performance.now()
  await send(publisher, message, warmUp, warmUp + count)
  const rate = rateSince(start, count)
  await publisher.close()
  print(rate)
}

/** Takes messages until there is none, or the end: the numbers that were passed over are those that were lost. */
class Account {
  #next = 0
  #lost = 0
  readonly #message: Message

  constructor(size: number) {
    this.#message = makeMessage(new Uint8Array(size))
  }

  take(subscriber: Subscriber<Uint8Array>, most: number): number | null | undefined {
    const { bytes, words } = this.#message
    for (let i = 0; i < most; i++) {
      const length = subscriber.tryReceiveInto(bytes)
      if (length === undefined || length === null) return length
      const number = words[0] ?? 0
      if (number < this.#next) throw new Error(`message ${number} came after ${this.#next - 1}`)
      this.#lost += number - this.#next
      this.#next = number + 1
    }
    return most
  }

  /** Every message was received, or counted as lost. */
  close(lost: number, total: number): void {
    if (this.#lost + (total - this.#next) === lost) return
    throw new Error(`${lost} messages counted as lost of ${total}, not ${this.#lost + total - this.#next}`)
  }
}

export async function subscribeToAll({ address, lane, warmUp, count, spin }: GatheringPlan): Promise<void> {
  const subscriber = await untilItListens(() => subscribe(address, { codec: bytes, spin }))
  const account = new Account(lane.size)
  for (;;) {
    const taken = account.take(subscriber, BATCH)
    if (taken === null) break
    if (taken === undefined) await subscriber.readable()
  }
  account.close(subscriber.lost, warmUp + count)
  subscriber.close()
  print(0)
}
