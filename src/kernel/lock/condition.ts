// Condition variables in shared memory whose waiters may die: include/hutong/condition.h says how.

import {
  conditionAlignment,
  conditionBegin,
  conditionEnd,
  conditionInitialize,
  conditionMost,
  conditionNotify,
  conditionSize,
  conditionSleep,
  conditionSlots,
  conditionWaiting,
  conditionWithdraw,
} from '../../sys/condition.ts'
import { EINVAL, errno } from '../../sys/errno.ts'
import { must, SysError } from '../../sys/error.ts'
import { PROGRAM_CONDITION } from '../../sys/wait.ts'
import {
  checkOptions,
  checkTimeout,
  type SyncOptions,
  TimeoutError,
  type WaitOptions,
} from '../../wait/options.ts'
import { Waiters } from '../../wait/waiters.ts'
import { checkWhole } from '../mapping-options.ts'
import { Placed, type SharedPlace } from '../placed.ts'
import type { Held } from './held.ts'
import { HeldMutex } from './mutex.ts'
import { NotALockError } from './not-a-lock.ts'

const WAITERS = 32
const ALL = 0x7fff_ffff
const ETIMEDOUT = -(errno['ETIMEDOUT'] ?? 0)

/** Options of `Condition.initialize`. */
export interface ConditionOptions {
  /** How many may wait at a time, in all processes together: 1 to 2000, 32 by default. */
  readonly waiters?: number
}

function checkWaiters(waiters: unknown): number {
  if (checkWhole(waiters, 'waiters', 1) <= conditionMost) return waiters as number
  throw new RangeError(`waiters must be at most ${conditionMost}, not ${waiters}`)
}

/** A wait that has begun: its slot, and what keeps its memory in place. */
interface Begun {
  readonly slot: number
  readonly end: () => void
}

/**
 * Waiting, with a Mutex, until somebody says that something has changed: as pthread_cond_wait(3), in memory that processes
 * share, with bytes of its own. A waiter that is killed is not counted, nobody waits for it, and a notification that it was
 * given and could not act on goes to another within a quarter of a second. C programs use include/hutong/condition.h.
 */
export class Condition {
  /** What its address must be a multiple of. */
  static readonly alignment: number = conditionAlignment
  readonly #place: Placed
  readonly #waiters: Waiters

  private constructor(place: Placed) {
    this.#place = place
    this.#waiters = new Waiters(place.label)
  }

  /** Bytes of one that so many may wait for: 64 and 64 for each. */
  static sizeFor(waiters: number = WAITERS): number {
    return conditionSize(checkWaiters(waiters))
  }

  /** Makes one of the bytes at `offset`, whatever they hold. Do it once, before anybody uses it. */
  static initialize(memory: SharedPlace, offset: number, options: ConditionOptions = {}): Condition {
    if (typeof options !== 'object' || options === null) throw new TypeError('options must be an object')
    const { waiters = WAITERS } = options
    const place = placeFor(memory, offset, checkWaiters(waiters))
    must(conditionInitialize(place.address, waiters), 'pthread_mutex_init', { on: place.label })
    return new Condition(place)
  }

  /** Takes the one that is there. NotALockError if there is none, or one that another libc made. */
  static at(memory: SharedPlace, offset: number): Condition {
    const place = placeFor(memory, offset, 1)
    const waiters = conditionSlots(place.address, place.room)
    if (waiters !== EINVAL) return new Condition(place)
    const hint = 'Initialize it first, with the same libc.'
    throw new NotALockError(place.label, 'there is no condition of this library', hint)
  }

