// Mapped memory: a file, a shared memory object or plain pages, as bytes of this process.
import { constants } from '../sys/constants.ts'
import { ENXIO } from '../sys/errno.ts'
import { must, SysError } from '../sys/error.ts'
import { Fd } from '../sys/fd.ts'
import { fcntl } from '../sys/file.ts'
import {
  createNew,
  openExisting,
  openOrCreateNew,
  orUndo,
  reserve,
  setSize,
  sizeOf,
  unlinkPath,
} from './mapping-file.ts'
import {
  type AnonymousOptions,
  type CreateMappingOptions,
  checkFlag,
  checkLength,
  checkMapOptions,
  checkMode,
  hugeFlags,
  type MapOptions,
  type OpenMappingOptions,
  type ResizeOptions,
} from './mapping-options.ts'
import { Range, type RangeSource } from './mapping-range.ts'
import { MappedViews } from './mapping-views.ts'

/** Where a mapping comes from: enough to map it again with another length. */
interface Origin {
  readonly fd: Fd | undefined
  readonly ownsFd: boolean
  readonly options: MapOptions
  readonly flags: number
  readonly label: string
  readonly path: string | undefined
  readonly created: boolean
  /** Why it cannot be resized. */
  readonly fixed?: string
}

/** Memory that is made another way than mmap(2): a System V segment. The object cannot be resized through it. */
export interface Attachment {
  readonly label: string
  readonly options: MapOptions
  readonly fixed: string
  readonly attach: NonNullable<RangeSource['attach']>
}

/** A mapping of such memory. For src/kernel only. */
export let mapAttachment: (attachment: Attachment) => Mapping

const leaked = new FinalizationRegistry<string>((label) => {
  process.emitWarning(`${label} was collected while open; close it, or declare it with \`using\``, {
    code: 'HUTONG_LEAK',
    type: 'ResourceWarning',
  })
})

/**
 * A range of mapped memory, mmap(2). `bytes` and `view` give plain typed arrays over it, at their usual speed.
 *
 * Safe by construction: after `close` every view is detached (length 0, reads `undefined`), and work still in flight on
 * one meets zeros, never another's memory. If another process truncates the object, accesses read zero, `lost` is true
 * and the next method throws MappingLostError. A write through a view of a read-only mapping reaches nobody, and the
 * next method throws ReadOnlyWriteError.
 */
export class Mapping extends MappedViews {
  /** Whether `openOrCreate` or `create` made the file. */
  readonly created: boolean
  readonly readOnly: boolean
  /** Whether writes are private to this mapping. */
  readonly copyOnWrite: boolean
  /** Whether the bytes are a SharedArrayBuffer. */
  readonly shared: boolean
  readonly #origin: Origin

  static {
    mapAttachment = ({ label, options, fixed, attach }) =>
      new Mapping(
        { ...origin(undefined, label, options), fixed },
        new Range({ fd: -1, offset: 0, length: 0, options, label, attach }),
      )
  }

  private constructor(origin: Origin, range: Range) {
    super(range)
    this.#origin = origin
    this.created = origin.created
    this.readOnly = origin.options.readOnly === true
    this.copyOnWrite = origin.options.copyOnWrite === true
    this.shared = origin.options.shared === true
    if (!origin.ownsFd) leaked.register(this, origin.label, this) // otherwise the Fd raises the alarm
  }

  /**
   * Maps a file that exists, in whole or from `offset` for `length` bytes. Symbolic links are followed. open(2), mmap(2).
   * Errors: ENOENT, EACCES, EISDIR, ENODEV (not a file), ENXIO (the part lies beyond the file's end, or it is empty).
   */
  static open(path: string, options: OpenMappingOptions = {}): Mapping {
    checkMapOptions(options)
    const { readOnly, copyOnWrite } = options
    const access = readOnly === true || copyOnWrite === true ? constants.O_RDONLY : constants.O_RDWR
    const label = labelled(path)
    const fd = openExisting({ path, label, flags: access })
    return orUndo(fd, undefined, () =>
      Mapping.#map(fd, { ...origin(fd, label, options), path, ownsFd: true }),
    )
  }

  /**
   * Makes a file (which must not exist; 0600), reserves its space and maps it. Nothing is left behind on failure.
   * Errors: EEXIST, ENOSPC, EACCES, ENOENT (no such folder).
   */
  static create(path: string, options: CreateMappingOptions): Mapping {
    const mode = checkCreate(options)
    const label = labelled(path)
    const fd = createNew({ path, label, flags: constants.O_RDWR, mode })
    return orUndo(fd, path, () => {
      reserve(fd, (options.offset ?? 0) + options.length, path)
      return Mapping.#map(fd, { ...origin(fd, label, options), path, ownsFd: true, created: true })
    })
  }

  /**
   * Maps a file, making it first if need be; `created` says which. A file that is shorter than `offset + length` grows.
   * Safe when several processes do it at once. Does not follow a symbolic link (ELOOP).
   */
  static openOrCreate(path: string, options: CreateMappingOptions): Mapping {
    const mode = checkCreate(options)
    const label = labelled(path)
    const { fd, created } = openOrCreateNew({ path, label, flags: constants.O_RDWR, mode })
    return orUndo(fd, created ? path : undefined, () => {
      reserve(fd, (options.offset ?? 0) + options.length, path)
      return Mapping.#map(fd, { ...origin(fd, label, options), path, ownsFd: true, created })
    })
  }

