// POSIX shared memory: named objects under /dev/shm, as shm_open(3) makes them.
import { constants } from '../../sys/constants.ts'
import type { Fd } from '../../sys/fd.ts'
import { Mapping } from '../mapping.ts'
import {
  createNew,
  type Opening,
  openExisting,
  openOrCreateNew,
  orUndo,
  reserve,
  setSize,
  sizeOf,
  unlinkPath,
} from '../mapping-file.ts'
import { checkFlag, checkMode, checkWhole, type MapOptions } from '../mapping-options.ts'
import { checkPosixName } from './name.ts'

/** Options of `PosixMemory.create` and `PosixMemory.openOrCreate`. */
export interface CreatePosixMemoryOptions {
  /** Bytes, reserved at once, so that a full /dev/shm is ENOSPC here and not a crash later. */
  readonly size: number
  /** Permissions, less the umask. Default 0o600. */
  readonly mode?: number
}

/** Options of `PosixMemory.open`. */
export interface OpenPosixMemoryOptions {
  /** Opens for reading only; mappings are read-only too. */
  readonly readOnly?: boolean
}

// glibc and musl both keep the objects here (shm_overview(7)); opening them directly needs no symbol of either.
const FOLDER = '/dev/shm'
const LONGEST_NAME = 255

function opening(name: unknown, flags: number, mode = 0): Opening {
  return { path: pathOf(name), label: `shared memory ${name}`, flags: flags | constants.O_NOFOLLOW, mode }
}

function pathOf(name: unknown): string {
  return FOLDER + checkPosixName(name, LONGEST_NAME)
}

/**
 * A named shared memory object, shm_open(3): for any programs that agree on a name, C's and Python's too. It stays until
 * `unlink` (or a restart), whoever comes and goes.
 */
export class PosixMemory {
  readonly name: string
  readonly #fd: Fd
  /** Whether this object was made by this call. */
  readonly created: boolean
  readonly readOnly: boolean

  private constructor(
    name: string,
    fd: Fd,
    about: { readonly created: boolean; readonly readOnly: boolean },
  ) {
    this.name = name
    this.#fd = fd
    this.created = about.created
    this.readOnly = about.readOnly
  }

  /** Makes a new object: O_EXCL, 0600. Nothing is left behind on failure. Errors: EEXIST, ENOSPC, EACCES. */
  static create(name: string, options: CreatePosixMemoryOptions): PosixMemory {
    const { size, mode } = checkCreate(options)
    const how = opening(name, constants.O_RDWR, mode)
    const fd = createNew(how)
    return orUndo(fd, how.path, () => {
      reserve(fd, size, how.path)
      return new PosixMemory(name, fd, { created: true, readOnly: false })
    })
  }

  /** Opens an object that exists. Errors: ENOENT, EACCES. */
  static open(name: string, options: OpenPosixMemoryOptions = {}): PosixMemory {
    const { readOnly = false } = options
    checkFlag(readOnly, 'readOnly')
    const fd = openExisting(opening(name, readOnly ? constants.O_RDONLY : constants.O_RDWR))
    return new PosixMemory(name, fd, { created: false, readOnly })
  }

  /** Opens an object, making it first if need be; one that is shorter than `size` grows. Safe when several do it at once. */
  static openOrCreate(name: string, options: CreatePosixMemoryOptions): PosixMemory {
    const { size, mode } = checkCreate(options)
    const how = opening(name, constants.O_RDWR, mode)
    const { fd, created } = openOrCreateNew(how)
    return orUndo(fd, created ? how.path : undefined, () => {
      reserve(fd, size, how.path)
      return new PosixMemory(name, fd, { created, readOnly: false })
    })
  }

  /** Removes a name, shm_unlink(3); who has the object open or mapped keeps it. Errors: ENOENT, EACCES. */
  static unlink(name: string): void {
    unlinkPath(pathOf(name), `shared memory ${name}`)
  }

  /** The descriptor's number. Throws EBADF once closed. */
  get fd(): number {
    return this.#fd.number
  }

  get closed(): boolean {
    return this.#fd.closed
  }

  /** Bytes. */
  get size(): number {
    return sizeOf(this.#fd)
  }

  /** Makes it `size` bytes long; what is added is reserved. Who mapped a part that is cut off loses it. */
  resize(size: number): void {
    setSize(this.#fd, checkWhole(size, 'size'), pathOf(this.name))
  }

  /** Maps it, or a part; the mapping outlives `close`. */
  map(options: MapOptions = {}): Mapping {
    const readOnly = options.readOnly ?? (this.readOnly && options.copyOnWrite !== true)
    return Mapping.of(this.#fd, { ...options, readOnly })
  }

  /** Closes the descriptor; the object, its name and its mappings stay. Idempotent. */
  close(): void {
    this.#fd.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

function checkCreate(options: CreatePosixMemoryOptions): { readonly size: number; readonly mode: number } {
  if (typeof options !== 'object' || options === null)
    throw new TypeError('options must be an object with `size`')
  return { size: checkWhole(options.size, 'size'), mode: checkMode(options.mode ?? 0o600) }
}
