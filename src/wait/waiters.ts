// The operations of one object that wait on threads and touch shared memory there (native/program.h): when the object is
// closed they must have ended, because the memory goes with it.
import { ECANCELED } from '../sys/errno.ts'
import { closedError, must, SysError } from '../sys/error.ts'
import type { Ticket } from '../sys/native.ts'
import { waitCancel, waitJoin, waitRef, waitStart } from '../sys/wait.ts'
import { checkOptions, onGiveUp, type WaitOptions } from './options.ts'

/** A call to make on a waiting thread: a program, or a system call whose result needs no more than its number. */
export interface ThreadCall {
  readonly number: number
  readonly args: readonly number[]
  /** The system call that an error names. */
  readonly syscall: string
}

type GiveUp = (reason: unknown) => void

export class Waiters {
  /** What errors call the object. */
  readonly #label: string
  readonly #waiting = new Map<Ticket, GiveUp>()
  readonly #onIdle: () => void
  #keepAlive = true

  /** `onIdle` is called whenever the last of them has ended. */
  constructor(label: string, onIdle: () => void = () => {}) {
    this.#label = label
    this.#onIdle = onIdle
  }

  /** How many wait now. */
  get pending(): number {
    return this.#waiting.size
  }

  /** Makes the call; an abort, a timeout or `close` ends it, unless it has taken effect already. */
  wait(call: ThreadCall, options?: WaitOptions): Promise<number> {
    return new Promise((resolve, reject) => {
      checkOptions(options)
      let givenUp: { readonly reason: unknown } | undefined
      let callOff = (): void => {}
      const ticket = waitStart(call.number, call.args, undefined, (result) => {
        callOff()
        this.#waiting.delete(ticket as Ticket)
        if (this.#waiting.size === 0) this.#onIdle()
        if (result === ECANCELED && givenUp !== undefined) reject(givenUp.reason)
        else if (result < 0) reject(new SysError(result, call.syscall, { on: this.#label }))
        else resolve(result)
      })
      if (typeof ticket === 'number') {
        if (this.#waiting.size === 0) this.#onIdle()
        const hint = 'Every waiting operation needs a thread.'
        must(ticket, 'pthread_create', { on: `for a wait on ${this.#label}`, hint })
        return
      }
      if (!this.#keepAlive) waitRef(ticket, false)
      const giveUp: GiveUp = (reason) => {
        givenUp ??= { reason }
        waitCancel(ticket)
      }
      this.#waiting.set(ticket, giveUp)
      callOff = onGiveUp(options, `waiting on ${this.#label}`, giveUp)
    })
  }

  /** Ends all that wait, with EBADF. When this returns none of them touches memory any more. */
  close(): void {
    if (this.#waiting.size === 0) return
    const reason = closedError('wait', `${this.#label}, closed while an operation waited`)
    for (const giveUp of this.#waiting.values()) giveUp(reason)
    for (const ticket of this.#waiting.keys()) waitJoin(ticket)
  }

  /** Whether those that wait, and those to come, keep the event loop running. */
  keepAlive(wanted: boolean): void {
    this.#keepAlive = wanted
    for (const ticket of this.#waiting.keys()) waitRef(ticket, wanted)
  }
}
