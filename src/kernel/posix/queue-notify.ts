// mq_notify(3): being told, once, that a message came to the empty queue.
import { constants } from '../../sys/constants.ts'
import { EAGAIN, EBUSY, ECANCELED } from '../../sys/errno.ts'
import { must, SysError } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { read } from '../../sys/file.ts'
import { mq_notify } from '../../sys/mqueue.ts'
import { reservedSignals } from '../../sys/signal.ts'
import { socket } from '../../sys/socket.ts'
import { checkOptions, type WaitOptions } from '../../wait/options.ts'
import { Readiness } from '../../wait/readiness.ts'
import { type SignalName, signalName, signalNumber } from '../signal/names.ts'

const CANCEL = -1
const COOKIE_BYTES = 32
const STATE = COOKIE_BYTES - 1
const WOKEN = 1
const INT_MAX = 0x7fff_ffff

/** What must go when the queue closes; refers to no queue, which it would keep alive. */
interface Pending {
  socket: Fd | undefined
}

/** The notifications of one queue. The kernel knows one registration per queue, for one process. */
export class QueueNotifier {
  readonly #queue: Fd
  readonly #pending: Pending = { socket: undefined }
  #ready: Readiness | undefined
  #keepsAlive = true

  constructor(queue: Fd) {
    this.#queue = queue
    const pending = this.#pending
    queue.beforeClose(() => pending.socket?.close())
  }

  /**
   * Resolves when the kernel says so. It says it as it does to libc's threads: with 32 bytes into a netlink socket, the
   * last of which tells whether a message came or the registration was removed.
   */
  async wait(options: WaitOptions | undefined): Promise<void> {
    checkOptions(options)
    this.#queue.number // EBADF once closed
    const { AF_NETLINK, NETLINK_ROUTE, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_RAW } = constants
    const made = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)
    const fd = new Fd(
      must(made, 'socket', { on: `for ${this.#queue}` }),
      `notification of ${this.#queue.label}`,
    )
    try {
      this.#register(constants.SIGEV_THREAD, fd.number, 0)
      this.#pending.socket = fd
      if (await this.#outcome(fd, options)) return
    } finally {
      if (this.#pending.socket === fd) this.#pending.socket = undefined
      fd.close()
    }
    throw new SysError(ECANCELED, 'mq_notify', {
      on: `${this.#queue}`,
      hint: 'cancelNotify was called, or a descriptor of this queue was closed in this process.',
    })
  }

  bySignal(signal: SignalName | number, value: number): void {
    const number = signalNumber(signal)
    if (number === reservedSignals.cancel || number === reservedSignals.mask) {
      throw new RangeError(`signal ${signalName(number)} is one that hutong keeps for itself`)
    }
    if (!Number.isInteger(value) || value < -INT_MAX - 1 || value > INT_MAX) {
      throw new RangeError(`value must be a whole number of 32 bits, not ${String(value)}`)
    }
    this.#register(constants.SIGEV_SIGNAL, number, value)
  }

  cancel(): void {
    must(mq_notify(this.#queue.number, CANCEL, 0, 0), 'mq_notify', { on: `${this.#queue}` })
  }

  keepAlive(keep: boolean): void {
    this.#keepsAlive = keep
    if (keep) this.#ready?.ref()
    else this.#ready?.unref()
  }

  #register(how: number, signal: number, value: number): void {
    const result = mq_notify(this.#queue.number, how, signal, value)
    const hint = 'A process is registered already, this one or another: the kernel tells only one.'
    must(result, 'mq_notify', { on: `${this.#queue}`, ...(result === EBUSY ? { hint } : {}) })
  }

  /** True: a message came. False: the registration was removed. What came before an abort wins. */
  async #outcome(fd: Fd, options: WaitOptions | undefined): Promise<boolean> {
    const cookie = new Uint8Array(COOKIE_BYTES)
    const attempt = (): number => read(fd.raw, cookie)
    const ready = new Readiness(fd, { nonblocking: true })
    this.#ready = ready
    if (!this.#keepsAlive) ready.unref()
    try {
      await ready.whenReadable(attempt, options)
    } catch (error) {
      if (fd.closed || this.#queue.closed) throw error
      // Only while it is ours: by now another thread of this process may have registered.
      if (attempt() === EAGAIN) {
        this.cancel()
        attempt()
      }
      if (cookie[STATE] !== WOKEN) throw error
    }
    return cookie[STATE] === WOKEN
  }
}
