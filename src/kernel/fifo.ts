// Fifo: a pipe with a name in the file system.
import { fstatSync, constants as node } from 'node:fs'
import { constants } from '../sys/constants.ts'
import { EEXIST, EINTR, ENOENT, ENXIO, errno } from '../sys/errno.ts'
import { must, SysError } from '../sys/error.ts'
import { Fd } from '../sys/fd.ts'
import { openat, unlinkat } from '../sys/file.ts'
import { openatUntil } from '../sys/wait.ts'
import { waitCall } from '../wait/call.ts'
import { checkTimeout, type SyncOptions, TimeoutError, type WaitOptions } from '../wait/options.ts'
import { checkPath, type FifoOptions, linkError, makeAt, statOf } from './fifo-path.ts'
import { checkFlag } from './mapping-options.ts'
import { NotAPipeError } from './pipe/not-a-pipe.ts'
import { PipeReader } from './pipe/reader.ts'
import { PipeWriter } from './pipe/writer.ts'

const { AT_FDCWD, O_ACCMODE, O_CLOEXEC, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants
// Should the name stand for a terminal by then, it does not become ours.
const ALWAYS = O_CLOEXEC | node.O_NOCTTY
const EISDIR = -(errno['EISDIR'] ?? 0)
const ELOOP = -(errno['ELOOP'] ?? 0)
const ETIMEDOUT = -(errno['ETIMEDOUT'] ?? 0)

/** How an end is opened that may have to wait for its peer. */
export interface FifoOpenOptions extends WaitOptions {
  /** False: waiting does not keep the event loop running. Default true. */
  readonly ref?: boolean
}

/**
 * A FIFO: a pipe with a name in the file system. This object is only the name: it holds nothing open and needs no
 * closing. Opening an end waits until somebody has the other one; `unlink` removes the name, and open ends go on.
 * fifo(7), mkfifo(3), open(2)
 */
export class Fifo {
  readonly path: string
  // What create was to make must not become a link to something else: only `open` follows one at the path's end.
  readonly #follow: boolean

  private constructor(path: string, follow: boolean) {
    this.path = path
    this.#follow = follow
  }

  /** Makes a FIFO. EEXIST when anything has that name, also a link that leads nowhere. */
  static create(path: string, options: FifoOptions = {}): Fifo {
    const made = makeAt(path, options)
    const hint = made === EEXIST ? { hint: 'It exists already; open takes what is there.' } : {}
    must(made, 'mkfifo', { path, ...hint })
    return new Fifo(path, false)
  }

  /** One that exists. Follows symbolic links. ENOENT; NotAPipeError when it is something else. */
  static open(path: string): Fifo {
    const about = statOf(checkPath(path), true)
    if (about instanceof SysError) throw about
    if (!about.isFIFO()) throw new NotAPipeError(path, path)
    return new Fifo(path, true)
  }

  /**
   * Either; safe when several processes do it at once. ELOOP for a symbolic link, which is not followed here; NotAPipeError when
   * something else has that name. `mode` counts only for a FIFO that is made.
   */
  static openOrCreate(path: string, options: FifoOptions = {}): Fifo {
    for (;;) {
      const made = makeAt(path, options)
      if (made !== EEXIST) {
        must(made, 'mkfifo', { path })
        return new Fifo(path, false)
      }
      const about = statOf(path, false)
      if (about instanceof SysError) {
        if (about.errno === ENOENT) continue // removed in between: once more
        throw about
      }
      if (about.isSymbolicLink()) throw linkError(path)
      if (!about.isFIFO()) throw new NotAPipeError(path, path)
      return new Fifo(path, false)
    }
  }

  /**
   * Opens for reading; waits for a writer, on a waiting thread. When the abort or timeout comes after the writer, the end
   * is delivered all the same.
   */
  openReader(options?: FifoOpenOptions): Promise<PipeReader> {
    return this.#wait(O_RDONLY, options).then((fd) => new PipeReader(fd))
  }

  /** Opens for writing; waits for a reader. Otherwise as `openReader`. */
  openWriter(options?: FifoOpenOptions): Promise<PipeWriter> {
    return this.#wait(O_WRONLY, options).then((fd) => new PipeWriter(fd))
  }

  /** As `openReader`, blocking this thread. */
  openReaderSync(options?: SyncOptions): PipeReader {
    return new PipeReader(this.#block(O_RDONLY, options))
  }

  /** As `openWriter`, blocking this thread. */
  openWriterSync(options?: SyncOptions): PipeWriter {
    return new PipeWriter(this.#block(O_WRONLY, options))
  }

  /** Opens for reading at once, writer or not: until there is one, reads give `null`. */
  tryOpenReader(): PipeReader {
    return new PipeReader(this.#openNow(O_RDONLY), { nonblocking: true })
  }

  /** Opens for writing at once. ENXIO while nobody has it open for reading. */
  tryOpenWriter(): PipeWriter {
    return new PipeWriter(this.#openNow(O_WRONLY), { nonblocking: true })
  }

  /**
   * Opens both ends at once, whoever else is there. While `writer` is open, `reader` sees no end of file; while `reader` is
   * open, no writer gets EPIPE. So a server that others come to and leave keeps both.
   */
  openBoth(): { readonly reader: PipeReader; readonly writer: PipeWriter } {
    // One O_RDWR open looks the name up and never waits; each end is a description of its own of what it found.
    const anchor = this.#openNow(O_RDWR)
    let reader: PipeReader | undefined
    try {
      reader = new PipeReader(this.#reopen(anchor, O_RDONLY), { nonblocking: true })
      return { reader, writer: new PipeWriter(this.#reopen(anchor, O_WRONLY), { nonblocking: true }) }
    } catch (error) {
      reader?.close()
      throw error
    } finally {
      anchor.close()
    }
  }

  /** Removes the name. Ends that are open go on; opens that wait go on waiting. ENOENT; NotAPipeError for something else. */
  unlink(): void {
    const about = statOf(this.path, false)
    if (!(about instanceof SysError) && !about.isFIFO() && !(this.#follow && about.isSymbolicLink())) {
      throw about.isSymbolicLink() ? linkError(this.path) : new NotAPipeError(this.path, this.path)
    }
    must(unlinkat(AT_FDCWD, this.path, 0), 'unlink', { path: this.path })
  }

  toString(): string {
    return `FIFO ${this.path}`
  }

  #flags(access: number): number {
    return access | ALWAYS | (this.#follow ? 0 : O_NOFOLLOW)
  }

  async #wait(access: number, options: FifoOpenOptions | undefined): Promise<Fd> {
    checkFlag(options?.ref, 'ref')
    this.#refuseOther()
    const call = {
      number: constants.SYS_openat,
      name: this.#waitingFor(access),
      args: [AT_FDCWD, this.path, this.#flags(access), 0],
      ref: options?.ref ?? true,
    }
    return this.#own((await waitCall(call, options)).result, access)
  }

  #block(access: number, options: SyncOptions | undefined): Fd {
    const timeout = options?.timeout ?? Number.POSITIVE_INFINITY
    checkTimeout(timeout)
    this.#refuseOther()
    const limit = timeout === Number.POSITIVE_INFINITY ? -1 : Math.ceil(timeout)
    const result = openatUntil(AT_FDCWD, this.path, this.#flags(access), limit)
    if (result === ETIMEDOUT) throw new TimeoutError(this.#waitingFor(access), timeout)
    return this.#own(result, access)
  }

  #openNow(access: number): Fd {
    this.#refuseOther()
    let result = openat(AT_FDCWD, this.path, this.#flags(access) | O_NONBLOCK, 0)
    while (result === EINTR) result = openat(AT_FDCWD, this.path, this.#flags(access) | O_NONBLOCK, 0)
    if (result === ENXIO && access === O_WRONLY && this.#isFifo()) {
      throw new SysError(ENXIO, 'open', { path: this.path, hint: 'Nobody has this FIFO open for reading.' })
    }
    return this.#own(result, access)
  }

  #reopen(anchor: Fd, access: number): Fd {
    const flags = access | O_NONBLOCK | O_CLOEXEC
    return this.#own(openat(AT_FDCWD, `/proc/self/fd/${anchor.number}`, flags, 0), access)
  }

  /** Before opening it, because an open has effects on what is no FIFO (a tape rewinds). `#own` closes the race. */
  #refuseOther(): void {
    const about = statOf(this.path, this.#follow)
    if (about instanceof SysError || about.isFIFO()) return // open(2) says what is wrong
    throw about.isSymbolicLink() ? linkError(this.path) : new NotAPipeError(this.path, this.path)
  }

  #isFifo(): boolean {
    const about = statOf(this.path, this.#follow)
    return !(about instanceof SysError) && about.isFIFO()
  }

  /** The descriptor that open(2) gave, if it is a FIFO's: the name may stand for something else by now. */
  #own(result: number, access: number): Fd {
    const { path } = this
    // What only other kinds of file answer: directories, sockets, devices.
    if (result === EISDIR || result === ENXIO) throw new NotAPipeError(path, path)
    if (result === ELOOP) this.#refuseOther()
    const fd = new Fd(must(result, 'open', { path }), `FIFO ${nameOf(access)} of ${path}`)
    if (fstatSync(fd.number).isFIFO()) return fd
    fd.close()
    throw new NotAPipeError(path, path)
  }

  #waitingFor(access: number): string {
    return `opening the ${nameOf(access)} of ${this}`
  }
}

function nameOf(access: number): string {
  return (access & O_ACCMODE) === O_WRONLY ? 'writer' : 'reader'
}
