// Blocking signals in the whole process, which means in every thread of it.
import { must } from '../../sys/error.ts'
import { maskBlock, maskBlocked, maskUnblock, sigpending } from '../../sys/signal.ts'
import type { SignalName } from './names.ts'
import { checkedNumbers, namesOf, setOf } from './set.ts'

const HINT = 'The threads of this process are listed in /proc/self/task: is /proc mounted?'

/**
 * Keeps signals pending until `unblock`: in every thread of the process, also those that start later; not in the processes
 * it starts. sigprocmask(2). RangeError, with the reason, for a signal that Node or this library cannot do without.
 */
export function block(names: readonly (SignalName | number)[]): void {
  must(maskBlock(setOf(checkedNumbers(names, 'block'))), 'sigprocmask', { hint: HINT })
}

/**
 * Undoes `block`. What is pending is delivered at once: to its handler, or the default action is taken, which for most
 * signals ends the process. A signal that a listener waits for stays blocked as long as there is one.
 */
export function unblock(names: readonly (SignalName | number)[]): void {
  must(maskUnblock(setOf(checkedNumbers(names, 'unblock'))), 'sigprocmask', { hint: HINT })
}

/** The signals that `block` has blocked. */
export function blocked(): SignalName[] {
  const set = setOf([])
  must(maskBlocked(set), 'sigprocmask')
  return namesOf(set)
}

/** The signals that have been sent to this process, or this thread, and are blocked: sigpending(2). */
export function pending(): SignalName[] {
  const set = setOf([])
  must(sigpending(set), 'sigpending')
  return namesOf(set)
}
