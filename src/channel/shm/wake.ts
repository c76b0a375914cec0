// How a side of shared memory waits for the other: awake for a short budget in turns of the event loop, then asleep on its
// bell, an eventfd that the other side rings when it has been told, in shared memory, that we sleep.
import { cpus } from 'node:os'
import type { EventFd } from '../../kernel/event-fd.ts'
import { constants } from '../../sys/constants.ts'
import { epoll_create1, epoll_ctl } from '../../sys/epoll.ts'
import { EAGAIN } from '../../sys/errno.ts'
import { must } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { poll } from '../../sys/file.ts'
import type { Watcher } from '../../sys/native.ts'
import { QuickTransfer } from '../../sys/quick.ts'
import { READABLE, unwatch, watch, watchFor, watchRef } from '../../sys/wait.ts'
import { type Deadline, pollUntil } from '../../wait/sync.ts'
import { Patience } from './patience.ts'

/** Microseconds that a consumer stays awake after traffic, where there is a second processor. */
export const DEFAULT_SPIN = 50
export const LONGEST_SPIN = 1_000_000

// What comes while we look at once needs no turn of the event loop. Not more often in a row: others want theirs.
const SHORTCUTS = 100

/** What is waited for. Each may throw: the channel has failed then. */
export interface Sleeper {
  readonly label: string
  /** Whether it may be there. */
  ready(): boolean
  /** How often to ask that at a time, in half a microsecond: about as long as a turn of the event loop takes. */
  readonly looks: number
  /** Says in shared memory that we sleep; false when it is there by now. */
  sleep(): boolean
  /** It may be there; on the event loop. */
  woken(): void
  /** `ready` or `sleep` has thrown. */
  failed(error: unknown): void
}

// Written to ring a bell, and read to silence one.
const one = new Uint8Array(new BigUint64Array([1n]).buffer)
const rung = new Uint8Array(8)
const ringing = new QuickTransfer()
const silencing = new QuickTransfer()

/**
 * RangeError for a budget that is none. Infinity: never sleep in the blocking forms. On a machine with one processor, 0;
 * how many this process may use says nothing, since the peer may have another.
 */
export function checkSpin(spin: number | undefined): number {
  if (spin === undefined) return cpus().length > 1 ? DEFAULT_SPIN : 0
  if (
    typeof spin === 'number' &&
    (spin === Number.POSITIVE_INFINITY || (spin >= 0 && spin <= LONGEST_SPIN))
  ) {
    return spin
  }
  throw new RangeError(`spin must be 0 to ${LONGEST_SPIN} microseconds, or Infinity, not ${String(spin)}`)
}

/** Rings a bell. One that cannot be rung any more is loud enough (its counter is at its end), or its owner is gone. */
export function ring(bell: EventFd): void {
  ringing.write(bell.fd, one)
}

export class Wake {
  readonly #bell: EventFd
  readonly #sleeper: Sleeper
  readonly #spin: number
  #watcher: Watcher | undefined
  #wanted = false
  #keepAlive = true
  #referenced = false
  readonly #patience: Patience
  #turning: NodeJS.Immediate | undefined
  #until = 0
  #shortcuts = 0
  #epoll: Fd | undefined

  /** Takes over `bell`, which is closed with it. `spin` in microseconds. */
  constructor(bell: EventFd, sleeper: Sleeper, spin: number) {
    this.#bell = bell
    this.#sleeper = sleeper
    this.#spin = spin
    this.#patience = new Patience(spin > 0)
  }