  /** Removes a file's name; mappings of it stay. unlink(2). */
  static unlink(path: string): void {
    unlinkPath(path, labelled(path))
  }

  /** Memory without a name or file, zero-filled: for workers (`shared`), huge pages, or pages outside V8's heap. */
  static anonymous(length: number, options: AnonymousOptions = {}): Mapping {
    checkLength(length)
    checkFlag(options.shared, 'shared')
    checkFlag(options.populate, 'populate')
    const huge = hugeFlags(options.hugePages, constants.MAP_HUGETLB)
    const label = `anonymous mapping of ${length} bytes`
    const flags = huge | (options.populate === true ? constants.MAP_POPULATE : 0)
    const { shared = false } = options
    const from: Origin = { ...origin(undefined, label, { shared }), flags }
    return new Mapping(from, new Range({ fd: -1, offset: 0, length, options: { shared }, flags, label }))
  }

  /** Maps an open descriptor, which stays the caller's: the mapping outlives it. An `Fd` must be open still to `resize`. */
  static of(fd: Fd | number, options: MapOptions = {}): Mapping {
    checkMapOptions(options)
    if (fd instanceof Fd) return Mapping.#map(fd, origin(fd, `mapping of ${fd.label}`, options))
    const label = `mapping of fd ${fd}`
    const own = new Fd(must(fcntl(fd, constants.F_DUPFD_CLOEXEC, 0), 'fcntl', { on: `fd ${fd}` }), label)
    return orUndo(own, undefined, () => Mapping.#map(own, { ...origin(own, label, options), ownsFd: true }))
  }

  static #map(fd: Fd, from: Origin): Mapping {
    const { options, label, path } = from
    const { offset = 0 } = options
    const size = sizeOf(fd)
    const length = options.length ?? size - offset
    if (length <= 0 || offset + length > size || length === Number.POSITIVE_INFINITY) {
      const hint =
        size === Number.POSITIVE_INFINITY
          ? 'A device has no size: say which `length` to map.'
          : `Bytes ${offset} to ${offset + Math.max(length, 1)} are not in it: it has ${size}.`
      throw new SysError(ENXIO, 'mmap', path === undefined ? { on: label, hint } : { on: label, path, hint })
    }
    return new Mapping(from, new Range({ ...from, fd: fd.number, offset, length: checkLength(length) }))
  }

  /** The object's descriptor, where the mapping has one. */
  get fd(): number | undefined {
    return this.#origin.fd?.number
  }

  /**
   * Maps `length` bytes in place of what was mapped, in the same object, and detaches the old views: take `bytes` anew.
   * Grows the object (its space reserved) when it is too short. EBUSY while held; EBADF when its descriptor was closed.
   */
  resize(length: number, options: ResizeOptions = {}): void {
    checkLength(length)
    checkFlag(options.truncate, 'truncate')
    const old = this.range
    old.check('resize')
    old.checkFree('resize')
    const { fd, options: mapped, label, path, fixed } = this.#origin
    if (fixed !== undefined) throw new TypeError(fixed)
    if (this.readOnly || mapped.copyOnWrite === true) {
      throw new TypeError(
        `${label} is ${this.readOnly ? 'read-only' : 'copy-on-write'}: map the object again`,
      )
    }
    const { offset = 0 } = mapped
    if (fd !== undefined && offset + length > sizeOf(fd)) setSize(fd, offset + length, path)
    const fresh = new Range({ ...this.#origin, fd: fd?.number ?? -1, offset, length })
    if (fd === undefined) fresh.bytes.set(old.bytes.subarray(0, length))
    this.range = fresh
    old.close('resize')
    if (options.truncate === true && fd !== undefined && offset + length < sizeOf(fd)) {
      setSize(fd, offset + length, path)
    }
  }

  /**
   * Closes: views are detached, the object is released, the addresses rest for ten seconds. The object itself stays, and
   * so does its name. Idempotent. EBUSY while something holds the mapping (a lock in it, pages lying in a pipe).
   */
  close(): void {
    if (this.closed) return
    this.range.close('close')
    leaked.unregister(this)
    if (this.#origin.ownsFd) this.#origin.fd?.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

function labelled(path: unknown): string {
  if (typeof path !== 'string') throw new TypeError(`path must be a string, not ${typeof path}`)
  if (path.includes('\0')) throw new RangeError('path must not contain NUL')
  return `mapping of ${path}`
}

function checkCreate(options: CreateMappingOptions): number {
  checkMapOptions(options)
  checkLength(options.length)
  if (options.readOnly === true) throw new TypeError('readOnly: a new file has nothing to read; use open')
  return checkMode(options.mode ?? 0o600)
}

function origin(fd: Fd | undefined, label: string, options: MapOptions): Origin {
  return { fd, ownsFd: false, options, flags: 0, label, path: undefined, created: false }
}
