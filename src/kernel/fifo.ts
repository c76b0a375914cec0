// Fifo: a pipe with a name in the file system.
import { statSync } from 'node:fs'
import { constants } from '../sys/constants.ts'
import { EEXIST } from '../sys/errno.ts'
import { must, SysError } from '../sys/error.ts'
import { Fd } from '../sys/fd.ts'
import { openat, unlinkat } from '../sys/file.ts'
import { mkfifoat } from '../sys/pipe.ts'
import { waitCall } from '../wait/call.ts'
import type { WaitOptions } from '../wait/options.ts'
import { NotAPipeError } from './pipe/not-a-pipe.ts'
import { PipeReader } from './pipe/reader.ts'
import { PipeWriter } from './pipe/writer.ts'

const { AT_FDCWD, O_CLOEXEC, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants

/** A FIFO: a pipe with a name in the file system. fifo(7), mkfifo(3) */
export class Fifo {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  /** Makes a FIFO. EEXIST when anything has that name. `mode` (default 0o600) is subject to the umask. */
  static create(path: string, options: { readonly mode?: number } = {}): Fifo {
    must(mkfifoat(AT_FDCWD, path, options.mode ?? 0o600), 'mkfifo', { path })
    return new Fifo(path)
  }

  /** One that exists. ENOENT; NotAPipeError when it is something else. */
  static open(path: string): Fifo {
    try {
      if (!statSync(path).isFIFO()) throw new NotAPipeError(path, path)
    } catch (error) {
      if (error instanceof NotAPipeError) throw error
      const { errno } = error as NodeJS.ErrnoException
      throw errno === undefined ? error : new SysError(errno, 'stat', { path })
    }
    return new Fifo(path)
  }

  static openOrCreate(path: string, options: { readonly mode?: number } = {}): Fifo {
    const made = mkfifoat(AT_FDCWD, path, options.mode ?? 0o600)
    if (made === EEXIST) return Fifo.open(path)
    must(made, 'mkfifo', { path })
    return new Fifo(path)
  }

  /** Opens for reading; waits for a writer. */
  async openReader(options?: WaitOptions): Promise<PipeReader> {
    return new PipeReader(await this.#wait(O_RDONLY, options))
  }

  /** Opens for writing; waits for a reader. */
  async openWriter(options?: WaitOptions): Promise<PipeWriter> {
    return new PipeWriter(await this.#wait(O_WRONLY, options))
  }

  openReaderSync(): PipeReader {
    return new PipeReader(this.#open(O_RDONLY))
  }

  openWriterSync(): PipeWriter {
    return new PipeWriter(this.#open(O_WRONLY))
  }

  tryOpenReader(): PipeReader {
    return new PipeReader(this.#open(O_RDONLY | O_NONBLOCK), { nonblocking: true })
  }

  tryOpenWriter(): PipeWriter {
    return new PipeWriter(this.#open(O_WRONLY | O_NONBLOCK), { nonblocking: true })
  }

  openBoth(): { readonly reader: PipeReader; readonly writer: PipeWriter } {
    const reader = this.tryOpenReader()
    try {
      return { reader, writer: this.tryOpenWriter() }
    } catch (error) {
      reader.close()
      throw error
    }
  }

  unlink(): void {
    must(unlinkat(AT_FDCWD, this.path, 0), 'unlink', { path: this.path })
  }

  #open(flags: number): Fd {
    return this.#own(openat(AT_FDCWD, this.path, flags | O_CLOEXEC, 0), flags)
  }

  async #wait(flags: number, options: WaitOptions | undefined): Promise<Fd> {
    const call = {
      number: constants.SYS_openat,
      name: 'open',
      args: [AT_FDCWD, this.path, flags | O_CLOEXEC, 0],
    }
    return this.#own((await waitCall(call, options)).result, flags)
  }

  #own(result: number, flags: number): Fd {
    const number = must(result, 'open', { path: this.path })
    return new Fd(
      number,
      `FIFO ${(flags & constants.O_ACCMODE) === O_RDONLY ? 'reader' : 'writer'} of ${this.path}`,
    )
  }

  toString(): string {
    return `FIFO ${this.path}`
  }
}
