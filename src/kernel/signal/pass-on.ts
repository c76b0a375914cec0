// A listener takes a signal before Node's own `process.on` can see it: whoever else listens gets it from here.
import type { EventEmitter } from 'node:events'
import { isMainThread } from 'node:worker_threads'
import { callHandler } from '../../sys/signal.ts'
import type { SignalName } from './names.ts'

const LAST_STANDARD = 31 // Node has no names for the real-time ones
const PAUSE_MS = 10

interface Pace {
  again: boolean
}
const paces = new Map<number, Pace>()

// Not in this turn: an exception in somebody else's listener is none of ours.
function emit(name: SignalName, number: number): void {
  if (process.listenerCount(name) === 0) return
  const emitter: EventEmitter = process
  process.nextTick(() => emitter.emit(name, name, number))
}

/**
 * Only the main thread has `process.on`; from a worker it is reached through libuv's handler. That writes to a pipe which
 * the notice of a child's end needs, too, so it gets one signal of a kind in 10 ms: as standard signals go, those that come
 * in between are one.
 */
function throughLibuv(number: number): void {
  const pace = paces.get(number)
  if (pace !== undefined) {
    pace.again = true
    return
  }
  if (callHandler(number) !== 1) return
  const started = { again: false }
  paces.set(number, started)
  setTimeout(() => {
    paces.delete(number)
    if (started.again) throughLibuv(number)
  }, PAUSE_MS).unref()
}

/** Gives a signal that was taken to `process.on`, if it listens. */
export function passOn(name: SignalName, number: number): void {
  if (number > LAST_STANDARD) return
  if (isMainThread) emit(name, number)
  else throughLibuv(number)
}
