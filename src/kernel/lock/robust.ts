// One robust process-shared mutex of libc, as Mutex and RwLock use it: its owner is the thread this JavaScript runs on. Waits
// in the order in which they came; the first of them has a thread that sleeps on the mutex's word.
import { EBUSY, EINVAL, errno } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import { futexWakeAt } from '../../sys/futex.ts'
import {
  busyWord,
  mutex_consistent,
  mutex_contend,
  mutex_init,
  mutex_lock,
  mutex_trylock,
  mutex_unlock,
  mutexAlignment,
  mutexIsOwn,
  mutexKind,
  mutexSize,
  mutexWordOffset,
} from '../../sys/mutex.ts'
import type { Ticket } from '../../sys/native.ts'
import { type Address, split } from '../../sys/split-address.ts'
import { PROGRAM_LOCK, waitCancel, waitJoin, waitRef, waitStart } from '../../sys/wait.ts'
import {
  checkOptions,
  checkTimeout,
  onGiveUp,
  type SyncOptions,
  TimeoutError,
  type WaitOptions,
} from '../../wait/options.ts'
import { takeTurn } from '../../wait/turn.ts'
import type { Placed } from '../placed.ts'
import { notAMutex } from './not-a-lock.ts'

export const EOWNERDEAD: number = -(errno['EOWNERDEAD'] ?? 0)
const EDEADLK = -(errno['EDEADLK'] ?? 0)
const ENOTRECOVERABLE = -(errno['ENOTRECOVERABLE'] ?? 0)
const ETIMEDOUT = -(errno['ETIMEDOUT'] ?? 0)
const SYSCALL = 'pthread_mutex_lock'

/** What a mutex needs of its place. */
export const MUTEX_PLACE = { size: mutexSize, alignment: mutexAlignment, name: 'mutex' } as const

/** How somebody who waits is answered: whether the holder before died. */
interface Waiter {
  readonly resolve: (ownerDied: boolean) => void
  readonly reject: (reason: unknown) => void
  callOff: () => void
}

export class Robust {
  readonly place: Placed
  /** Of the mutex itself. */
  readonly address: number
  readonly #address: Address
  readonly #word: number
  readonly #queue: Waiter[] = []
  #asleep: Ticket | undefined
  #keepAlive = true

  /** `offset`: of the mutex in its place, for a lock that is made of several. */
  constructor(place: Placed, offset = 0) {
    this.place = place
    this.address = place.address + offset
    this.#address = split(this.address)
    this.#word = place.address + offset + mutexWordOffset
  }

