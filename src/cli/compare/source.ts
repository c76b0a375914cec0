// The file that is moved.
import { type BigIntStats, closeSync, fstatSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { constants } from '../../sys/constants.ts'
import { must, SysError } from '../../sys/error.ts'
import { openat, read } from '../../sys/file.ts'
import { hash } from './hash.ts'
import type { SourceFile } from './model.ts'
import { CompareError } from './refusal.ts'

/** A regular file, opened for reading once; what is moved is this file even if its name goes to another one. */
export class Source {
  readonly path: string
  readonly fd: number
  readonly size: number
  readonly #before: BigIntStats

  private constructor(path: string, fd: number, before: BigIntStats) {
    this.path = path
    this.fd = fd
    this.size = Number(before.size)
    this.#before = before
  }

  /** ENOENT, EACCES, ...: as open(2). EISDIR, EINVAL: it is not a regular file, and is not opened. */
  static open(path: string): Source {
    refuseOthers(path)
    const { AT_FDCWD, O_RDONLY, O_CLOEXEC, O_NONBLOCK } = constants
    // O_NONBLOCK: a FIFO that took the file's place since must not make us wait.
    const fd = must(openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0), 'open', { path })
    const source = new Source(path, fd, fstatSync(fd, { bigint: true }))
    // Known before any work is announced.
    if (source.size === 0 && read(fd, new Uint8Array(1)) > 0) {
      source.close()
      throw source.#misfit('more')
    }
    return source
  }

  /** Reads it whole, which also brings it into memory. EINVAL if it holds other than its size says, as in /proc. */
  async hash(onProgress?: (done: number) => void): Promise<SourceFile> {
    const { sha256, size } = await hash(this.fd, onProgress)
    this.check()
    if (size !== this.size) throw this.#misfit(`${size} bytes`)
    return { path: resolve(this.path), size, sha256 }
  }

  #misfit(held: string): CompareError {
    const text = `${this.path} holds ${held} although its size is ${this.size}; files of /proc and /sys are like that`
    return new CompareError('EINVAL', text)
  }

  /** Throws if somebody has changed it meanwhile: then no checksum would mean anything. */
  check(): void {
    const now = fstatSync(this.fd, { bigint: true })
    if (now.size !== this.#before.size) {
      const text = `${this.path} has changed its size from ${this.size} to ${now.size} bytes meanwhile`
      throw new CompareError('ESTALE', `${text}; compare a file that nobody writes to`)
    }
    if (now.mtimeNs !== this.#before.mtimeNs) {
      const text = `${this.path} has been written to meanwhile; compare a file that nobody writes to`
      throw new CompareError('ESTALE', text)
    }
  }

  close(): void {
    closeSync(this.fd)
  }
}

// Before it is opened: opening is an event for FIFOs and devices.
function refuseOthers(path: string): void {
  let found: ReturnType<typeof statSync>
  try {
    found = statSync(path)
  } catch (error) {
    const { errno } = error as NodeJS.ErrnoException
    throw errno === undefined ? error : new SysError(errno, 'stat', { path })
  }
  if (found.isFile()) return
  const code = found.isDirectory() ? 'EISDIR' : 'EINVAL'
  const kind = found.isDirectory()
    ? 'a directory'
    : found.isFIFO()
      ? 'a FIFO'
      : found.isSocket()
        ? 'a socket'
        : 'a device'
  throw new CompareError(code, `${path} is ${kind}; compare moves regular files`)
}