  /** Says whether something is waited for on the event loop, from now on. */
  want(wanted: boolean): void {
    if (this.#bell.closed) return
    this.#wanted = wanted
    if (wanted && this.#turning === undefined) {
      this.#until = 0 // it counts from the first turn in which nothing is there
      if (this.#spin > 0 && this.#seesIt()) this.#goOnSoon()
      else if (this.#patience.awake) this.#turnLater()
      else this.#fallAsleep()
    }
    // Who is told now often wants the next at once: two calls are saved.
    if (wanted) this.#reference()
    else if (this.#referenced) queueMicrotask(this.#reference)
  }

  set keepAlive(keepAlive: boolean) {
    this.#keepAlive = keepAlive
    this.#reference()
  }

  /**
   * Blocks this thread until what is waited for may be there, or `also`, a descriptor, is readable: gives whether to look
   * at that. TimeoutError.
   */
  waitSync(also: number, deadline: Deadline): boolean {
    const sleeper = this.#sleeper
    let until = 0
    for (let round = 1; this.#spin > 0; round++) {
      if (this.#look()) return false
      const now = performance.now()
      if (until === 0) until = Math.min(now + this.#spin / 1000, deadline.at)
      if (now >= until) break
      if ((round & 255) === 0 && poll(also, constants.POLLIN, 0) > 0) return true
    }
    if (!sleeper.sleep()) return false
    pollUntil(this.#both(also).number, constants.POLLIN, deadline, sleeper.label)
    silencing.read(this.#bell.fd, rung)
    return true
  }

  close(): void {
    this.#wanted = false
    clearImmediate(this.#turning)
    if (this.#watcher !== undefined) unwatch(this.#watcher)
    this.#watcher = undefined
    this.#epoll?.close()
    this.#bell.close()
  }

  readonly #turn = (): void => {
    this.#turning = undefined
    this.#shortcuts = 0
    this.#goOn()
  }

  #seesIt(): boolean {
    try {
      return this.#look()
    } catch {
      return true // it is told when we go on
    }
  }

  readonly #goOn = (): void => {
    if (!this.#wanted || this.#turning !== undefined) return
    try {
      if (this.#look()) {
        if (this.#until > 0) this.#patience.rewarded()
        this.#sleeper.woken()
      } else if (this.#isTime()) {
        this.#patience.inVain()
        this.#fallAsleep()
      } else this.#turnLater()
    } catch (error) {
      this.#sleeper.failed(error)
    }
  }

  #look(): boolean {
    const sleeper = this.#sleeper
    const { looks } = sleeper
    for (let i = 0; i < looks; i++) if (sleeper.ready()) return true
    return false
  }

  /** Whether we have been awake for long enough. */
  #isTime(): boolean {
    const now = performance.now()
    if (this.#until === 0) this.#until = now + this.#spin / 1000
    return now >= this.#until
  }

  readonly #onBell = (): void => {
    if (silencing.read(this.#bell.fd, rung) === EAGAIN) return
    this.#shortcuts = 0
    this.#goOn()
  }

  #turnLater(): void {
    this.#turning = setImmediate(this.#turn)
    if (!this.#keepAlive) this.#turning.unref()
  }

  /** What is waited for is there. Nothing is said to a listener inside a call of the channel: it is told after that. */
  #goOnSoon(): void {
    if (this.#shortcuts === SHORTCUTS) {
      this.#turnLater()
      return
    }
    this.#shortcuts++
    queueMicrotask(this.#goOn)
  }

  // Nothing is thrown, either: a timer may have made the call.
  #fallAsleep(): void {
    this.#until = 0
    try {
      if (this.#watcher === undefined) {
        this.#watcher = this.#watch()
        this.#reference() // a fresh one keeps nothing running
      }
      if (!this.#sleeper.sleep()) this.#goOnSoon()
    } catch (error) {
      setImmediate(() => this.#sleeper.failed(error))
    }
  }

  #watch(): Watcher {
    const watcher = watch(this.#bell.fd, this.#onBell)
    if (typeof watcher === 'number') {
      must(watcher, 'epoll_ctl', { on: this.#sleeper.label })
      throw new Error('unreachable')
    }
    must(watchFor(watcher, READABLE), 'epoll_ctl', { on: this.#sleeper.label })
    watchRef(watcher, this.#wanted && this.#keepAlive)
    return watcher
  }

  readonly #reference = (): void => {
    const keep = this.#wanted && this.#keepAlive
    if (this.#watcher !== undefined && keep !== this.#referenced) {
      watchRef(this.#watcher, keep)
      this.#referenced = keep
    }
    if (this.#keepAlive) this.#turning?.ref()
    else this.#turning?.unref()
  }

  #both(also: number): Fd {
    if (this.#epoll !== undefined) return this.#epoll
    const on = this.#sleeper.label
    const epoll = new Fd(
      must(epoll_create1(constants.EPOLL_CLOEXEC), 'epoll_create1', { on }),
      `${on}, watched`,
    )
    this.#epoll = epoll
    for (const fd of [this.#bell.fd, also]) {
      must(epoll_ctl(epoll.number, constants.EPOLL_CTL_ADD, fd, constants.EPOLLIN), 'epoll_ctl', { on })
    }
    return epoll
  }
}
