// The options of everything that is mapped, checked before any system call.
import { constants as limits } from 'node:buffer'
import { constants } from '../sys/constants.ts'
import { pageSize } from '../sys/memory.ts'

/** How a part of an object is mapped. */
export interface MapOptions {
  /** Where the mapping starts in the object: bytes, a multiple of the page size. Default 0. */
  readonly offset?: number
  /** Bytes to map, 1 to `buffer.constants.MAX_LENGTH`. Default: from `offset` to the object's end. */
  readonly length?: number
  /** Writes through a view reach nobody and are reported by the mapping's next method. */
  readonly readOnly?: boolean
  /** Writes are private to this mapping (MAP_PRIVATE). Not together with `readOnly`. */
  readonly copyOnWrite?: boolean
  /**
   * The bytes as a SharedArrayBuffer, to post to workers (Node 22.23, 24.21, 26.10 and newer). It cannot be detached:
   * after `close` the memory stays until the last reference in any thread is gone.
   */
  readonly shared?: boolean
  /** Brings all pages in at once (MAP_POPULATE) instead of at first use. */
  readonly populate?: boolean
}

/** The size of huge pages; `true` is `'2MB'`. Needs pages set aside in /proc/sys/vm/nr_hugepages. */
export type HugePages = boolean | '2MB' | '1GB'

/** Options of `Mapping.open`. */
export interface OpenMappingOptions extends MapOptions {}

/** Options of `Mapping.create` and `Mapping.openOrCreate`. */
export interface CreateMappingOptions extends MapOptions {
  /** Bytes to map; the file is made `offset + length` long and its space is reserved. */
  readonly length: number
  /** Permissions of a new file, less the umask. Default 0o600. */
  readonly mode?: number
}

/** Options of `Mapping.anonymous`. */
export interface AnonymousOptions {
  /** As a SharedArrayBuffer, to post to workers; see MapOptions. */
  readonly shared?: boolean
  readonly populate?: boolean
  /** Huge pages from the reserved pool; `length` is rounded up to whole ones inside. ENOMEM when too few are set aside. */
  readonly hugePages?: HugePages
}

/** Options of `Mapping.resize`. */
export interface ResizeOptions {
  /** Also shortens the object when the mapping gets shorter. Others who mapped its end then lose it. Default false. */
  readonly truncate?: boolean
}

/** TypeError unless a number, RangeError unless a whole number from `least` to 2^53 - 1. */
export function checkWhole(value: unknown, name: string, least = 0): number {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number, not ${typeof value}`)
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${name} must be a whole number, ${least} or more, not ${value}`)
  }
  return value
}

/** A length that can be mapped: 1 to the largest ArrayBuffer of this Node. */
export function checkLength(value: unknown, name = 'length'): number {
  const length = checkWhole(value, name, 1)
  if (length > limits.MAX_LENGTH) {
    throw new RangeError(`${name} must be at most ${limits.MAX_LENGTH} bytes (one buffer), not ${length}`)
  }
  return length
}

/** A file mode such as 0o600. */
export function checkMode(mode: unknown): number {
  if (checkWhole(mode, 'mode') > 0o7777) throw new RangeError(`mode must be at most 0o7777, not ${mode}`)
  return mode as number
}

export function checkFlag(value: unknown, name: string): void {
  if (value !== undefined && typeof value !== 'boolean') {
    throw new TypeError(`${name} must be true or false, not ${typeof value}`)
  }
}

/** Throws for the first option that is wrong, naming it. */
export function checkMapOptions(options: MapOptions): void {
  if (typeof options !== 'object' || options === null) throw new TypeError('options must be an object')
  const { offset, length, readOnly, copyOnWrite } = options
  for (const name of ['readOnly', 'copyOnWrite', 'shared', 'populate'] as const)
    checkFlag(options[name], name)
  if (offset !== undefined && checkWhole(offset, 'offset') % pageSize !== 0) {
    throw new RangeError(`offset must be a multiple of the page size (${pageSize}), not ${offset}`)
  }
  if (length !== undefined) checkLength(length)
  if (readOnly === true && copyOnWrite === true) {
    throw new TypeError('readOnly and copyOnWrite exclude each other')
  }
}

/** The protection and flags that mmap(2) wants for these options. */
export function protectionOf(options: MapOptions): { readonly protection: number; readonly flags: number } {
  const { PROT_READ, PROT_WRITE, MAP_PRIVATE, MAP_SHARED, MAP_POPULATE } = constants
  const own = options.readOnly === true || options.copyOnWrite === true
  return {
    // A read-only mapping is private, so that the guard can give a stray write a copy of its page.
    protection: options.readOnly === true ? PROT_READ : PROT_READ | PROT_WRITE,
    flags: (own ? MAP_PRIVATE : MAP_SHARED) | (options.populate === true ? MAP_POPULATE : 0),
  }
}

/** The bits for huge pages: `kind` is MAP_HUGETLB or MFD_HUGETLB, which use the same size bits. */
export function hugeFlags(size: HugePages | undefined, kind: number): number {
  if (size === undefined || size === false) return 0
  if (size === '1GB') return kind | constants.MAP_HUGE_1GB
  if (size === true || size === '2MB') return kind | constants.MAP_HUGE_2MB
  throw new TypeError(`hugePages must be true, '2MB' or '1GB', not ${String(size)}`)
}
