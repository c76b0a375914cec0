// Read-write locks in shared memory that survive the death of their holders.
import { errno } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import { mutexAlignment } from '../../sys/mutex.ts'
import { Countdown } from '../../wait/countdown.ts'
import { checkOptions, checkTimeout, type SyncOptions, type WaitOptions } from '../../wait/options.ts'
import type { SharedPlace } from '../placed.ts'
import type { Held } from './held.ts'
import { InUse } from './in-use.ts'
import type { Robust } from './robust.ts'
import { HeldRead, HeldWrite } from './rw-held.ts'
import { CLEAN, DIED, LOST, RwMemory, sizeFor, WRITING } from './rw-memory.ts'

/** Options of `RwLock.initialize`. */
export interface RwLockOptions {
  /** How many can read at the same time, in all processes together: 1 to 4096. Default 32. More wait. */
  readonly readers?: number
}

const ENOTRECOVERABLE = -(errno['ENOTRECOVERABLE'] ?? 0)
const MANY = 32
// A gate that is not free may be in the hands of a reader that is just passing.
const TRIES = 64

/**
 * A read-write lock in memory that processes share: many readers or one writer. A reader that dies is forgotten. A writer
 * that dies leaves the data half written: the next holders are told (`ownerDied`) until a writer calls `makeConsistent`.
 * Whoever waits to write is not overtaken by readers that come later. The layout is hutong's own, include/hutong/rwlock.h, made
 * of robust mutexes of libc: what Mutex says about trust, threads and namespaces holds here too.
 */
export class RwLock {
  /** What its address must be a multiple of. */
  static readonly alignment: number = mutexAlignment
  readonly #memory: RwMemory
  readonly #use: InUse
  #pending = 0
  #next = 0

  private constructor(memory: RwMemory) {
    this.#memory = memory
    this.#use = new InUse(memory.place, memory, () => this.#pending)
    this.#next = process.pid // processes begin to look at different slots
  }

  /** Bytes of a lock for so many readers at the same time. */
  static sizeFor(readers: number = MANY): number {
    return sizeFor(readers)
  }

  /** Makes a lock of the `RwLock.sizeFor(readers)` bytes at `offset`. Do it once, before anybody else uses it. */
  static initialize(memory: SharedPlace, offset: number, options: RwLockOptions = {}): RwLock {
    return new RwLock(RwMemory.initialize(memory, offset, options.readers ?? MANY))
  }

  /** Takes the lock that is there, or throws NotALockError. */
  static at(memory: SharedPlace, offset: number): RwLock {
    return new RwLock(RwMemory.at(memory, offset))
  }

  /** How many can read at the same time. */
  get readers(): number {
    return this.#memory.readers
  }

  /** How many operations wait for it in this thread. */
  get pending(): number {
    return this.#pending
  }

  /** Waits until nobody writes or waits to write before, and reads. Errors: ENOTRECOVERABLE, EAGAIN, EBADF as Mutex. */
  read(options?: WaitOptions): Promise<Held> {
    return this.#wait(this.#reading(), options)
  }

  /** As `read`, but `undefined` at once when somebody writes, or waits to. */
  tryRead(): Held | undefined {
    return this.#try(this.#reading())
  }

  /** As `read`, blocking this thread. EDEADLK if this thread writes, or waits to. */
  readSync(options?: SyncOptions): Held {
    return this.#waitSync(this.#reading(), options)
  }

  /** Waits until nobody reads or writes, and writes. */
  write(options?: WaitOptions): Promise<Held> {
    return this.#wait(this.#writing(), options)
  }

  /** As `write`, but `undefined` at once when somebody reads or writes. */
  tryWrite(): Held | undefined {
    return this.#try(this.#writing())
  }

  /** As `write`, blocking this thread. EDEADLK if this thread reads or writes. */
  writeSync(options?: SyncOptions): Held {
    return this.#waitSync(this.#writing(), options)
  }

