// Waiting that blocks this thread: for scripts and workers.
import { EAGAIN, EINTR } from '../sys/errno.ts'
import { must } from '../sys/error.ts'
import type { Fd } from '../sys/fd.ts'
import { poll } from '../sys/file.ts'
import { checkTimeout, type SyncOptions, TimeoutError } from './options.ts'
import type { Attempt } from './readiness.ts'

/**
 * Runs `attempt` until it succeeds, polling the descriptor for `events` whenever it says `-EAGAIN`. A description
 * that blocks never says so; with a timeout the caller makes it non-blocking first.
 */
export function waitSync(fd: Fd, events: number, attempt: Attempt, options?: SyncOptions): number {
  const timeout = options?.timeout
  if (timeout !== undefined) checkTimeout(timeout)
  let result = attempt()
  while (result === EINTR) result = attempt()
  if (result !== EAGAIN) return result
  const deadline = timeout === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeout
  for (;;) {
    pollUntil(fd, events, deadline, timeout)
    do result = attempt()
    while (result === EINTR)
    if (result !== EAGAIN) return result
  }
}

function pollUntil(fd: Fd, events: number, deadline: number, timeout: number | undefined): void {
  for (;;) {
    const left = deadline - performance.now()
    const ready = poll(
      fd.number,
      events,
      left === Number.POSITIVE_INFINITY ? -1 : Math.max(0, Math.ceil(left)),
    )
    if (ready > 0) return
    if (ready < 0 && ready !== EINTR) must(ready, 'poll', { on: `${fd}` })
    if (performance.now() >= deadline) throw new TimeoutError(`waiting on ${fd}`, timeout ?? 0)
  }
}
