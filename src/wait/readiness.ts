// Waiting on the event loop until a descriptor is ready.
import { constants } from '../sys/constants.ts'
import { EAGAIN, EBUSY, EINTR } from '../sys/errno.ts'
import { closedError, must, SysError } from '../sys/error.ts'
import type { Fd } from '../sys/fd.ts'
import { fcntl } from '../sys/file.ts'
import type { Watcher } from '../sys/native.ts'
import { DISCONNECT, READABLE, unwatch, WRITABLE, watch, watchFor, watchRef } from '../sys/wait.ts'
import { checkOptions, onGiveUp, type WaitOptions } from './options.ts'
import { takeTurn } from './turn.ts'

/**
 * One try of an operation: `>= 0` is its result, `-EAGAIN` means wait, `-EINTR` try again. It throws for anything else.
 */
export type Attempt = () => number

interface Waiter {
  readonly attempt: Attempt
  readonly resolve: (result: number) => void
  readonly reject: (reason: unknown) => void
  callOff: () => void
}

interface Operation {
  readonly queue: Waiter[]
  readonly attempt: Attempt
  readonly tried: boolean
}

/** The watcher lives as long as the descriptor, not as this object, which it must not keep from being collected. */
interface Watched {
  watcher: Watcher | undefined
  target: WeakRef<Readiness> | undefined
}

// Whoever waits must stay alive, although the watcher only refers to it weakly.
const waiting = new Set<Readiness>()

/**
 * Readiness of one descriptor. Operations in one direction are served in the order in which they came; each is tried at
 * once and again whenever the kernel says that the descriptor is ready. The description is made O_NONBLOCK on first use.
 */
export class Readiness {
  readonly #fd: Fd
  readonly #readers: Waiter[] = []
  readonly #writers: Waiter[] = []
  readonly #watched: Watched = { watcher: undefined, target: undefined }
  #nonblocking: boolean
  #keepAlive = true

  constructor(fd: Fd, options: { readonly nonblocking?: boolean } = {}) {
    this.#fd = fd
    this.#nonblocking = options.nonblocking ?? false
    const watched = this.#watched
    watched.target = new WeakRef(this)
    fd.beforeClose(() => {
      if (watched.watcher !== undefined) unwatch(watched.watcher)
      watched.watcher = undefined
      const owner = watched.target?.deref()
      if (owner !== undefined) owner.#failAll()
    })
  }

  /** How many operations wait now. */
  get pending(): number {
    return this.#readers.length + this.#writers.length
  }

  /**
   * Runs `attempt` until it succeeds, waiting for the descriptor to become readable in between. Not at once if the caller
   * has `tried`, in this very turn, and been told to wait.
   */
  whenReadable(attempt: Attempt, options?: WaitOptions, tried = false): Promise<number> {
    return this.#run({ queue: this.#readers, attempt, tried }, options)
  }

  /** As `whenReadable`, waiting for the descriptor to become writable. */
  whenWritable(attempt: Attempt, options?: WaitOptions, tried = false): Promise<number> {
    return this.#run({ queue: this.#writers, attempt, tried }, options)
  }

  /** Makes the open file description non-blocking. */
  makeNonblocking(): void {
    if (!this.#nonblocking) this.#setNonblocking(true)
  }

  /** Makes it blocking again, for somebody who is to share it. EBUSY while operations wait. */
  makeBlocking(): void {
    if (this.pending > 0) {
      throw new SysError(EBUSY, 'fcntl', {
        on: `${this.#fd}`,
        hint: 'Operations wait on it: abort or await them first.',
      })
    }
    if (this.#watched.watcher !== undefined) unwatch(this.#watched.watcher)
    this.#watched.watcher = undefined
    this.#setNonblocking(false)
  }

  /** Waiting operations keep the event loop running (the default). */
  ref(): void {
    this.#keepAlive = true
    this.#arm()
  }

  /** Waiting operations do not keep the event loop running. */
  unref(): void {
    this.#keepAlive = false
    this.#arm()
  }

  #setNonblocking(wanted: boolean): void {
    const flags = must(fcntl(this.#fd.number, constants.F_GETFL, 0), 'fcntl', { on: `${this.#fd}` })
    const changed = wanted ? flags | constants.O_NONBLOCK : flags & ~constants.O_NONBLOCK
    must(fcntl(this.#fd.number, constants.F_SETFL, changed), 'fcntl', { on: `${this.#fd}` })
    this.#nonblocking = wanted
  }

  #run({ queue, attempt, tried }: Operation, options: WaitOptions | undefined): Promise<number> {
    try {
      checkOptions(options)
      if (!this.#nonblocking) this.#setNonblocking(true)
      const result = queue.length === 0 && !tried ? retried(attempt) : EAGAIN
      if (result !== EAGAIN) return takeTurn(result)
    } catch (error) {
      return Promise.reject(error)
    }
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { attempt, resolve, reject, callOff: () => {} }
      waiter.callOff = onGiveUp(options, `waiting on ${this.#fd}`, (reason) => {
        queue.splice(queue.indexOf(waiter), 1)
        waiter.callOff()
        this.#arm()
        reject(reason)
      })
      queue.push(waiter)
      try {
        this.#arm()
      } catch (error) {
        queue.splice(queue.indexOf(waiter), 1)
        waiter.callOff()
        reject(error)
      }
    })
  }

  #onEvents(events: number): void {
    if (this.pending === 0 && this.#watched.watcher !== undefined) {
      watchFor(this.#watched.watcher, 0) // left armed by an operation that has ended since
      return
    }
    if ((events & (READABLE | DISCONNECT)) !== 0) this.#serve(this.#readers)
    if ((events & (WRITABLE | DISCONNECT)) !== 0) this.#serve(this.#writers)
    this.#arm()
  }

  #serve(queue: Waiter[]): void {
    for (let waiter = queue[0]; waiter !== undefined; waiter = queue[0]) {
      try {
        const result = retried(waiter.attempt)
        if (result === EAGAIN) return
        waiter.resolve(result)
      } catch (error) {
        waiter.reject(error)
      }
      queue.shift()
      waiter.callOff()
    }
  }

  /** Tells the event loop what is awaited. A watcher stays armed until an event finds nobody waiting. */
  #arm(): void {
    const events = (this.#readers.length > 0 ? READABLE : 0) | (this.#writers.length > 0 ? WRITABLE : 0)
    if (events === 0) waiting.delete(this)
    else waiting.add(this)
    const watcher = this.#watched.watcher ?? (events === 0 ? undefined : this.#watch())
    if (watcher === undefined) return
    watchRef(watcher, this.#keepAlive && events !== 0)
    if (events !== 0) must(watchFor(watcher, events), 'epoll_ctl', { on: `${this.#fd}` })
  }

  #watch(): Watcher {
    const { target } = this.#watched
    const watcher = watch(this.#fd.number, (events) => {
      const owner = target?.deref()
      if (owner !== undefined) owner.#onEvents(events)
    })
    if (typeof watcher === 'number') throw new SysError(watcher, 'epoll_ctl', { on: `${this.#fd}` })
    this.#watched.watcher = watcher
    return watcher
  }

  #failAll(): void {
    for (const queue of [this.#readers, this.#writers]) {
      for (const waiter of queue.splice(0)) {
        waiter.callOff()
        waiter.reject(closedError('wait', `${this.#fd.label}, closed while an operation waited`))
      }
    }
    waiting.delete(this)
  }
}

function retried(attempt: Attempt): number {
  let result = attempt()
  while (result === EINTR) result = attempt()
  return result
}
