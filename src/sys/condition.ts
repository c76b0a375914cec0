// Condition variables in shared memory, by their address: include/hutong/condition.h, native/condition.c.
import { native } from './addon.ts'

const [header, slot, most] = native.conditionSizes

/** Bytes of a condition with room for so many waiters. */
export function conditionSize(waiters: number): number {
  return header + waiters * slot
}

/** What its address must be a multiple of. */
export const conditionAlignment = 64
/** Most waiters of one. */
export const conditionMost: number = most

/** Makes one of whatever lies there. */
export const conditionInitialize: (address: number, waiters: number) => number = native.conditionInitialize
/** How many may wait, or `-EINVAL`: there is none that fits into `room` bytes. */
export const conditionSlots: (address: number, room: number) => number = native.conditionSlots
/** Begins a wait: the slot, or `-EAGAIN`. This thread owns the slot until `conditionEnd`. */
export const conditionBegin: (address: number) => number = native.conditionBegin
/** Ends a wait, with the mutex locked again: 1 if it was notified. */
export const conditionEnd: (address: number, slot: number) => number = native.conditionEnd
/** 1 if the slot had not been notified, and cannot be any more; 0 if it has been. */
export const conditionWithdraw: (address: number, slot: number) => number = native.conditionWithdraw
/** Blocks this thread until the slot is notified or the owner of the mutex has died: 0 or `-ETIMEDOUT`. */
export function conditionSleep(
  ...call: [address: number, slot: number, mutex: number, timeout: number]
): number {
  return native.conditionSleep(...call)
}
/** Notifies at most `count` living waiters; gives how many. */
export const conditionNotify: (address: number, count: number) => number = native.conditionNotify
/** How many living threads wait. */
export const conditionWaiting: (address: number) => number = native.conditionWaiting
