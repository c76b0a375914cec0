// Waiting until the maker of a semaphore set has initialised it. The kernel tells nobody, so it is asked again and again.
import { setTimeout as sleep } from 'node:timers/promises'
import { onGiveUp, type SyncOptions, TimeoutError, type WaitOptions } from '../../wait/options.ts'
import { type FoundSet, isInitialized, labelOf, notInitialized } from './semaphores-open.ts'

/** A maker that is alive needs microseconds. */
const PATIENCE_MS = 5000
const SECOND_MS = 1000
const LONGEST_PAUSE_MS = 16
const neverWoken = new Int32Array(new SharedArrayBuffer(4))

function pauses(): () => number {
  let next = 1
  return () => {
    const pause = next
    next = Math.min(next * 2, LONGEST_PAUSE_MS)
    return pause
  }
}

function nameOf({ id, key }: FoundSet): string {
  return `waiting for ${labelOf(key, id)} to be initialised`
}

/** Throws at once for a set that was made long ago: the kernel keeps whole seconds. */
function throwIfStale(set: FoundSet, timeout: number | undefined): void {
  if (timeout !== undefined) return
  const error = notInitialized(set)
  if (Date.now() - error.made.getTime() > PATIENCE_MS + SECOND_MS) throw error
}

/** Rejects with NotInitializedError 5 seconds after it was made, or as the options say. */
export async function whenInitialized(set: FoundSet, options: WaitOptions): Promise<void> {
  if (isInitialized(set)) return
  throwIfStale(set, options.timeout)
  const stop = new AbortController()
  const { signal, timeout } = options
  const callOff = onGiveUp({ signal, timeout: timeout ?? PATIENCE_MS }, nameOf(set), (reason) =>
    stop.abort(reason),
  )
  const pause = pauses()
  try {
    while (!isInitialized(set)) await sleep(pause(), undefined, { signal: stop.signal })
  } catch (error) {
    if (!stop.signal.aborted) throw error
    if (isInitialized(set)) return
    const { reason } = stop.signal
    throw timeout === undefined && reason instanceof TimeoutError ? notInitialized(set) : reason
  } finally {
    callOff()
  }
}

/** As `whenInitialized`, blocking this thread. */
export function whenInitializedSync(set: FoundSet, { timeout }: SyncOptions): void {
  if (!isInitialized(set)) throwIfStale(set, timeout)
  const end = performance.now() + (timeout ?? PATIENCE_MS)
  const pause = pauses()
  while (!isInitialized(set)) {
    if (performance.now() >= end)
      throw timeout === undefined ? notInitialized(set) : new TimeoutError(nameOf(set), timeout)
    Atomics.wait(neverWoken, 0, 0, pause())
  }
}