  get #what(): string {
    return `waiting for the ${this.#memory.place.label}`
  }

  /** Through the gate, to a slot. The gate stays shut while all slots are taken: it is their turn before that of others. */
  *#reading(): Steps {
    const { gate } = this.#memory
    this.#enter(yield gate)
    try {
      this.#checkLost()
      for (let tries = 0; tries < this.readers; tries++) {
        const slot = this.#memory.slot(this.#next + tries)
        const ownerDied = slot.tryLock()
        if (ownerDied === undefined) continue
        this.#next += tries
        return this.#read(slot, ownerDied)
      }
      const slot = this.#memory.slot(this.#next++)
      return this.#read(slot, yield slot)
    } finally {
      gate.unlock()
    }
  }

  /** Through the gate, which stays shut, and to all slots, one after the other: no reader comes after a writer that waits. */
  *#writing(): Steps {
    const { gate } = this.#memory
    const taken = [gate]
    this.#enter(yield gate)
    try {
      this.#checkLost()
      for (let index = 0; index < this.readers; index++) {
        const slot = this.#memory.slot(index)
        repair(slot, yield slot)
        taken.push(slot)
      }
      if (this.#memory.state === CLEAN) this.#memory.state = WRITING
      return new HeldWrite(this.#memory, this.#use, taken.splice(0))
    } finally {
      for (const mutex of taken.reverse()) mutex.unlock()
    }
  }

  /** Whoever held the gate died: if it was at work on the data, everybody has to know. */
  #enter(ownerDied: boolean): void {
    if (!ownerDied) return
    if (this.#memory.state === WRITING) this.#memory.state = DIED
    this.#memory.gate.makeConsistent()
  }

  #checkLost(): void {
    if (this.#memory.state !== LOST) return
    const hint =
      'A writer died, and the next unlocked it without makeConsistent(): repair the data and initialize it again.'
    throw new SysError(ENOTRECOVERABLE, 'lock', { on: `the ${this.#memory.place.label}`, hint })
  }

  #read(slot: Robust, ownerDied: boolean): Held {
    repair(slot, ownerDied)
    return new HeldRead(this.#memory, this.#use, slot)
  }

  async #wait(steps: Steps, options?: WaitOptions): Promise<Held> {
    checkOptions(options)
    this.#memory.place.check('lock')
    const countdown = new Countdown(options ?? {})
    this.#pending++
    this.#use.begin()
    try {
      let step = steps.next()
      while (step.done !== true) {
        step = await step.value.lock(countdown.left()).then(
          (ownerDied) => steps.next(ownerDied),
          (reason) => steps.throw(countdown.ended(reason, this.#what)), // lets go, and throws it again
        )
      }
      this.#use.taken()
      return step.value
    } finally {
      this.#pending--
    }
  }

  #waitSync(steps: Steps, options?: SyncOptions): Held {
    checkTimeout(options?.timeout)
    const countdown = new Countdown(options ?? {})
    let step = steps.next()
    while (step.done !== true) {
      let ownerDied = false
      try {
        ownerDied = step.value.tryLock() ?? step.value.lockSync(countdown.left())
      } catch (error) {
        step = steps.throw(countdown.ended(error, this.#what))
        continue
      }
      step = steps.next(ownerDied)
    }
    this.#use.taken()
    return step.value
  }

  #try(steps: Steps): Held | undefined {
    let step = steps.next()
    while (step.done !== true) {
      let ownerDied = step.value.tryLock()
      for (
        let tries = 0;
        ownerDied === undefined && tries < TRIES && step.value === this.#memory.gate;
        tries++
      )
        ownerDied = step.value.tryLock()
      if (ownerDied === undefined) {
        steps.return(undefined as never)
        return undefined
      }
      step = steps.next(ownerDied)
    }
    this.#use.taken()
    return step.value
  }
}

/** Yields the mutex that is to be locked next, gets whether its holder died, and gives the lock; lets go when it is ended. */
type Steps = Generator<Robust, Held, boolean>

/** Slots say nothing about the data: a reader changed none, and of a writer the gate tells. */
function repair(slot: Robust, ownerDied: boolean): void {
  if (ownerDied) slot.makeConsistent()
}
