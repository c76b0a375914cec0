// Locks on files, flock(2) and fcntl_locking(2): for programs that agree on a file's name, whatever they are written in.
import { constants } from '../sys/constants.ts'
import { EAGAIN, EBADF, errno } from '../sys/errno.ts'
import { closedError, must, SysError } from '../sys/error.ts'
import type { Fd } from '../sys/fd.ts'
import { fcntlLock, flockBytes, flockOf } from '../sys/file-lock.ts'
import { waitCall } from '../wait/call.ts'
import { Countdown } from '../wait/countdown.ts'
import {
  checkOptions,
  checkTimeout,
  type SyncOptions,
  TimeoutError,
  type WaitOptions,
} from '../wait/options.ts'
import { takeTurn } from '../wait/turn.ts'
import { HeldFile, type LockState } from './file-lock-held.ts'
import {
  checked,
  type FileLockOptions,
  type RecordHolder,
  type RecordLockOptions,
  type Sharing,
} from './file-lock-options.ts'
import {
  flockWay,
  type LockTarget,
  type Mode,
  openTarget,
  recordWay,
  TYPE,
  type Way,
} from './file-lock-way.ts'
import { Turns } from './lock/turns.ts'
import { checkFlag, checkWhole } from './mapping-options.ts'

const EDEADLK = -(errno['EDEADLK'] ?? 0)
const ETIMEDOUT = -(errno['ETIMEDOUT'] ?? 0)

/**
 * A lock on a file: shared, by many, or exclusive, by one. Advisory: it stops only those who ask for it. It belongs to the
 * open file description, so it goes when the last descriptor of that is closed, at the latest with the process.
 * One FileLock holds at most one lock; more that are asked of it, in this process, wait their turn. Two FileLocks of one
 * path are strangers to each other, also in one process.
 */
export class FileLock {
  readonly #fd: Fd
  readonly #way: Way
  readonly #shared: boolean
  readonly #turns = new Turns()
  readonly #closing = new AbortController()
  #inKernel = false
  #held: LockState | undefined

  protected constructor(fd: Fd, way: Way, shared: boolean) {
    this.#fd = fd
    this.#way = way
    this.#shared = shared
  }

  /**
   * A lock on a whole file, flock(2), as flock(1) and many daemons take it. A path is opened, for this lock alone; a file that
   * is missing is made. A descriptor shares its description, and so its lock, with whoever has it. Errors: those of open(2).
   */
  static flock(target: LockTarget, options: FileLockOptions = {}): FileLock {
    return new FileLock(openTarget(target, checked(options)), flockWay, options.shared === true)
  }

  /** A lock on a range of a file's bytes: an OFD lock of fcntl_locking(2). It excludes the POSIX locks of others, too. */
  static record(target: LockTarget, options: RecordLockOptions = {}): RecordLock {
    return RecordLock.open(target, options)
  }

  get closed(): boolean {
    return this.#closing.signal.aborted
  }

  /** The descriptor's number. Throws EBADF once closed. */
  get fd(): number {
    this.#closing.signal.throwIfAborted()
    return this.#fd.number
  }

  /** How many operations of this object wait. */
  get pending(): number {
    return this.#turns.waiting + (this.#turns.taken && this.#held === undefined ? 1 : 0)
  }

