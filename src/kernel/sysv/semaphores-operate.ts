// Operating on a semaphore set: at once, blocking, or on a waiting thread.
import { constants } from '../../sys/constants.ts'
import { EAGAIN } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import { type SemaphoreStep, semtimedop, semtimedopOne, stepBuffer } from '../../sys/sysv-semaphore.ts'
import {
  checkOptions,
  checkTimeout,
  type SyncOptions,
  TimeoutError,
  type WaitOptions,
} from '../../wait/options.ts'
import { takeTurn } from '../../wait/turn.ts'
import type { SysvHandle } from './handle.ts'

type Steps = readonly SemaphoreStep[]

const FOR_EVER = -1
const NO_DEADLINE = 0 // a null pointer for semtimedop(2)

/** In milliseconds, as semtimedop takes it. */
function longestWait(options: SyncOptions | undefined): number {
  const timeout = options?.timeout
  if (timeout === undefined || timeout === Number.POSITIVE_INFINITY) return FOR_EVER
  checkTimeout(timeout)
  return timeout
}

/** The half of a semaphore set that operates. Undone operations are the process's, whichever thread did them. */
export class SemaphoreOperator {
  readonly #handle: SysvHandle
  keepAlive = true

  constructor(handle: SysvHandle) {
    this.#handle = handle
  }

  /** Done, true; would have to wait, undefined. */
  now(steps: Steps): true | undefined {
    this.#handle.check('semop')
    return this.#try(steps) ? true : undefined
  }

  block(steps: Steps, options: SyncOptions | undefined): void {
    this.#handle.check('semop')
    const timeout = longestWait(options)
    const result = semtimedop(this.#handle.id, steps, timeout)
    if (result !== 0) this.#throw(result, steps, timeout)
  }

  /** As `block`, of one operation. */
  blockOne(step: SemaphoreStep, options: SyncOptions | undefined): void {
    this.#handle.check('semop')
    const timeout = longestWait(options)
    const result = semtimedopOne(this.#handle.id, step, timeout)
    if (result !== 0) this.#throw(result, [step], timeout)
  }

  /** Most operations need no thread. */
  start(steps: Steps, options: WaitOptions | undefined): Promise<void> {
    checkOptions(options)
    this.#handle.check('semop')
    return this.#try(steps) ? takeTurn(undefined) : this.#wait(steps, options)
  }

  get #name(): string {
    return `waiting for ${this.#handle}`
  }

  #try(steps: Steps): boolean {
    const now = steps.map((step) => ({ ...step, flags: step.flags | constants.IPC_NOWAIT }))
    const result = semtimedop(this.#handle.id, now, FOR_EVER)
    if (result < 0 && result !== EAGAIN) throw this.#failed(result, steps)
    return result === 0
  }

  async #wait(steps: Steps, options: WaitOptions | undefined): Promise<void> {
    const args = [this.#handle.id, stepBuffer(steps), steps.length, NO_DEADLINE]
    const call = { number: constants.SYS_semtimedop, name: this.#name, args, ref: this.keepAlive }
    const { result } = await this.#handle.wait(call, options)
    if (result < 0) throw this.#failed(result, steps)
  }

  #throw(result: number, steps: Steps, timeout: number): never {
    throw result === EAGAIN ? new TimeoutError(this.#name, timeout) : this.#failed(result, steps)
  }

  #failed(result: number, steps: Steps): SysError {
    const failed = this.#handle.failed(result, 'semop')
    const hint = hintFor(failed.code, steps)
    return hint === undefined ? failed : new SysError(result, 'semop', { on: `${this.#handle}`, hint })
  }
}

function hintFor(code: string, steps: Steps): string | undefined {
  if (code === 'ERANGE') return 'A value, or what `undo` is to give back, would exceed 32767.'
  if (code === 'E2BIG')
    return `${steps.length} operations at once are more than /proc/sys/kernel/sem allows (its third number).`
  if (code === 'EACCES')
    return 'Its mode does not allow this user to alter it (waiting for zero: to read it).'
  return undefined
}
