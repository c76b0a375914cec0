// POSIX semaphores: the same bytes as glibc's sem_t, in a file of /dev/shm with a name, or anywhere in shared memory.
import { EAGAIN, EINVAL, ENOENT, errno } from '../../sys/errno.ts'
import { closedError, SysError } from '../../sys/error.ts'
import { sem_post, sem_timedwait, sem_trywait } from '../../sys/semaphore.ts'
import { type Address, split } from '../../sys/split-address.ts'
import { PROGRAM_SEMAPHORE } from '../../sys/wait.ts'
import {
  checkOptions,
  checkTimeout,
  type SyncOptions,
  TimeoutError,
  type WaitOptions,
} from '../../wait/options.ts'
import { takeTurn } from '../../wait/turn.ts'
import { Waiters } from '../../wait/waiters.ts'
import type { Mapping } from '../mapping.ts'
import type { Placed, SharedPlace } from '../placed.ts'
import {
  createSemaphore,
  openSemaphore,
  tryCreateSemaphore,
  tryOpenSemaphore,
  unlinkSemaphore,
} from './semaphore-file.ts'
import {
  type CreatePosixSemaphoreOptions,
  checkCreate,
  checkSemaphore,
  checkValue,
  placeOf,
} from './semaphore-options.ts'
import { ALIGNMENT, MOST, newSemaphore, SIZE, unitsOf, waitersOf, whatIsWrong } from './semaphore-word.ts'

const EOVERFLOW = -(errno['EOVERFLOW'] ?? 0)
const ETIMEDOUT = -(errno['ETIMEDOUT'] ?? 0)

/** Where a semaphore's bytes are, and what else belongs to it. */
interface Origin {
  readonly place: Placed
  readonly name?: string
  readonly created: boolean
  /** The mapping of a named one, which is the semaphore's own. */
  readonly mapping?: Mapping
}

/**
 * A counter of units that any process, in any language, takes (`wait`) and gives (`post`): sem_overview(7). Waiting holds no
 * thread of libuv's pool and never spins. It is not robust: what a process took is not given back when it dies.
 */
export class PosixSemaphore {
  /** Bytes of an unnamed one: sizeof(sem_t). */
  static readonly size: number = SIZE
  /** Of an unnamed one's address. */
  static readonly alignment: number = ALIGNMENT
  /** SEM_VALUE_MAX. */
  static readonly maxValue: number = MOST

  /** Of a named one, with its slash. */
  readonly name: string | undefined
  /** Whether this call made it. */
  readonly created: boolean
  readonly #place: Placed
  readonly #words: Int32Array
  readonly #address: Address
  readonly #mapping: Mapping | undefined
  readonly #waiters: Waiters
  #release: (() => void) | undefined
  #closed = false

  private constructor({ place, name, created, mapping }: Origin) {
    this.name = name
    this.created = created
    this.#place = place
    this.#words = place.words
    this.#address = split(place.address)
    this.#mapping = mapping
    this.#waiters = new Waiters(place.label, () => this.#release?.())
  }

  /** Makes a new one, sem_open(3) with O_CREAT | O_EXCL. Errors: EEXIST, EACCES, ENOSPC, EMFILE, ENFILE, ENOMEM. */
  static create(name: string, options: CreatePosixSemaphoreOptions = {}): PosixSemaphore {
    const { value, mode } = checkCreate(options)
    return PosixSemaphore.#named(name, true, () => createSemaphore(name, mode, value))
  }

  /** Opens one that exists. Errors: ENOENT, EACCES (needs reading and writing), EINVAL (the file is no semaphore). */
  static open(name: string): PosixSemaphore {
    return PosixSemaphore.#named(name, false, () => openSemaphore(name))
  }

  /** Opens one, making it first if need be; `value` and `mode` are for one that is made. Safe when several do it at once. */
  static openOrCreate(name: string, options: CreatePosixSemaphoreOptions = {}): PosixSemaphore {
    const { value, mode } = checkCreate(options)
    for (;;) {
      const there = tryOpenSemaphore(name)
      if (typeof there !== 'number') return PosixSemaphore.#named(name, false, () => there)
      if (there !== ENOENT) return PosixSemaphore.open(name) // which says what is wrong
      const fresh = tryCreateSemaphore(name, mode, value)
      if (typeof fresh !== 'number') return PosixSemaphore.#named(name, true, () => fresh)
    }
  }

  /** Removes the name, sem_unlink(3); who has it open keeps it. Errors: ENOENT, EACCES. */
  static unlink(name: string): void {
    unlinkSemaphore(name)
  }

