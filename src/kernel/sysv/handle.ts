// What this process holds of a System V object: only its id. There is no descriptor, so nothing is leaked and nothing
// tells us when the object goes away; closing only ends the use of this JavaScript object.
import { EIDRM, EINVAL } from '../../sys/errno.ts'
import { closedError, SysError } from '../../sys/error.ts'
import { type CallResult, type WaitingCall, waitCall } from '../../wait/call.ts'
import type { WaitOptions } from '../../wait/options.ts'

/** The id of an object, until it is closed. */
export class SysvHandle {
  readonly id: number
  /** What errors call it: `message queue 0x00001234 (id 65538)`. */
  readonly label: string
  #closed = false
  #closing: AbortController | undefined

  constructor(id: number, label: string) {
    this.id = id
    this.label = label
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Throws EBADF once closed. */
  check(syscall: string): void {
    if (this.#closed) throw closedError(syscall, this.label)
  }

  /** Makes the call on a waiting thread; rejects with EBADF when this is closed meanwhile, unless it has taken effect. */
  wait(call: WaitingCall, options: WaitOptions | undefined): Promise<CallResult> {
    this.#closing ??= new AbortController()
    return waitCall({ ...call, closing: this.#closing.signal }, options)
  }

  /**
   * The error of a failed call. `valid`: its arguments were, so that EINVAL can only mean that the object has gone, which is
   * EIDRM for who had found it.
   */
  failed(result: number, syscall: string, valid = true): SysError {
    if (result !== EIDRM && !(result === EINVAL && valid))
      return new SysError(result, syscall, { on: this.label })
    return new SysError(EIDRM, syscall, { on: this.label, hint: 'It has been removed.' })
  }

  /** Ends the use; operations that wait reject with EBADF. Removes nothing. Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#closing?.abort(closedError('wait', `${this.label}, closed while an operation waited`))
  }

  toString(): string {
    return this.label
  }
}
