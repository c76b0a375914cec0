// The two ways to wait without blocking the event loop, as the addon offers them; src/wait makes them usable.
import { native } from './addon.ts'
import type { BufferSource, OutArgument, Ticket, Watcher } from './native.ts'

/** Event bits of `watch`. */
export const READABLE = 1
export const WRITABLE = 2
export const DISCONNECT = 4

/** Watches a descriptor on the event loop; gives a watcher or `-errno` (EPERM: a file that is always ready). */
export const watch: (fd: number, callback: (events: number) => void) => Watcher | number = native.watch
/** Sets the awaited events, level-triggered; 0 stops. */
export const watchFor: (watcher: Watcher, events: number) => number = native.watchFor
/** Whether the watcher keeps the event loop running (not at first). */
export const watchRef: (watcher: Watcher, keepAlive: boolean) => void = native.watchRef
/** Ends the watcher; must come before its descriptor is closed. */
export const unwatch: (watcher: Watcher) => void = native.unwatch

/** Makes one raw system call on a thread of our own. See native/waitcall.c. */
export const waitStart: (
  number: number,
  args: readonly (number | string | BufferSource)[],
  out: OutArgument | undefined,
  callback: (result: number, bytes?: ArrayBuffer) => void,
) => Ticket | number = native.waitStart
/** Ends a waiting call with ECANCELED, unless it has taken effect already: then its result stands. */
export const waitCancel: (ticket: Ticket) => void = native.waitCancel
/**
 * Blocks this thread until a call that was cancelled touches no memory any more, which takes some microseconds; its callback
 * comes later.
 */
export const waitJoin: (ticket: Ticket) => void = native.waitJoin
/** In place of a system call's number: takes a unit of the sem_t at the first argument. See native/program.h. */
export const PROGRAM_SEMAPHORE = -1
/**
 * In place of a system call's number: sleeps while the word of a lock, at the first argument, is the second, for a second at
 * most. A wake-up that is not made good within 10 ms, or before the process is killed, is passed on. See native/owed.h.
 */
export const PROGRAM_LOCK = -2
/** As PROGRAM_SEMAPHORE: sleeps in a slot of a condition, for a mutex: the three arguments. */
export const PROGRAM_CONDITION = -3
/** Whether the waiting call keeps the event loop running (it does at first). */
export const waitRef: (ticket: Ticket, keepAlive: boolean) => void = native.waitRef
/**
 * openat(2) that blocks this thread, on a FIFO, for at most `timeout` ms, -1 for ever. Gives `-ETIMEDOUT` then, unless the
 * open has taken effect; EINTR is retried. See native/deadline.c.
 */
export const openatUntil: (dirfd: number, path: string, flags: number, timeout: number) => number =
  native.openatUntil