  /**
   * Makes an unnamed one for every process at `offset` (a multiple of 8) of shared memory, sem_init(3), and attaches to it.
   * What was there is overwritten: only one process may do it, and nobody may be using it.
   */
  static initialize(memory: SharedPlace, offset: number, value = 0): PosixSemaphore {
    checkValue(value)
    const place = placeOf(memory, offset)
    place.words.set(newSemaphore(value))
    return new PosixSemaphore({ place, created: true })
  }

  /** Attaches to an unnamed one that somebody has initialised. EINVAL if there is none, or one for a single process. */
  static at(memory: SharedPlace, offset: number): PosixSemaphore {
    const place = placeOf(memory, offset)
    return new PosixSemaphore({ place: checkSemaphore(place), created: false })
  }

  static #named(name: string, created: boolean, map: () => Mapping): PosixSemaphore {
    const mapping = map()
    try {
      const place = checkSemaphore(placeOf(mapping, 0, `semaphore ${name}`))
      return new PosixSemaphore({ place, name, created, mapping })
    } catch (error) {
      mapping.close()
      throw error
    }
  }

  get closed(): boolean {
    return this.#closed
  }

  /** The units that are there now, 0 or more; sem_getvalue(3). It may have changed before you look at it. */
  get value(): number {
    this.#check('sem_getvalue')
    return whatIsWrong(this.#words) === undefined ? unitsOf(this.#words) : this.#lost(EINVAL)
  }

  /** How many wait now, in every process. One that was killed while it waited is counted for ever: glibc forgets nobody. */
  get waiting(): number {
    this.#check('sem_getvalue')
    return waitersOf(this.#words)
  }

  /** Takes a unit, waiting until there is one. Who waits longest need not be first. sem_wait(3). */
  async wait(options?: WaitOptions): Promise<void> {
    checkOptions(options)
    this.#check('sem_wait')
    if (this.#tried(sem_trywait(this.#address))) return takeTurn(undefined)
    this.#release ??= this.#hold()
    const call = { number: PROGRAM_SEMAPHORE, args: [this.#place.address], syscall: 'sem_wait' }
    await this.#waiters.wait(call, options)
  }

  /** Takes a unit now and gives true, or `undefined` if there is none. sem_trywait(3). */
  tryWait(): true | undefined {
    this.#check('sem_trywait')
    return this.#tried(sem_trywait(this.#address)) ? true : undefined
  }

  /** As `wait`, blocking this thread. Nothing ends it but a unit or its timeout, not even `worker.terminate()`. */
  waitSync(options?: SyncOptions): void {
    const timeout = options?.timeout
    checkTimeout(timeout)
    this.#check('sem_wait')
    const limit = timeout === undefined || timeout === Number.POSITIVE_INFINITY ? -1 : timeout
    const result = sem_timedwait(this.#address, limit)
    if (result === ETIMEDOUT) throw new TimeoutError(`waiting on ${this}`, limit)
    this.#tried(result)
  }

  /** Gives a unit and wakes one of those who wait, if any; never waits. EOVERFLOW above 2^31 - 1. sem_post(3). */
  post(): void {
    this.#check('sem_post')
    const result = sem_post(this.#address)
    if (result === EOVERFLOW) {
      throw new SysError(EOVERFLOW, 'sem_post', { on: `${this}`, hint: `Its value is at its most, ${MOST}.` })
    }
    this.#tried(result)
  }

  /** Waiting operations keep the event loop running (the default). */
  ref(): this {
    this.#waiters.keepAlive(true)
    return this
  }

  unref(): this {
    this.#waiters.keepAlive(false)
    return this
  }

  /** Ends the use here; operations that wait reject with EBADF. The semaphore and its name stay. Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#waiters.close()
    this.#release?.()
    this.#mapping?.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  toString(): string {
    return this.#place.label
  }

  #check(syscall: string): void {
    if (this.#closed) throw closedError(syscall, this.#place.label)
    this.#place.check(syscall)
  }

  /** False if there was no unit. Throws when it is no semaphore any more: truncated, or overwritten. */
  #tried(result: number): boolean {
    if (result === 0) return true
    if (result === EAGAIN) return false
    return this.#lost(result)
  }

  #lost(result: number): never {
    this.#place.checkLost()
    checkSemaphore(this.#place)
    throw new SysError(result, 'sem_wait', { on: `${this}` })
  }

  /** While anybody waits the memory must stay where it is. */
  #hold(): () => void {
    const letGo = this.#place.hold(`operations that wait on ${this}`)
    return () => {
      letGo()
      this.#release = undefined
    }
  }
}
