// PipeEnd: what the reading and the writing end of a pipe or FIFO have in common.
import { readlinkSync } from 'node:fs'
import { constants } from '../../sys/constants.ts'
import { EBUSY } from '../../sys/errno.ts'
import { must, SysError } from '../../sys/error.ts'
import type { Fd } from '../../sys/fd.ts'
import { fcntl, fionread } from '../../sys/file.ts'
import { QuickTransfer } from '../../sys/quick.ts'
import { Readiness } from '../../wait/readiness.ts'
import { ThreadCalls } from './thread-calls.ts'

/** How an end came to be; internal. */
export interface Origin {
  /** Its description is O_NONBLOCK already. */
  readonly nonblocking?: boolean
  /** Its open file description is shared with others, and must keep its flags. */
  readonly shared?: boolean
  /** In packet mode. */
  readonly packets?: boolean
}

/** What the calls between two ends (splice, tee) need of each; internal. */
export interface Insides {
  readonly handle: Fd
  /** Undefined: the description is shared and blocks. */
  readonly readiness: Readiness | undefined
  readonly calls: ThreadCalls
}
export let insides: (end: PipeEnd) => Insides
/** Sends what has been collected to be sent, so that what follows does not overtake it. */
export let flush: (end: PipeEnd) => void

/** One end of a pipe or FIFO. pipe(7), fifo(7) */
export abstract class PipeEnd {
  static {
    flush = (end) => end.flush()
    insides = (end) => {
      end.flush()
      return { handle: end.handle, readiness: end.readiness, calls: end.calls }
    }
  }

  protected readonly handle: Fd
  /** As far as we know. */
  protected packetMode: boolean
  protected readonly quick: QuickTransfer = new QuickTransfer()
  readonly #readiness: Readiness
  #calls: ThreadCalls | undefined
  #shared: boolean
  #keepsAlive = true
  #name: string | undefined

  /** Internal: ends come from `Pipe`, `Fifo` and `from`. */
  constructor(handle: Fd, origin: Origin = {}) {
    this.handle = handle
    this.#readiness = new Readiness(handle, { nonblocking: origin.nonblocking ?? false })
    this.#shared = origin.shared ?? false
    this.packetMode = origin.packets ?? false
  }

  /** The descriptor's number. Throws EBADF once closed. */
  get fd(): number {
    return this.handle.number
  }

  get closed(): boolean {
    return this.handle.closed
  }

  /** The kernel's own name of the object: `pipe:[INODE]`, or the path of a FIFO. */
  get name(): string {
    this.#name ??= readlinkSync(`/proc/self/fd/${this.handle.number}`)
    return this.#name
  }

  /**
   * How many bytes the pipe can hold. Setting it is F_SETPIPE_SZ of fcntl(2): the kernel rounds up to a power of two
   * pages. Bounds: 1 to 2^31 - 1. EBUSY: more than that is queued. EPERM: above /proc/sys/fs/pipe-max-size, or above the
   * user's total (pipe-user-pages-soft), without CAP_SYS_RESOURCE.
   */
  get capacity(): number {
    return must(fcntl(this.handle.number, constants.F_GETPIPE_SZ, 0), 'fcntl', { on: `${this}` })
  }

  set capacity(bytes: number) {
    const on = `F_SETPIPE_SZ ${checkCapacity(bytes)} of ${this}`
    must(fcntl(this.handle.number, constants.F_SETPIPE_SZ, bytes), 'fcntl', { on })
  }

  /** How many bytes are in the pipe, waiting to be read: FIONREAD. */
  get queued(): number {
    return must(fionread(this.handle.number), 'ioctl', { on: `${this}` })
  }

  /**
   * Whether the pipe is in packet mode (O_DIRECT): each write of at most PIPE_BUF (4096) bytes is a packet, and one read
   * takes one packet. It is decided by the writing end; a reading end knows it only from `Pipe.create`.
   */
  get packets(): boolean {
    this.packetMode = (this.#flags() & constants.O_DIRECT) !== 0
    return this.packetMode
  }

  set packets(wanted: boolean) {
    const flags = this.#flags() & ~constants.O_DIRECT
    const changed = wanted ? flags | constants.O_DIRECT : flags
    this.flush()
    must(fcntl(this.handle.number, constants.F_SETFL, changed), 'fcntl', { on: `O_DIRECT of ${this}` })
    this.packetMode = wanted
  }

  /**
   * Prepares this end for a child and gives the descriptor's number, for `stdio` of `child_process.spawn`. The open file
   * description, which the child will share, is made blocking and from now on stays so: `close()` this end after the
   * spawn, or go on to use it, more slowly, on waiting threads. EBUSY while operations wait.
   */
  inherit(): number {
    const number = this.handle.number
    this.flush()
    if ((this.#calls?.pending ?? 0) > 0) {
      throw new SysError(EBUSY, 'fcntl', {
        on: `${this}`,
        hint: 'Operations wait on it: abort or await them first.',
      })
    }
    if (!this.#shared) this.#readiness.makeBlocking()
    this.#shared = true
    return number
  }

  /** Operations that wait keep the event loop running: the default. */
  ref(): this {
    return this.#keepAlive(true)
  }

  /** Operations that wait do not keep the event loop running. */
  unref(): this {
    return this.#keepAlive(false)
  }

  /** Closes this end. Idempotent; operations that wait on it reject with EBADF. */
  close(): void {
    if (this.closed) return
    this.flush()
    this.handle.close()
    this.quick.forget()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  toString(): string {
    return `${this.handle}`
  }

  /** How operations wait: on the event loop, the description non-blocking. Undefined if it is shared and must not be. */
  protected get readiness(): Readiness | undefined {
    if (this.#shared) return undefined
    this.#readiness.makeNonblocking()
    return this.#readiness
  }

  /** How many operations wait. */
  protected get waiting(): number {
    return this.#readiness.pending + (this.#calls?.pending ?? 0)
  }

  /** Operations on waiting threads. */
  protected get calls(): ThreadCalls {
    this.#calls ??= new ThreadCalls(this.handle, this.#keepsAlive)
    return this.#calls
  }

  /** Sends what has been collected to be sent, as far as there is room. */
  protected flush(): void {}

  #keepAlive(keep: boolean): this {
    this.#keepsAlive = keep
    if (this.#calls !== undefined) this.#calls.keepAlive = keep
    if (keep) this.#readiness.ref()
    else this.#readiness.unref()
    return this
  }

  #flags(): number {
    return must(fcntl(this.handle.number, constants.F_GETFL, 0), 'fcntl', { on: `${this}` })
  }
}

/** RangeError unless F_SETPIPE_SZ could be given it. */
export function checkCapacity(bytes: number): number {
  if (Number.isInteger(bytes) && bytes >= 1 && bytes <= 0x7fffffff) return bytes
  throw new RangeError(`capacity must be 1 to 2147483647 bytes, not ${String(bytes)}`)
}
