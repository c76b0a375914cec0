// How every operation that can wait is given up: a timeout, an AbortSignal.

/** Options of every operation that waits. */
export interface WaitOptions {
  /** Aborting it rejects the operation with `signal.reason`; one that has taken effect already still delivers. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds, 0 or more; unaffected by clock steps. After them the operation rejects with TimeoutError. */
  readonly timeout?: number | undefined
}

/** Options of an operation that blocks this thread. */
export interface SyncOptions {
  /** Milliseconds, 0 or more; unaffected by clock steps. After them the operation throws TimeoutError. */
  readonly timeout?: number | undefined
}

/** An operation was given up after its `timeout`; `code` is `ETIMEDOUT`. */
export class TimeoutError extends Error {
  readonly code = 'ETIMEDOUT'
  constructor(what: string, timeout: number) {
    super(`${what} timed out after ${timeout} ms`)
    this.name = 'TimeoutError'
  }
}

// setTimeout's own limit: about 24.8 days.
const LONGEST = 0x7fffffff

/** Throws what is wrong with the options: an aborted signal's reason, TypeError or RangeError for misuse. */
export function checkOptions(options: WaitOptions | undefined): void {
  if (options === undefined) return
  checkTimeout(options.timeout)
  const { signal } = options
  if (signal === undefined) return
  if (!(signal instanceof AbortSignal)) throw new TypeError('signal must be an AbortSignal')
  signal.throwIfAborted()
}

/** RangeError unless `timeout` is undefined, Infinity, or 0 to 2^31 - 1 milliseconds. */
export function checkTimeout(timeout: number | undefined): void {
  if (timeout === undefined || timeout === Number.POSITIVE_INFINITY) return
  if (typeof timeout !== 'number')
    throw new TypeError(`timeout must be a number of milliseconds, not ${typeof timeout}`)
  if (!(timeout >= 0 && timeout <= LONGEST)) {
    throw new RangeError(`timeout must be 0 to ${LONGEST} milliseconds, or Infinity, not ${timeout}`)
  }
}

// One listener for each signal, however many operations wait on it: Node warns of more than ten.
const waitingOn = new WeakMap<AbortSignal, Set<() => void>>()

function onAbort(signal: AbortSignal): Set<() => void> {
  const known = waitingOn.get(signal)
  if (known !== undefined) return known
  const actions = new Set<() => void>()
  waitingOn.set(signal, actions)
  const runAll = (): void => {
    for (const action of [...actions]) action()
  }
  signal.addEventListener('abort', runAll, { once: true })
  return actions
}

/** Calls `giveUp(reason)` once, when the signal aborts or the timeout passes; gives a function that calls it off. */
export function onGiveUp(
  options: WaitOptions | undefined,
  what: string,
  giveUp: (reason: unknown) => void,
): () => void {
  const { signal, timeout } = options ?? {}
  const actions = signal === undefined ? undefined : onAbort(signal)
  const aborted = (): void => giveUp(signal?.reason)
  const timer =
    timeout === undefined || timeout === Number.POSITIVE_INFINITY
      ? undefined
      : setTimeout(() => giveUp(new TimeoutError(what, timeout)), timeout)
  actions?.add(aborted)
  return () => {
    clearTimeout(timer)
    actions?.delete(aborted)
  }
}
