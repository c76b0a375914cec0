// The bytes of a mapping as JavaScript sees them, and what the kernel can do for its pages.
import { readCString, writeCString } from '../layout/cstring.ts'
import { type PrintValue, print, type ScanValue, scan } from '../layout/text.ts'
import { constants } from '../sys/constants.ts'
import { must } from '../sys/error.ts'
import { madvise, memoryAddress, mlock, msync, munlock, pageSize } from '../sys/memory.ts'
import { waitCall } from '../wait/call.ts'
import type { WaitOptions } from '../wait/options.ts'
import { checkWhole } from './mapping-options.ts'
import type { Range } from './mapping-range.ts'

/** Constructors of typed arrays, for `view`. */
export interface TypedArrayConstructor<T> {
  new (buffer: ArrayBuffer | SharedArrayBuffer, byteOffset: number, length: number): T
  readonly BYTES_PER_ELEMENT: number
  readonly name: string
}

/** A part of a mapping, in bytes. Default: from `offset` (0) to its end. */
export interface Part {
  readonly offset?: number
  readonly length?: number
}

const ADVICE = {
  normal: 'MADV_NORMAL',
  random: 'MADV_RANDOM',
  sequential: 'MADV_SEQUENTIAL',
  willneed: 'MADV_WILLNEED',
  dontneed: 'MADV_DONTNEED',
  remove: 'MADV_REMOVE',
  cold: 'MADV_COLD',
  pageout: 'MADV_PAGEOUT',
  hugepage: 'MADV_HUGEPAGE',
  nohugepage: 'MADV_NOHUGEPAGE',
  dontdump: 'MADV_DONTDUMP',
  dodump: 'MADV_DODUMP',
  'populate-read': 'MADV_POPULATE_READ',
  'populate-write': 'MADV_POPULATE_WRITE',
} as const

/** What madvise(2) can be told; its names in lower case. `remove` punches a hole into the object, for everybody. */
export type Advice = keyof typeof ADVICE

/** The part of Mapping that reads, writes and advises; see Mapping. */
export abstract class MappedViews {
  protected range: Range

  protected constructor(range: Range) {
    this.range = range
  }

  /** All bytes. Take it once and use it as any Uint8Array; it is detached by `close` and `resize`. */
  get bytes(): Uint8Array {
    this.range.check('bytes')
    return this.range.bytes
  }

  /** The buffer behind the bytes. */
  get buffer(): ArrayBuffer | SharedArrayBuffer {
    this.range.check('buffer')
    return this.range.buffer
  }

  /** Mapped bytes; 0 once closed. */
  get length(): number {
    return this.range.closed ? 0 : this.range.length
  }

  get closed(): boolean {
    return this.range.closed
  }

  /** Whether the object was truncated while mapped, as far as anybody has touched the missing pages. Never throws. */
  get lost(): boolean {
    return this.range.lost
  }

  /** Whether `buffer` is what is mapped now; false once closed or resized. Cheap, and never throws. */
  isMapped(buffer: ArrayBufferLike): boolean {
    return this.range.buffer === buffer && !this.range.closed
  }

  /** What errors call it. */
  toString(): string {
    return this.range.label
  }

  /** What keeps the mapping from being closed or resized now. */
  get holders(): readonly string[] {
    return this.range.holders
  }

  /**
   * Keeps the mapping open and where it is: close and resize fail with EBUSY, naming `by`. Gives the function that ends
   * it; `still` ends it too, by answering false when the mapping is to be closed. For a lock placed in the mapping, and for
   * pages that lie in a pipe.
   */
  hold(by: string, still: () => boolean = () => true): () => void {
    this.range.check('hold')
    return this.range.hold(by, still)
  }

  /**
   * A typed array over a part: `view(Int32Array, 64, 4)`. `offset` in bytes, a multiple of the element's size; `length`
   * in elements, by default as many as fit.
   */
  view<T>(type: TypedArrayConstructor<T>, offset = 0, length?: number): T {
    const size = type.BYTES_PER_ELEMENT
    if (checkWhole(offset, 'offset') % size !== 0) {
      throw new RangeError(`offset must be a multiple of ${size} for ${type.name}, not ${offset}`)
    }
    const count = length ?? Math.floor(Math.max(0, this.length - offset) / size)
    this.#inside(offset, checkWhole(count, 'length') * size, 'view')
    return new type(this.range.buffer, offset, count)
  }

  /** A DataView over a part, in bytes. */
  dataView(offset = 0, length?: number): DataView {
    const count = length ?? Math.max(0, this.length - checkWhole(offset, 'offset'))
    this.#inside(offset, count, 'view')
    return new DataView(this.range.buffer, offset, count)
  }

