// What a channel of hutong's says of itself: read out of the memory of a process that has it mapped, which disturbs nobody.
// docs/protocol.md
import { closeSync, openSync, readSync } from 'node:fs'
import {
  COUNTER,
  HEADER,
  KIND,
  MAGIC,
  PAGE,
  pairSize,
  RING,
  ringOffset,
  UNIT,
} from '../../channel/shm/layout.ts'
import type { ChannelState, RingState } from '../model.ts'
import type { FoundRegion } from '../proc/region.ts'

/** The state of a pair that is mapped there; undefined if it is none, or this process may not look. */
export function channelState({ pid, from }: FoundRegion): ChannelState | undefined {
  try {
    const memory = openSync(`/proc/${pid}/mem`, 'r')
    try {
      return pairAt((offset) => pageAt(memory, BigInt(`0x${from}`) + BigInt(offset)))
    } finally {
      closeSync(memory)
    }
  } catch {
    return undefined // it has ended, it is not ours, or Yama forbids it
  }
}

interface Page {
  readonly words: Int32Array
  readonly counters: Float64Array
}

function pageAt(memory: number, position: bigint): Page {
  const page = new ArrayBuffer(PAGE)
  readSync(memory, new Uint8Array(page), 0, PAGE, position)
  return { words: new Int32Array(page), counters: new Float64Array(page) }
}

function pairAt(page: (offset: number) => Page): ChannelState | undefined {
  const { words } = page(0)
  const capacity = words[HEADER.capacity] ?? 0
  if (words[HEADER.magic] !== MAGIC[0] || words[HEADER.magicEnd] !== MAGIC[1]) return undefined
  if (words[HEADER.kind] !== KIND.pair || capacity <= 0 || pairSize(capacity) > Number.MAX_SAFE_INTEGER)
    return undefined
  return {
    creator: words[HEADER.creator] ?? 0,
    capacity,
    rings: [ringOf(page(ringOffset(0, capacity))), ringOf(page(ringOffset(1, capacity)))],
  }
}

function ringOf({ words, counters }: Page): RingState {
  const count = (index: number): number => counters[index] ?? 0
  return {
    queued: (((words[RING.head] ?? 0) - (words[RING.tail] ?? 0)) | 0) * UNIT,
    sent: { messages: count(COUNTER.sentMessages), bytes: count(COUNTER.sentBytes) },
    received: { messages: count(COUNTER.receivedMessages), bytes: count(COUNTER.receivedBytes) },
    waits: { full: count(COUNTER.fullWaits), empty: count(COUNTER.emptyWaits) },
    sleeping: {
      consumer: words[RING.consumerSleeps] === 1,
      producer: words[RING.producerSleeps] === 1,
    },
    ended: words[RING.ended] !== 0,
  }
}