  /** How many living threads and operations wait now, in every process. */
  get waiting(): number {
    this.#place.check('pthread_cond_wait')
    return conditionWaiting(this.#place.address)
  }

  /**
   * Unlocks the mutex that `held` stands for, waits to be notified, and locks it again: `held` is what it was, and is what
   * this resolves to; its `ownerDied` is that of the new lock. It may wake for nothing, so look again at what you wait for.
   *
   * After a timeout or an abort the mutex is locked again too, before the promise rejects: whoever called still holds it,
   * and an abort cannot hurry whoever has it meanwhile. Only ENOTRECOVERABLE rejects without it.
   * Errors: EAGAIN (as many wait as it has room for; or no thread to wait on), EPERM (not held any more), EBADF.
   */
  async wait(held: Held, options?: WaitOptions): Promise<Held> {
    checkOptions(options)
    const mutex = mutexOf(held)
    const begun = this.#begin(mutex)
    const { address } = this.#place
    let failed: { readonly reason: unknown } | undefined
    try {
      const args = [address, begun.slot, mutex.robust.address]
      await this.#waiters.wait({ number: PROGRAM_CONDITION, args, syscall: 'pthread_cond_wait' }, options)
    } catch (reason) {
      // Once it has been notified the abort loses: nobody else will hear of it.
      if (conditionWithdraw(address, begun.slot) === 1) failed = { reason }
    }
    try {
      mutex.relocked(await mutex.robust.lock())
    } finally {
      begun.end()
    }
    if (failed !== undefined) throw failed.reason
    return held
  }

  /** As `wait`, blocking this thread. */
  waitSync(held: Held, options?: SyncOptions): Held {
    const timeout = options?.timeout
    checkTimeout(timeout)
    const mutex = mutexOf(held)
    const begun = this.#begin(mutex)
    const { address } = this.#place
    const limit = timeout === undefined || timeout === Number.POSITIVE_INFINITY ? -1 : timeout
    let timedOut = false
    try {
      const result = conditionSleep(address, begun.slot, mutex.robust.address, limit)
      timedOut = result === ETIMEDOUT && conditionWithdraw(address, begun.slot) === 1
      mutex.relocked(mutex.robust.lockSync())
    } finally {
      begun.end()
    }
    if (timedOut) throw new TimeoutError(`waiting for the ${this.#place.label}`, limit)
    return held
  }

  /**
   * Wakes at most `count` of those who wait, the longest-waiting first; gives how many. The mutex may be held or not, but
   * what they wait for must have been changed while it was.
   */
  notify(count = 1): number {
    checkWhole(count, 'count', 1)
    this.#place.check('pthread_cond_signal')
    const woken = conditionNotify(this.#place.address, Math.min(count, ALL))
    this.#place.checkLost()
    return woken
  }

  /** Wakes everybody who waits; gives how many. */
  notifyAll(): number {
    return this.notify(ALL)
  }

  /** Waiting operations keep the event loop running (the default). */
  ref(): this {
    this.#waiters.keepAlive(true)
    return this
  }

  /** Waiting operations do not keep the event loop running. */
  unref(): this {
    this.#waiters.keepAlive(false)
    return this
  }

  toString(): string {
    return this.#place.label
  }

  /** Takes a slot and unlocks the mutex. */
  #begin(mutex: HeldMutex): Begun {
    const place = this.#place
    place.check('pthread_cond_wait')
    place.checkLost()
    const slot = conditionBegin(place.address)
    if (slot < 0) {
      const hint = 'As many wait for it as it has room for: initialize it with more `waiters`.'
      throw new SysError(slot, 'pthread_cond_wait', { on: `the ${place.label}`, hint })
    }
    const what = `an operation that waits for the ${place.label}`
    const holds = [place.hold(what), mutex.robust.place.hold(what)]
    const end = (): void => {
      conditionEnd(place.address, slot)
      for (const letGo of holds) letGo()
    }
    try {
      mutex.unlock()
    } catch (error) {
      end()
      throw error
    }
    return { slot, end }
  }
}

function mutexOf(held: unknown): HeldMutex {
  if (held instanceof HeldMutex) return held
  throw new TypeError('held must be what a Mutex gave when it was locked')
}

function placeFor(memory: SharedPlace, offset: number, waiters: number): Placed {
  return new Placed(memory, offset, {
    size: conditionSize(waiters),
    alignment: conditionAlignment,
    name: 'condition',
  })
}
