// eventfd: a 64-bit counter behind a descriptor, the cheapest way to wake another process.
import { readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { constants } from '../sys/constants.ts'
import { EAGAIN, EBADF, EINTR, EINVAL } from '../sys/errno.ts'
import { must, SysError } from '../sys/error.ts'
import { eventfd } from '../sys/event.ts'
import { Fd } from '../sys/fd.ts'
import { poll, read, write } from '../sys/file.ts'
import { type SyncOptions, TimeoutError, type WaitOptions } from '../wait/options.ts'
import { Readiness } from '../wait/readiness.ts'
import { waitSync } from '../wait/sync.ts'
import { checkFlag } from './mapping-options.ts'

/** Options of `EventFd.create`. */
export interface EventFdOptions {
  /** The counter at first: 0 (the default) to 2^64 - 2. */
  readonly initial?: bigint | number
  /** Each wait takes 1 instead of everything (EFD_SEMAPHORE). */
  readonly semaphore?: boolean
}

const MOST = 0xffff_ffff_ffff_fffen
// write(2) gives 8. There is room for 1, not for the whole value: look again after a while.
const LITTLE_ROOM = 0
const AGAIN_MS = 2
// Filled just before a call, read just after it, on this thread.
const cell = new BigUint64Array(1)
const neverWoken = new Int32Array(new SharedArrayBuffer(4))

function checkCount(value: unknown, name: string): bigint {
  if (typeof value !== 'bigint' && typeof value !== 'number') {
    throw new TypeError(`${name} must be a bigint or a number, not ${typeof value}`)
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new RangeError(`${name} must be a whole number, not ${value}`)
  }
  const count = BigInt(value)
  if (count < 0n || count > MOST) throw new RangeError(`${name} must be 0 to 2^64 - 2, not ${count}`)
  return count
}

/** Gives the options with what is left of their timeout, and throws once nothing is. */
function countdown<T extends SyncOptions>(options: T | undefined): () => T | undefined {
  const timeout = options?.timeout
  if (options === undefined || timeout === undefined) return () => options
  const start = performance.now()
  let first = true
  return () => {
    if (first) {
      first = false
      return options
    }
    const left = timeout - (performance.now() - start)
    if (left > 0) return { ...options, timeout: left }
    throw new TimeoutError('a post to an eventfd', timeout)
  }
}

function targetOf(fd: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    throw new SysError(EBADF, 'read', { on: `fd ${fd}`, hint: 'Was it opened, and passed to this process?' })
  }
}

/**
 * A counter that processes add to (`post`) and wait for (`wait`), eventfd(2). Shared by passing its descriptor. Waits on
 * the event loop. The counter never passes 2^64 - 2: a post that would waits until somebody takes.
 */
export class EventFd {
  readonly #fd: Fd
  readonly #ready: Readiness

  private constructor(fd: Fd) {
    this.#fd = fd
    this.#ready = new Readiness(fd)
  }

  /** The descriptor's number. Throws EBADF once closed. */
  get fd(): number {
    return this.#fd.number
  }

  get closed(): boolean {
    return this.#fd.closed
  }

  /** Makes a counter. Errors: EMFILE, ENFILE, ENOMEM. */
  static create(options: EventFdOptions = {}): EventFd {
    const initial = checkCount(options.initial ?? 0n, 'initial')
    checkFlag(options.semaphore, 'semaphore')
    const small = initial <= 0xffff_ffffn // eventfd(2) takes an unsigned int
    const flags = constants.EFD_CLOEXEC | (options.semaphore === true ? constants.EFD_SEMAPHORE : 0)
    const event = new EventFd(new Fd(must(eventfd(small ? Number(initial) : 0, flags), 'eventfd'), 'eventfd'))
    if (!small) event.postSync(initial)
    return event
  }