  /** The C string at `offset`: up to its NUL, `max` bytes, or the mapping's end. Bytes that are no UTF-8 become U+FFFD. */
  readCString(offset = 0, max?: number): string {
    return this.#touch('read', (bytes) => readCString(bytes, offset, max))
  }

  /**
   * Writes `text` and a NUL at `offset`, cut between two characters if there is no room. Gives the bytes the whole needs,
   * NUL included.
   */
  writeCString(text: string, offset = 0): number {
    return this.#touch('write', (bytes) => writeCString(bytes, text, offset))
  }

  /**
   * Writes formatted text and a NUL at `offset` in place, as snprintf(3) into the rest of the mapping: cut if there is no
   * room, and gives the bytes the whole needs without the NUL.
   */
  print(offset: number, format: string, ...values: readonly PrintValue[]): number {
    return this.#touch('write', (bytes) => print(bytes.subarray(this.#start(offset)), format, ...values))
  }

  /** Reads formatted text at `offset`, as sscanf(3): the values that were read, or `null` at the text's end. */
  scan(offset: number, format: string): ScanValue[] | null {
    return this.#touch('read', (bytes) => scan(bytes.subarray(this.#start(offset)), format))
  }

  /**
   * Writes changed pages to the file and waits for the disk, on a thread of its own. msync(2) MS_SYNC. Only for files:
   * other processes see changes at once, without it. Errors: EIO, ENOSPC, EBUSY (locked pages), and those of waiting.
   */
  async sync(options: Part & WaitOptions = {}): Promise<void> {
    const { offset, length } = this.#pages(options, 'msync')
    const args = [memoryAddress(this.range.memory) + offset, length, constants.MS_SYNC]
    const { result } = await waitCall({ number: constants.SYS_msync, name: 'msync', args }, options)
    must(result, 'msync', { on: this.range.label })
  }

  /** As `sync`, blocking this thread. */
  syncSync(part: Part = {}): void {
    const { offset, length } = this.#pages(part, 'msync')
    must(msync(this.range.memory, offset, length, constants.MS_SYNC), 'msync', { on: this.range.label })
  }

  /**
   * Tells the kernel how the pages will be used, madvise(2). EINVAL: not for this kind of memory, or this kernel lacks it.
   * `dontneed` drops the private pages of an anonymous or copy-on-write mapping: they read as at first.
   */
  advise(advice: Advice, part: Part = {}): void {
    if (!Object.hasOwn(ADVICE, advice)) {
      throw new TypeError(`advice must be one of ${Object.keys(ADVICE).join(', ')}, not ${String(advice)}`)
    }
    const { offset, length } = this.#pages(part, 'madvise')
    const result = madvise(this.range.memory, offset, length, constants[ADVICE[advice]])
    must(result, 'madvise', { on: `${this.range.label} (${advice})` })
  }

  /** Keeps the pages in memory, mlock(2). ENOMEM or EPERM: more than RLIMIT_MEMLOCK allows. */
  lockPages(part: Part = {}): void {
    const { offset, length } = this.#pages(part, 'mlock')
    must(mlock(this.range.memory, offset, length), 'mlock', {
      on: this.range.label,
      hint: 'See `ulimit -l`.',
    })
  }

  /** Undoes lockPages, munlock(2). */
  unlockPages(part: Part = {}): void {
    const { offset, length } = this.#pages(part, 'munlock')
    must(munlock(this.range.memory, offset, length), 'munlock', { on: this.range.label })
  }

  #start(offset: number): number {
    if (checkWhole(offset, 'offset') <= this.range.length) return offset
    throw new RangeError(`offset must be at most ${this.range.length}, not ${offset}`)
  }

  /** Checked afterwards too: the access itself may have met a hole. */
  #touch<T>(syscall: string, access: (bytes: Uint8Array) => T): T {
    this.range.check(syscall)
    const result = access(this.range.bytes)
    this.range.check(syscall)
    return result
  }

  /** The whole pages that hold a part: calls on pages take addresses of pages only. */
  #pages(part: Part, syscall: string): { readonly offset: number; readonly length: number } {
    const { offset = 0 } = part
    const length = part.length ?? Math.max(0, this.length - checkWhole(offset, 'offset'))
    this.#inside(offset, checkWhole(length, 'length'), syscall)
    const start = offset - (offset % pageSize)
    return { offset: start, length: offset + length - start }
  }

  /** Throws unless [offset, offset + length) lies inside, and what has happened to the mapping. */
  #inside(offset: number, length: number, syscall: string): void {
    this.range.check(syscall)
    checkWhole(length, 'length')
    if (offset > this.range.length || length > this.range.length - offset) {
      throw new RangeError(
        `offset ${offset} and length ${length} (bytes) must lie inside the mapping's ${this.range.length} bytes`,
      )
    }
  }
}
