// The ways to receive from a channel. Each checks the number of every message.
import type { Lane } from '../../channel-case.ts'
import { makeMessage } from '../roles.ts'
import { type Bytes, type Some, TOGETHER } from './sending.ts'

export function check(got: number | undefined, number: number): void {
  if (got !== number) throw new Error(`message ${got} came where ${number} was due`)
}

/** The number of a message that is memory of its own. */
function numberOf(message: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = [message[0], message[1], message[2], message[3]]
  return a | (b << 8) | (c << 16) | (d << 24)
}

function one(channel: Bytes, size: number): Some {
  const { bytes, words } = makeMessage(new Uint8Array(size))
  return (from, to) => {
    for (let i = from; i < to; i++) {
      if (channel.tryReceiveInto(bytes) === undefined) return i
      check(words[0], i)
    }
    return to
  }
}

function oneBlocking(channel: Bytes, size: number): Some {
  const { bytes, words } = makeMessage(new Uint8Array(size))
  return (from, to) => {
    for (let i = from; i < to; i++) {
      channel.tryReceiveInto(bytes) ?? channel.receiveIntoSync(bytes)
      check(words[0], i)
    }
    return to
  }
}

function fresh(channel: Bytes): Some {
  return (from, to) => {
    for (let i = from; i < to; i++) {
      const message = channel.tryReceive()
      if (message === undefined || message === null) return i
      check(numberOf(message), i)
    }
    return to
  }
}

function packed(channel: Bytes, size: number): Some {
  const { bytes, words } = makeMessage(new Uint8Array(size * TOGETHER))
  const each = size / 4
  return (from, to) => {
    for (let i = from; i < to; ) {
      const got = channel.tryReceivePacked(bytes)
      if (got === undefined || got === null) return i
      for (let j = 0; j < got.count; j++, i++) check(words[j * each], i)
    }
    return to
  }
}

function inPlace(channel: Bytes): Some {
  return (from, to) => {
    for (let i = from; i < to; i++) {
      const view = channel.tryReceiveView()
      if (view === undefined || view === null) return i
      check(view.bytes[0], i & 255)
      view.release()
    }
    return to
  }
}

export function receiving(channel: Bytes, { way, mode, size }: Lane): Some {
  if (way === 'packed') return packed(channel, size)
  if (way === 'in place') return inPlace(channel)
  if (way === 'fresh') return fresh(channel)
  return mode === 'spin' ? oneBlocking(channel, size) : one(channel, size)
}

/** By `for await`. */
export async function iterate(channel: Bytes, count: number): Promise<void> {
  let next = 0
  for await (const message of channel) {
    check(numberOf(message), next++)
    if (next === count) return
  }
}

export async function iterateBatches(channel: Bytes, count: number): Promise<void> {
  let next = 0
  for await (const batch of channel.batches()) {
    for (const message of batch) check(numberOf(message), next++)
    if (next === count) return
  }
}