  /** Takes over an eventfd that was received or inherited. EINVAL for a descriptor of something else, which stays open. */
  static from(fd: number): EventFd {
    const target = targetOf(fd)
    if (target !== 'anon_inode:[eventfd]') {
      throw new SysError(EINVAL, 'read', { on: `fd ${fd}`, hint: `It is no eventfd but ${target}.` })
    }
    return new EventFd(Fd.adopt(fd, 'eventfd'))
  }

  /** Waits until the counter is not 0 and takes it: all of it, or 1 of a semaphore. Gives what it took. */
  async wait(options?: WaitOptions): Promise<bigint> {
    let taken = 0n
    await this.#ready.whenReadable(() => {
      const result = this.#take()
      if (result >= 0) taken = cell[0] ?? 0n
      return result
    }, options)
    return taken
  }

  /** As `wait`, but `undefined` at once when the counter is 0. */
  tryWait(): bigint | undefined {
    this.#fd.number // EBADF once closed
    this.#ready.makeNonblocking()
    return this.#take() === EAGAIN ? undefined : cell[0]
  }

  /** As `wait`, blocking this thread. */
  waitSync(options?: SyncOptions): bigint {
    this.#prepareSync(options)
    waitSync(this.#fd, constants.POLLIN, () => this.#take(), options)
    return cell[0] ?? 0n
  }

  /** Adds `value` (0 to 2^64 - 2), waiting while that would pass 2^64 - 2. */
  async post(value: bigint | number = 1n, options?: WaitOptions): Promise<void> {
    const count = checkCount(value, 'value')
    const left = countdown(options)
    while ((await this.#ready.whenWritable(() => this.#addOrLittleRoom(count), left())) === LITTLE_ROOM) {
      await sleep(AGAIN_MS)
    }
  }

  /** Adds `value` now and gives true; `undefined` when that would pass 2^64 - 2. */
  tryPost(value: bigint | number = 1n): true | undefined {
    const count = checkCount(value, 'value')
    this.#fd.number
    this.#ready.makeNonblocking()
    return this.#add(count) === EAGAIN ? undefined : true
  }

  /** As `post`, blocking this thread. */
  postSync(value: bigint | number = 1n, options?: SyncOptions): void {
    const count = checkCount(value, 'value')
    this.#prepareSync(options)
    const left = countdown(options)
    const add = (): number => this.#addOrLittleRoom(count)
    while (waitSync(this.#fd, constants.POLLOUT, add, left()) === LITTLE_ROOM) {
      Atomics.wait(neverWoken, 0, 0, AGAIN_MS)
    }
  }

  /** Waiting operations keep the event loop running (the default). */
  ref(): this {
    this.#ready.ref()
    return this
  }

  unref(): this {
    this.#ready.unref()
    return this
  }

  /**
   * The descriptor's number for `stdio` of `child_process.spawn`, made blocking as a C program may expect: `wait`, `post`
   * and the try forms made it O_NONBLOCK for everybody who shares it. EBUSY while operations wait.
   */
  inherit(): number {
    this.#ready.makeBlocking()
    return this.#fd.number
  }

  /** Closes the descriptor; operations that wait reject with EBADF. Idempotent. */
  close(): void {
    this.#fd.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  // A blocking description would sleep in read(2) or write(2) past the timeout.
  #prepareSync(options: SyncOptions | undefined): void {
    this.#fd.number
    if (options?.timeout !== undefined) this.#ready.makeNonblocking()
  }

  #take(): number {
    return this.#done(read(this.#fd.raw, cell), 'read')
  }

  #add(count: bigint): number {
    cell[0] = count
    return this.#done(write(this.#fd.raw, cell), 'write')
  }

  // The kernel calls the descriptor writable as soon as 1 could be added: waiting for that alone would spin.
  #addOrLittleRoom(count: bigint): number {
    const result = this.#add(count)
    return result === EAGAIN && poll(this.#fd.raw, constants.POLLOUT, 0) > 0 ? LITTLE_ROOM : result
  }

  #done(result: number, syscall: string): number {
    if (result >= 0 || result === EAGAIN || result === EINTR) return result
    return must(result, syscall, { on: `${this.#fd}` })
  }
}
