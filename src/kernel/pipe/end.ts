// PipeEnd: what the reading and the writing end of a pipe or FIFO have in common.
import { readlinkSync } from 'node:fs'
import { constants } from '../../sys/constants.ts'
import { must } from '../../sys/error.ts'
import type { Fd } from '../../sys/fd.ts'
import { fcntl, fionread } from '../../sys/file.ts'
import { Readiness } from '../../wait/readiness.ts'

/** How an end came to be; internal. */
export interface Origin {
  /** Its description is O_NONBLOCK already. */
  readonly nonblocking?: boolean
  /** Its open file description is shared with others, and must keep its flags. */
  readonly shared?: boolean
  /** A descriptor to close together with this end. */
  readonly companion?: Fd
}

/** One end of a pipe or FIFO. `pipe(7)` */
export abstract class PipeEnd {
  protected readonly handle: Fd
  protected readonly readiness: Readiness
  /** The open file description belongs to others too: it must stay blocking. */
  protected shared: boolean
  #name: string | undefined

  /** Internal: ends come from `Pipe`, `Fifo` and `from`. */
  constructor(handle: Fd, origin: Origin = {}) {
    this.handle = handle
    this.shared = origin.shared ?? false
    this.readiness = new Readiness(handle, { nonblocking: origin.nonblocking ?? false })
    const { companion } = origin
    if (companion !== undefined) handle.beforeClose(() => companion.close())
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
   * pages. Bounds: 1 to 2^31 - 1. EBUSY: more than that is queued. EPERM: above /proc/sys/fs/pipe-max-size, without
   * CAP_SYS_RESOURCE.
   */
  get capacity(): number {
    return must(fcntl(this.handle.number, constants.F_GETPIPE_SZ, 0), 'fcntl', { on: `${this}` })
  }

  set capacity(bytes: number) {
    setCapacity(this.handle, bytes)
  }

  /** How many bytes are in the pipe, waiting to be read (FIONREAD). */
  get queued(): number {
    return must(fionread(this.handle.number), 'ioctl', { on: `${this}` })
  }

  /** Whether the pipe is in packet mode (O_DIRECT): one read takes what one write of at most PIPE_BUF bytes put in. */
  get packets(): boolean {
    const flags = must(fcntl(this.handle.number, constants.F_GETFL, 0), 'fcntl', { on: `${this}` })
    return (flags & constants.O_DIRECT) !== 0
  }

  /**
   * Prepares this end for a child and gives the descriptor's number, for `stdio` of `child_process.spawn`. The open
   * file description, which the child will share, is made blocking and from now on stays so; `close()` this end after the spawn.
   * EBUSY while operations wait.
   */
  inherit(): number {
    const number = this.handle.number
    if (!this.shared) this.readiness.makeBlocking()
    this.shared = true
    return number
  }

  /** Operations that wait keep the event loop running: the default. */
  ref(): this {
    this.readiness.ref()
    return this
  }

  /** Operations that wait do not keep the event loop running. */
  unref(): this {
    this.readiness.unref()
    return this
  }

  /** Closes this end. Idempotent; operations that wait on it reject with EBADF. */
  close(): void {
    this.handle.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  toString(): string {
    return `${this.handle}`
  }
}

export function setCapacity(fd: Fd, bytes: number): void {
  if (!Number.isInteger(bytes) || bytes < 1 || bytes > 0x7fffffff) {
    throw new RangeError(`capacity must be 1 to 2147483647 bytes, not ${bytes}`)
  }
  must(fcntl(fd.number, constants.F_SETPIPE_SZ, bytes), 'fcntl', { on: `F_SETPIPE_SZ ${bytes} of ${fd}` })
}
