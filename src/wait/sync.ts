// Waiting that blocks this thread: for scripts and workers.
import { EAGAIN, EINTR } from '../sys/errno.ts'
import { must } from '../sys/error.ts'
import type { Fd } from '../sys/fd.ts'
import { poll } from '../sys/file.ts'
import { checkTimeout, type SyncOptions, TimeoutError } from './options.ts'
import type { Attempt } from './readiness.ts'

/** When a blocking wait ends; `timeout` for the error. */
export interface Deadline {
  readonly at: number
  readonly timeout: number
}

const NEVER: Deadline = { at: Number.POSITIVE_INFINITY, timeout: Number.POSITIVE_INFINITY }

/** The deadline of an operation that begins now. TypeError or RangeError if its timeout is nonsense. */
export function deadlineOf(options: SyncOptions | undefined): Deadline {
  const timeout = options?.timeout ?? Number.POSITIVE_INFINITY
  if (timeout === Number.POSITIVE_INFINITY) return NEVER
  checkTimeout(timeout)
  return { at: performance.now() + timeout, timeout }
}

/**
 * Runs `attempt` until it succeeds, polling the descriptor for `events` whenever it says `-EAGAIN`. A description
 * that blocks never says so; with a timeout the caller makes it non-blocking first.
 */
export function waitSync(fd: Fd, events: number, attempt: Attempt, options?: SyncOptions): number {
  const deadline = options?.timeout === undefined ? undefined : deadlineOf(options)
  for (;;) {
    const result = attempt()
    if (result === EAGAIN) pollUntil(fd.number, events, deadline ?? NEVER, fd)
    else if (result !== EINTR) return result
  }
}

/** Blocks until poll(2) reports one of `events`, an error or a hang-up; TimeoutError, about `what`, after the deadline. */
export function pollUntil(fd: number, events: number, deadline: Deadline, what: unknown = `fd ${fd}`): void {
  for (;;) {
    const left = deadline.at - performance.now()
    const wait = left === Number.POSITIVE_INFINITY ? -1 : Math.max(0, Math.ceil(left))
    const ready = poll(fd, events, wait)
    if (ready > 0) return
    if (ready < 0 && ready !== EINTR) must(ready, 'poll', { on: `${what}` })
    if (performance.now() >= deadline.at) throw new TimeoutError(`waiting on ${what}`, deadline.timeout)
  }
}
