// Fd: one owner for one file descriptor.
import { native } from './addon.ts'
import { constants } from './constants.ts'
import { EBADF } from './errno.ts'
import { closedError, must } from './error.ts'

/** What outlives an Fd that is collected: enough to close it, and nothing that would keep it alive. */
interface Remains {
  readonly number: number
  readonly label: string
  before: (() => void)[]
}

const leaked = new FinalizationRegistry<Remains>(({ number, label, before }) => {
  for (const action of before) action()
  native.disown(number)
  native.close(number)
  process.emitWarning(
    `${label} (fd ${number}) was collected while open; close it, or declare it with \`using\``,
    {
      code: 'HUTONG_LEAK',
      type: 'ResourceWarning',
    },
  )
})

/**
 * The one owner of a file descriptor. Closing is idempotent; after it every use is EBADF before any system call.
 * Collected while open, it warns (`HUTONG_LEAK`) and closes: an alarm, not a way to live. What a worker still owns when it
 * ends, or is terminated, is closed.
 */
export class Fd {
  /** What errors call this descriptor, e.g. `pipe reader`. */
  readonly label: string
  #number: number
  readonly #remains: Remains

  /** Takes ownership of descriptor `number`. Bounds: an open descriptor; RangeError if negative or not an integer. */
  constructor(number: number, label = 'descriptor') {
    if (!Number.isInteger(number) || number < 0 || number > 0x7fffffff) {
      throw new RangeError(`fd must be a descriptor's number (0 or more), not ${number}`)
    }
    this.#number = number
    this.label = label
    this.#remains = { number, label, before: [] }
    leaked.register(this, this.#remains, this)
    native.own(number)
  }

  /** Takes ownership of an inherited or received descriptor: checks that it is open and makes it close-on-exec. */
  static adopt(number: number, label = 'descriptor'): Fd {
    const fd = new Fd(number, label)
    const flags = native.fcntl(number, constants.F_SETFD, constants.FD_CLOEXEC)
    if (flags < 0) fd.release()
    must(flags, 'fcntl', {
      on: `${label} (fd ${number})`,
      hint: 'Was it opened, and passed to this process?',
    })
    return fd
  }

  /** The descriptor's number. Throws EBADF once closed. */
  get number(): number {
    if (this.#number < 0) throw closedError('use', this.label)
    return this.#number
  }

  /** The number for a hot path: -1 once closed, which the kernel answers with EBADF. */
  get raw(): number {
    return this.#number
  }

  get closed(): boolean {
    return this.#number < 0
  }

  /** A second descriptor of the same open file description (F_DUPFD_CLOEXEC): position and status flags are shared. */
  duplicate(label: string = this.label): Fd {
    return new Fd(
      must(native.fcntl(this.number, constants.F_DUPFD_CLOEXEC, 0), 'fcntl', { on: `${this}` }),
      label,
    )
  }

  /**
   * Runs `action` just before the descriptor is closed or released: a watcher on the event loop must go first.
   * The action must not refer to this Fd, or it would never be collected.
   */
  beforeClose(action: () => void): void {
    this.#remains.before.push(action)
  }

  /** Gives up ownership without closing: the number now belongs to the caller. */
  release(): number {
    const number = this.number
    this.#forget()
    return number
  }

  /** Closes the descriptor. Idempotent. EINTR and EIO are not reported: the descriptor is gone (close(2)). */
  close(): void {
    if (this.#number < 0) return
    const number = this.#number
    this.#forget()
    const returned = native.close(number)
    if (returned === EBADF) {
      must(returned, 'close', { on: `${this.label} (fd ${number})`, hint: 'Somebody else closed it.' })
    }
  }

  #forget(): void {
    const { before } = this.#remains
    this.#remains.before = []
    for (const action of before) action()
    native.disown(this.#number)
    this.#number = -1
    leaked.unregister(this)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  toString(): string {
    return this.#number < 0 ? `${this.label} (closed)` : `${this.label} (fd ${this.#number})`
  }
}
