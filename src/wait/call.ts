// Waiting in a system call that has no descriptor to poll: on a thread of our own (native/wait.c).
import { ECANCELED } from '../sys/errno.ts'
import { SysError } from '../sys/error.ts'
import type { BufferSource, OutArgument } from '../sys/native.ts'
import { waitCancel, waitRef, waitStart } from '../sys/wait.ts'
import { checkOptions, onGiveUp, type WaitOptions } from './options.ts'

/** A raw system call, made on a waiting thread. */
export interface WaitingCall {
  /** Its number, e.g. `constants.SYS_openat`. */
  readonly number: number
  /** Its name, for errors. */
  readonly name: string
  /** At most six; a string or buffer is passed as the address of a private copy. */
  readonly args: readonly (number | string | BufferSource)[]
  /** An argument that is the address of `size` zero bytes for the kernel to fill. */
  readonly out?: OutArgument
  /** False: does not keep the event loop running. */
  readonly ref?: boolean
  /** Aborted when the object is closed: ends the call as an abort does. */
  readonly closing?: AbortSignal
}

/** What a waiting call gave: `>= 0` or `-errno`, and the bytes of its `out` argument. */
export interface CallResult {
  readonly result: number
  readonly bytes: ArrayBuffer | undefined
}

/**
 * Makes the call on a waiting thread. An abort or timeout interrupts it at once; if it has taken effect already its
 * result is delivered all the same. EINTR is retried by the thread. Rejects with SysError EAGAIN if no thread can be made.
 */
export function waitCall(call: WaitingCall, options?: WaitOptions): Promise<CallResult> {
  return new Promise((resolve, reject) => {
    checkOptions(options)
    call.closing?.throwIfAborted()
    let givenUp: { readonly reason: unknown } | undefined
    let callOff = (): void => {}
    const ticket = waitStart(call.number, call.args, call.out, (result, bytes) => {
      callOff()
      if (result === ECANCELED && givenUp !== undefined) reject(givenUp.reason)
      else resolve({ result, bytes })
    })
    if (typeof ticket === 'number') {
      throw new SysError(ticket, 'pthread_create', { on: `for a waiting ${call.name}` })
    }
    if (call.ref === false) waitRef(ticket, false)
    const giveUp = (reason: unknown): void => {
      givenUp ??= { reason }
      waitCancel(ticket)
    }
    const each = [options, { signal: call.closing }].map((until) => onGiveUp(until, call.name, giveUp))
    callOff = () => {
      for (const one of each) one()
    }
  })
}
