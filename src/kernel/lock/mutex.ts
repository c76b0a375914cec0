// Mutexes in shared memory that survive the death of their holder, pthread_mutex_lock(3).
import { EPERM } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import { mutexAlignment, mutexSize } from '../../sys/mutex.ts'
import type { SyncOptions, WaitOptions } from '../../wait/options.ts'
import { Placed, type SharedPlace } from '../placed.ts'
import type { Held } from './held.ts'
import { InUse } from './in-use.ts'
import { MUTEX_PLACE, Robust } from './robust.ts'

/**
 * A mutex in memory that processes share: libc's own pthread_mutex_t with PTHREAD_MUTEX_ROBUST and PTHREAD_PROCESS_SHARED, so
 * that a C program can hold the same one. Whoever holds it when it dies (SIGKILL, an end without unlock, a worker that is
 * terminated) loses it to the next one, who is told. The owner is the thread that asked: the main thread, or a worker.
 *
 * For processes that trust each other: the bytes hold addresses of libc's. All of them must see the same thread ids, that is
 * live in one pid namespace, and use the same libc. pthread_mutex_lock(3).
 */
export class Mutex {
  /** Bytes of a mutex here: sizeof(pthread_mutex_t). */
  static readonly size: number = mutexSize
  /** What its address must be a multiple of. */
  static readonly alignment: number = mutexAlignment
  readonly #robust: Robust
  readonly #use: InUse

  private constructor(robust: Robust) {
    this.#robust = robust
    this.#use = new InUse(robust.place, robust, () => robust.waiting)
  }

  /**
   * Makes a mutex of the `Mutex.size` bytes at `offset`, whatever they hold now. Do it once, before anybody else uses it:
   * one that others hold or wait for is destroyed. EBUSY if this thread holds it. pthread_mutex_init(3).
   */
  static initialize(memory: SharedPlace, offset: number): Mutex {
    const robust = new Robust(new Placed(memory, offset, MUTEX_PLACE))
    robust.initialize()
    return new Mutex(robust)
  }

  /** Takes the mutex that is there. NotALockError unless it is robust, process-shared and of this process's libc. */
  static at(memory: SharedPlace, offset: number): Mutex {
    const robust = new Robust(new Placed(memory, offset, MUTEX_PLACE))
    robust.checkKind()
    return new Mutex(robust)
  }

  /**
   * Waits for the mutex and locks it. Several that wait in one thread get it in the order in which they came. Errors:
   * ENOTRECOVERABLE (a holder died, and nobody repaired), EAGAIN (no thread to wait on), EBADF (the mapping is closed).
   */
  async lock(options?: WaitOptions): Promise<Held> {
    this.#robust.place.check('pthread_mutex_lock')
    this.#use.begin()
    return this.#held(await this.#robust.lock(options))
  }

  /** As `lock`, but `undefined` at once while somebody holds it, also this thread. */
  tryLock(): Held | undefined {
    const ownerDied = this.#robust.tryLock()
    return ownerDied === undefined ? undefined : this.#held(ownerDied)
  }

  /** As `lock`, blocking this thread. EDEADLK if this thread holds it. */
  lockSync(options?: SyncOptions): Held {
    return this.#held(this.#robust.lockSync(options))
  }

  /** How many operations wait for it in this thread. */
  get pending(): number {
    return this.#robust.waiting
  }

  /** Waiting operations keep the event loop running (the default). */
  ref(): this {
    this.#robust.keepAlive(true)
    return this
  }

  /** Waiting operations do not keep the event loop running. */
  unref(): this {
    this.#robust.keepAlive(false)
    return this
  }

  #held(ownerDied: boolean): Held {
    this.#use.taken()
    return new HeldMutex(this.#robust, this.#use, ownerDied)
  }
}

/** A mutex that is held. A Condition unlocks it for a while. */
export class HeldMutex implements Held {
  ownerDied: boolean
  readonly robust: Robust
  readonly #use: InUse
  #released = false

  constructor(robust: Robust, use: InUse, ownerDied: boolean) {
    this.robust = robust
    this.#use = use
    this.ownerDied = ownerDied
  }

  /** This thread has locked it again since `unlock`. */
  relocked(ownerDied: boolean): this {
    this.#use.taken()
    this.#released = false
    this.ownerDied = ownerDied
    return this
  }

  makeConsistent(): void {
    this.#check('pthread_mutex_consistent')
    this.robust.makeConsistent()
  }

  unlock(): void {
    this.#check('pthread_mutex_unlock')
    this.robust.unlock()
    this.#released = true
    this.#use.released()
  }

  [Symbol.dispose](): void {
    if (!this.#released) this.unlock()
  }

  #check(syscall: string): void {
    if (!this.#released) return
    throw new SysError(EPERM, syscall, {
      on: `the ${this.robust.place.label}`,
      hint: 'It has been unlocked.',
    })
  }
}