  /** pthread_mutex_init(3). EBUSY if this thread holds what is there. */
  initialize(errorCheck = false): void {
    const result = mutex_init(this.#address, errorCheck)
    if (result < 0) this.#fail(result, 'pthread_mutex_init')
  }

  /** Throws NotALockError unless there is a robust process-shared mutex. */
  checkKind(): void {
    const kind = mutexKind(this.#address)
    if (kind !== 'ours') throw notAMutex(this.place.label, kind)
  }

  /** Whether there is a robust process-shared mutex. */
  get isMutex(): boolean {
    return mutexKind(this.#address) === 'ours'
  }

  /** How many wait in this thread. */
  get waiting(): number {
    return this.#queue.length
  }

  /** Whether this thread holds it. */
  get isOwn(): boolean {
    return mutexIsOwn(this.#address)
  }

  /** Whether the holder before died, now that it is locked; undefined if it is not free. */
  tryLock(): boolean | undefined {
    this.place.check(SYSCALL)
    const result = mutex_trylock(this.#address)
    return result === EBUSY ? undefined : this.#taken(result)
  }

  /** As tryLock, waiting for it without blocking this thread. */
  lock(options?: WaitOptions): Promise<boolean> {
    try {
      checkOptions(options)
      const taken = this.#queue.length === 0 ? this.tryLock() : undefined
      if (taken !== undefined) return takeTurn(taken)
    } catch (error) {
      return Promise.reject(error)
    }
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { resolve, reject, callOff: () => {} }
      waiter.callOff = onGiveUp(options, `waiting for the ${this.place.label}`, (reason) => {
        this.#queue.splice(this.#queue.indexOf(waiter), 1)
        waiter.callOff()
        this.#stop()
        reject(reason)
      })
      this.#queue.push(waiter)
      if (this.#asleep === undefined) this.#serve(false)
    })
  }

  /** As tryLock, blocking this thread. EDEADLK if this thread holds it. */
  lockSync(options?: SyncOptions): boolean {
    const timeout = options?.timeout ?? Number.POSITIVE_INFINITY
    checkTimeout(timeout)
    const taken = this.tryLock()
    if (taken !== undefined) return taken
    const result = mutex_lock(this.#address, timeout === Number.POSITIVE_INFINITY ? -1 : timeout)
    if (result === ETIMEDOUT) throw new TimeoutError(`waiting for the ${this.place.label}`, timeout)
    return this.#taken(result)
  }

  /** EPERM unless this thread holds it. */
  unlock(): void {
    this.place.check('pthread_mutex_unlock')
    const result = mutex_unlock(this.#address)
    if (result < 0) this.#fail(result, 'pthread_mutex_unlock')
  }

  /** EINVAL unless the holder before died. */
  makeConsistent(): void {
    this.place.check('pthread_mutex_consistent')
    const result = mutex_consistent(this.#address)
    if (result === EINVAL) this.#fail(result, 'pthread_mutex_consistent', 'Its last holder did not die.')
    if (result < 0) this.#fail(result, 'pthread_mutex_consistent')
  }

  /** Whether those that wait, and those to come, keep the event loop running. */
  keepAlive(wanted: boolean): void {
    this.#keepAlive = wanted
    if (this.#asleep !== undefined) waitRef(this.#asleep, wanted)
  }

  /** Gives the mutex to the first that waits, or sleeps until it may be free. */
  #serve(slept: boolean): void {
    for (let waiter = this.#queue[0]; waiter !== undefined; waiter = this.#queue[0]) {
      const result = mutex_contend(this.#address, slept)
      try {
        if (result === EBUSY) {
          this.#sleep(busyWord())
          return
        }
        waiter.resolve(this.#taken(result))
      } catch (error) {
        waiter.reject(error)
      }
      this.#queue.shift()
      waiter.callOff()
    }
  }

  #sleep(word: number): void {
    const ticket = waitStart(PROGRAM_LOCK, [this.#word, word], undefined, () => {
      if (this.#asleep !== ticket) return // called off
      this.#asleep = undefined
      this.#serve(true)
    })
    if (typeof ticket === 'number') {
      throw new SysError(ticket, 'pthread_create', { on: `for a wait for the ${this.place.label}` })
    }
    this.#asleep = ticket
    if (!this.#keepAlive) waitRef(ticket, false)
  }

  /** A wake-up that nobody wants any more belongs to another who sleeps there, perhaps in another process. */
  #stop(): void {
    const ticket = this.#asleep
    if (this.#queue.length > 0 || ticket === undefined) return
    this.#asleep = undefined
    waitCancel(ticket)
    waitJoin(ticket)
    futexWakeAt(this.#word, 1)
  }

  #taken(result: number): boolean {
    if (result === 0) return false
    if (result === EOWNERDEAD) return true
    const hints: Readonly<Record<number, string>> = {
      [EDEADLK]: 'This thread holds it already: unlock it first, or await lock().',
      [ENOTRECOVERABLE]:
        'A holder died, and the next unlocked it without makeConsistent(): repair the data and initialize it again.',
    }
    return this.#fail(result, SYSCALL, hints[result])
  }

  #fail(result: number, syscall: string, hint?: string): never {
    this.place.checkLost()
    if (result === EINVAL && hint === undefined) this.checkKind()
    const on = `the ${this.place.label}`
    throw new SysError(result, syscall, hint === undefined ? { on } : { on, hint })
  }
}