  /**
   * Waits for the lock, on a thread of its own, and takes it. Errors: EBADF (a record lock that is exclusive, of a file opened
   * for reading; shared, of one opened for writing only), ENOLCK (no room for locks), EAGAIN (no thread to wait on).
   */
  async lock(options: WaitOptions & Sharing = {}): Promise<HeldFile> {
    const mode = this.#modeOf(options)
    checkOptions(options)
    const countdown = new Countdown(options)
    const what = `waiting for the ${this.#fd.label}`
    await this.#turns.take(what, options)
    try {
      if (this.#try(mode)) return await takeTurn(this.#hold(mode))
      await this.#wait(mode, countdown.left())
      return this.#hold(mode)
    } catch (error) {
      this.#turns.end()
      throw countdown.ended(error, what)
    }
  }

  /** As `lock`, but `undefined` at once while it is not to be had. */
  tryLock(options: Sharing = {}): HeldFile | undefined {
    const mode = this.#modeOf(options)
    if (!this.#turns.tryTake()) return undefined
    return this.#orEnd(() => (this.#try(mode) ? this.#hold(mode) : undefined))
  }

  /** As `lock`, blocking this thread. EDEADLK if this object holds it, or waits for it. */
  lockSync(options: SyncOptions & Sharing = {}): HeldFile {
    const mode = this.#modeOf(options)
    checkTimeout(options.timeout)
    if (!this.#turns.tryTake()) {
      const hint = 'This FileLock holds it already, or waits for it: await lock().'
      throw new SysError(EDEADLK, this.#way.syscall, { on: `${this.#fd}`, hint })
    }
    return this.#orEnd(() => {
      this.#waitSync(mode, options)
      return this.#hold(mode)
    })
  }

  /** Releases the lock, if held, and closes the descriptor; operations that wait reject with EBADF. Idempotent. */
  close(): void {
    if (this.closed) return
    const reason = closedError(this.#way.syscall, `${this.#fd.label}, closed while an operation waited`)
    this.#turns.fail(reason)
    this.#closing.abort(reason)
    if (this.#held !== undefined) this.#held.mode = 'free'
    if (!this.#inKernel) this.#release() // otherwise whoever waits there does it
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #modeOf({ shared = this.#shared }: Sharing): Mode {
    this.#closing.signal.throwIfAborted()
    checkFlag(shared, 'shared')
    return shared ? 'shared' : 'exclusive'
  }

  #orEnd<T>(take: () => T): T {
    let held: T | undefined
    try {
      held = take()
      return held
    } finally {
      if (held === undefined) this.#turns.end()
    }
  }

  #try(mode: Mode): boolean {
    const result = this.#way.set(this.#fd.number, mode)
    return result !== EAGAIN && this.#done(result)
  }

  async #wait(mode: Mode, options: WaitOptions): Promise<void> {
    const { signal } = this.#closing
    const call = { ...this.#way.call(this.#fd.number, mode), name: `waiting for the ${this.#fd.label}` }
    this.#inKernel = true
    try {
      const { result } = await waitCall({ ...call, closing: signal }, options)
      signal.throwIfAborted() // it may have come first, and is released below
      this.#done(result)
    } finally {
      this.#inKernel = false
      if (signal.aborted) this.#release()
    }
  }

  /** Others may have the description, and keep it open: the lock would stay. */
  #release(): void {
    this.#way.set(this.#fd.number, 'free')
    this.#fd.close()
  }

  #waitSync(mode: Mode, { timeout }: SyncOptions): void {
    const most = timeout === undefined || timeout === Number.POSITIVE_INFINITY ? -1 : Math.ceil(timeout)
    const result = this.#way.setUntil(this.#fd.number, mode, most)
    if (result === ETIMEDOUT) throw new TimeoutError(`waiting for the ${this.#fd.label}`, timeout ?? 0)
    this.#done(result)
  }

  #done(result: number): true {
    if (result === EBADF) {
      const hint = 'An exclusive record lock needs a file opened for writing, a shared one for reading.'
      throw new SysError(result, this.#way.syscall, { on: `${this.#fd}`, hint })
    }
    must(result, this.#way.syscall, { on: `${this.#fd}` })
    return true
  }

  #hold(mode: Mode): HeldFile {
    const state: LockState = {
      mode,
      label: `${this.#fd}`,
      syscall: this.#way.syscall,
      atomic: this.#way.syscall === 'fcntl',
      trySet: (to) => this.#try(to),
      set: (to, options) => this.#wait(to, options),
      setSync: (to, options) => this.#waitSync(to, options),
      released: () => {
        this.#held = undefined
        this.#turns.end()
      },
    }
    this.#held = state
    return new HeldFile(state)
  }
}

/** A lock on a range of a file's bytes; see `FileLock.record`. */
export class RecordLock extends FileLock {
  readonly start: number
  /** 0: up to the file's end. */
  readonly length: number

  private constructor(fd: Fd, range: { readonly start: number; readonly length: number }, shared: boolean) {
    super(fd, recordWay(range.start, range.length), shared)
    this.start = range.start
    this.length = range.length
  }

  /** See `FileLock.record`. */
  static open(target: LockTarget, options: RecordLockOptions = {}): RecordLock {
    const opening = checked(options)
    const range = {
      start: checkWhole(options.start ?? 0, 'start'),
      length: checkWhole(options.length ?? 0, 'length'),
    }
    return new RecordLock(openTarget(target, opening), range, options.shared === true)
  }

  /** One who is in the way of this lock now, or undefined: the range is free, or only this object holds it. F_OFD_GETLK. */
  holder({ shared = false }: Sharing = {}): RecordHolder | undefined {
    const type = shared ? TYPE.shared : TYPE.exclusive
    const bytes = flockBytes({ type, start: this.start, length: this.length })
    must(fcntlLock(this.fd, constants.F_OFD_GETLK, bytes), 'fcntl', { on: `fd ${this.fd}` })
    const { type: found, pid = -1, ...range } = flockOf(bytes)
    return found === TYPE.free ? undefined : { shared: found === TYPE.shared, ...range, pid }
  }
}
