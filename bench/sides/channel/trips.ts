// To and fro over a channel.
import { makeMessage } from '../roles.ts'
import { check } from './receiving.ts'
import type { Line } from './roles.ts'
import type { Bytes } from './sending.ts'

type Trips = Pick<Line, 'call' | 'answer'>

/** Blocking this thread. */
export function blockingTrips(channel: Bytes, size: number): Trips {
  const { bytes, words } = makeMessage(new Uint8Array(size))
  return {
    async call(count, lap) {
      for (let i = 0; i < count; i++) {
        words[0] = i
        channel.sendSync(bytes)
        channel.receiveIntoSync(bytes)
        check(words[0], i)
        lap()
      }
    },
    async answer(count) {
      for (let i = 0; i < count; i++) {
        channel.receiveIntoSync(bytes)
        check(words[0], i)
        channel.sendSync(bytes)
      }
    },
  }
}

/** On the event loop. There is room for one message, always. */
export function loopTrips(channel: Bytes, size: number): Trips {
  const { bytes, words } = makeMessage(new Uint8Array(size))
  return {
    async call(count, lap) {
      for (let i = 0; i < count; i++) {
        words[0] = i
        channel.trySend(bytes)
        await channel.receiveInto(bytes)
        check(words[0], i)
        lap()
      }
    },
    async answer(count) {
      for (let i = 0; i < count; i++) {
        await channel.receiveInto(bytes)
        check(words[0], i)
        channel.trySend(bytes)
      }
    },
  }
}
