// A lock on a file while it is held, and what can become of it.
import { EBUSY, EINVAL, EPERM } from '../sys/errno.ts'
import { SysError } from '../sys/error.ts'
import { checkOptions, checkTimeout, type SyncOptions, type WaitOptions } from '../wait/options.ts'
import type { Mode } from './file-lock-way.ts'
import type { Held } from './lock/held.ts'

/** What a FileLock lets its holder do. */
export interface LockState {
  /** What the lock is now; the FileLock makes it free when it is closed. */
  mode: Mode
  readonly label: string
  readonly syscall: string
  /** Whether a conversion that does not succeed leaves the lock as it was. */
  readonly atomic: boolean
  trySet(mode: Mode): boolean
  set(mode: Mode, options: WaitOptions): Promise<void>
  setSync(mode: Mode, options: SyncOptions): void
  released(): void
}

/** What a held lock on a file becomes. */
export interface Conversion {
  readonly shared: boolean
}

/** A conversion did not succeed, and the lock was lost by it, as flock(2) may: somebody else has it now. `cause` says why. */
export class LockLostError extends Error {
  readonly code = 'ERR_LOCK_LOST'
  constructor(label: string, cause: unknown) {
    super(`${label} was lost: flock(2) gives a lock up before it converts it, and somebody else took it`, {
      cause,
    })
    this.name = 'LockLostError'
  }
}

/** A lock on a file that is held: what the lock methods of FileLock give. */
export class HeldFile implements Held {
  /** Always false: the kernel releases the locks of the dead and does not tell. */
  readonly ownerDied = false
  readonly #state: LockState
  #busy = false

  constructor(state: LockState) {
    this.#state = state
  }

  /** Whether others may hold the lock too. */
  get shared(): boolean {
    return this.#state.mode === 'shared'
  }

  /** EINVAL: there is never anything to repair. */
  makeConsistent(): void {
    this.#check()
    throw this.#error(EINVAL, 'A lock on a file is never inconsistent.')
  }

  /**
   * Makes an exclusive lock a shared one, or a shared one exclusive, waiting until that is possible. A record lock stays what
   * it was until then, so two holders that both want it exclusive wait for ever: give a timeout. flock(2) gives its lock up
   * first: others may have it in between, and when the wait is given up it may be lost (LockLostError).
   */
  async convert(to: Conversion, options: WaitOptions = {}): Promise<void> {
    const mode = this.#target(to)
    checkOptions(options)
    this.#busy = true
    try {
      if (!this.#state.trySet(mode)) await this.#state.set(mode, options)
      this.#state.mode = mode
    } catch (error) {
      this.#restore(error)
      throw error
    } finally {
      this.#busy = false
    }
  }

  /** As `convert`, but `undefined` at once when it is not possible now. */
  tryConvert(to: Conversion): true | undefined {
    const mode = this.#target(to)
    if (!this.#state.trySet(mode)) {
      this.#restore(undefined)
      return undefined
    }
    this.#state.mode = mode
    return true
  }

  /** As `convert`, blocking this thread. */
  convertSync(to: Conversion, options: SyncOptions = {}): void {
    const mode = this.#target(to)
    checkTimeout(options.timeout)
    try {
      this.#state.setSync(mode, options)
    } catch (error) {
      this.#restore(error)
      throw error
    }
    this.#state.mode = mode
  }

  unlock(): void {
    this.#check()
    const { label } = this.#state
    if (this.#busy) throw this.#error(EBUSY, 'A conversion of it waits: abort that first.')
    this.#state.mode = 'free'
    if (!this.#state.trySet('free')) throw new Error(`${label} could not be unlocked`) // the kernel never says so
    this.#state.released()
  }

  [Symbol.dispose](): void {
    if (this.#state.mode !== 'free') this.unlock()
  }

  #target({ shared }: Conversion): Mode {
    this.#check()
    if (typeof shared !== 'boolean') throw new TypeError('shared must be true or false')
    if (this.#busy) throw this.#error(EBUSY, 'A conversion of it waits already.')
    return shared ? 'shared' : 'exclusive'
  }

  #restore(cause: unknown): void {
    if (this.#state.atomic || this.#state.mode === 'free' || this.#state.trySet(this.#state.mode)) return
    this.#state.mode = 'free'
    this.#state.released()
    throw new LockLostError(this.#state.label, cause)
  }

  #check(): void {
    if (this.#state.mode === 'free') throw this.#error(EPERM, 'It has been unlocked.')
  }

  #error(code: number, hint: string): SysError {
    return new SysError(code, this.#state.syscall, { on: this.#state.label, hint })
  }
}
