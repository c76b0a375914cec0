// Operations on an end that block on waiting threads: those on an open file description that belongs to others too and
// must keep blocking, and splices that may sleep on the disk. One at a time, in the order in which they came.
import { constants } from '../../sys/constants.ts'
import { closedError, must } from '../../sys/error.ts'
import type { Fd } from '../../sys/fd.ts'
import { waitCall } from '../../wait/call.ts'
import { checkOptions, onGiveUp, type WaitOptions } from '../../wait/options.ts'
import type { Progress } from './progress.ts'

const WRITE_BYTES = 65_536 // copied for the thread, so not all of a large buffer at once

export class ThreadCalls {
  readonly #fd: Fd
  /** Gives up everything that waits; not through `this`, which the descriptor must not keep alive. */
  readonly #waiting = new Set<AbortController>()
  #last: Promise<unknown> = Promise.resolve()
  keepAlive: boolean

  constructor(fd: Fd, keepAlive: boolean) {
    this.#fd = fd
    this.keepAlive = keepAlive
    const [waiting, label] = [this.#waiting, fd.label]
    fd.beforeClose(() => {
      for (const each of waiting)
        each.abort(closedError('wait', `${label}, closed while an operation waited`))
    })
  }

  get pending(): number {
    return this.#waiting.size
  }

  /** At most `max` bytes, in memory of their own; `null` at the end. */
  read(max: number, options?: WaitOptions): Promise<Uint8Array | null> {
    return this.run(options, async (fd, signal) => {
      const call = { number: constants.SYS_read, name: 'read', args: [fd, 0, max], ref: this.keepAlive }
      const { result, bytes } = await waitCall({ ...call, out: { index: 1, size: max } }, { signal })
      return must(result, 'read', { on: `${this.#fd}` }) === 0
        ? null
        : new Uint8Array(bytes ?? new ArrayBuffer(0), 0, result)
    })
  }

  /** All of `bytes`. */
  write(bytes: Uint8Array, progress: Progress, options?: WaitOptions): Promise<number> {
    return this.run(options, async (fd, signal) => {
      while (progress.done < bytes.length) {
        signal.throwIfAborted()
        const part = bytes.subarray(progress.done, progress.done + WRITE_BYTES)
        const call = { number: constants.SYS_write, name: 'write', args: [fd, part, part.length] }
        const { result } = await waitCall({ ...call, ref: this.keepAlive }, { signal })
        progress.done += must(result, 'write', { on: `${this.#fd}` })
      }
      return bytes.length
    })
  }

  /**
   * Runs `operation` when those before it have ended. It works on a descriptor of its own: the number it began with
   * could mean something else by the time its thread gets to it.
   */
  async run<T>(
    options: WaitOptions | undefined,
    operation: (fd: number, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    checkOptions(options)
    const own = this.#fd.duplicate()
    const control = new AbortController()
    const callOff = onGiveUp(options, `waiting on ${this.#fd}`, (reason) => control.abort(reason))
    this.#waiting.add(control)
    const before = this.#last
    let done = (): void => {}
    const mine = new Promise<void>((resolve) => {
      done = resolve
    })
    this.#last = before.then(() => mine)
    try {
      await orAborted(before, control.signal)
      return await operation(own.number, control.signal)
    } finally {
      done()
      callOff()
      this.#waiting.delete(control)
      own.close()
    }
  }
}

function orAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    promise.then(resolve)
  })
}
