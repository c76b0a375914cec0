// The ways to send on a channel.
import type { Channel } from 'hutong/channel'
import type { Lane } from '../../channel-case.ts'
import { makeMessage } from '../roles.ts'

export type Bytes = Channel<Uint8Array>

/** Moves the messages `from` up to `to`, and gives the first that it could not. */
export type Some = (from: number, to: number) => number

/** Messages that go together, where several do. */
export const TOGETHER = 64

function one(channel: Bytes, size: number): Some {
  const { bytes, words } = makeMessage(new Uint8Array(size))
  return (from, to) => {
    for (let i = from; i < to; i++) {
      words[0] = i
      if (channel.trySend(bytes) === undefined) return i
    }
    return to
  }
}

function oneBlocking(channel: Bytes, size: number): Some {
  const { bytes, words } = makeMessage(new Uint8Array(size))
  return (from, to) => {
    for (let i = from; i < to; i++) {
      words[0] = i
      channel.trySend(bytes) ?? channel.sendSync(bytes)
    }
    return to
  }
}

function packed(channel: Bytes, size: number): Some {
  const { bytes, words } = makeMessage(new Uint8Array(size * TOGETHER))
  const each = size / 4
  return (from, to) => {
    for (let i = from; i < to; i += TOGETHER) {
      for (let j = 0; j < TOGETHER; j++) words[j * each] = i + j
      if (channel.trySendPacked(bytes, size) === undefined) return i
    }
    return to
  }
}

function inPlace(channel: Bytes, size: number): Some {
  return (from, to) => {
    for (let i = from; i < to; i++) {
      const loan = channel.tryLoan(size)
      if (loan === undefined) return i
      loan.bytes[0] = i & 255
      loan.commit()
    }
    return to
  }
}

export function sending(channel: Bytes, { way, mode, size }: Lane): Some {
  if (way === 'packed') return packed(channel, size)
  if (way === 'in place') return inPlace(channel, size)
  return mode === 'spin' ? oneBlocking(channel, size) : one(channel, size)
}
