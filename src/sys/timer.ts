// timer_create(2) and setitimer(2): timers that send signals. Times are nanoseconds. All give `>= 0` or `-errno`; see `must`.
import { native } from './addon.ts'
import type { BufferSource } from './native.ts'

/** timer_create(2) with SIGEV_SIGNAL and 8 bytes of value; gives its id. */
export const timer_create: (clock: number, signal: number, value: BufferSource) => number =
  native.timer_create
/** timer_settime(2). */
export const timer_settime: (timer: number, flags: number, value: number, interval: number) => number =
  native.timer_settime
/** timer_gettime(2): what is left until it expires; 0 when it is stopped. */
export const timer_gettime: (timer: number) => number = native.timer_gettime
/** timer_getoverrun(2). */
export const timer_getoverrun: (timer: number) => number = native.timer_getoverrun
/** timer_delete(2). */
export const timer_delete: (timer: number) => number = native.timer_delete
/** setitimer(2): gives what the timer before it had left. */
export const setitimer: (which: number, value: number, interval: number) => number = native.setitimer
/** getitimer(2): what is left. */
export const getitimer: (which: number) => number = native.getitimer
