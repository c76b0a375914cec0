// One mapped range of addresses and its buffer: what a Mapping owns, and exchanges when it is resized.
import { constants } from '../sys/constants.ts'
import { EBUSY, EIDRM, ENOMEM, EPERM } from '../sys/errno.ts'
import { closedError, must, SysError } from '../sys/error.ts'
import {
  discardWritten,
  LOST,
  type Memory,
  mappedBuffer,
  memoryFlags,
  mmap,
  munmap,
  WRITTEN,
} from '../sys/memory.ts'
import { detachLater } from './mapping-detach.ts'
import { MappingLostError, ReadOnlyWriteError } from './mapping-error.ts'
import { type MapOptions, protectionOf } from './mapping-options.ts'

/** What is mapped, checked already. */
export interface RangeSource {
  /** -1: anonymous memory. */
  readonly fd: number
  readonly offset: number
  readonly length: number
  readonly options: MapOptions
  /** More flags of mmap(2). */
  readonly flags?: number
  /** What errors call it. */
  readonly label: string
  readonly path?: string | undefined
  /** Makes the range another way than mmap(2), and what to call that. */
  readonly attach?: { readonly syscall: string; readonly call: () => Memory | number }
}

function mapped(source: RangeSource): Memory | number {
  const { protection, flags } = protectionOf(source.options)
  const { MAP_PRIVATE, MAP_ANONYMOUS } = constants
  const own = source.fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS | (source.flags ?? 0) : flags
  return mmap(source.length, protection, own, source.fd, source.offset)
}

function explain(errno: number, source: RangeSource): string | undefined {
  if (errno === ENOMEM && ((source.flags ?? 0) & constants.MAP_HUGETLB) !== 0) {
    return 'Too few huge pages are set aside: see /proc/sys/vm/nr_hugepages and docs/mechanism/mmap.md.'
  }
  if (errno === ENOMEM) return 'No room for it: memory, address space (RLIMIT_AS) or vm.max_map_count.'
  if (errno === EPERM) return 'It is sealed against writing: map it with readOnly or copyOnWrite.'
  return undefined
}

interface Holder {
  readonly by: string
  /** Asked when somebody wants to know. */
  readonly still: () => boolean
}

export class Range {
  readonly memory: Memory
  readonly buffer: ArrayBuffer | SharedArrayBuffer
  readonly bytes: Uint8Array
  readonly label: string
  readonly length: number
  readonly #about: { readonly on: string; readonly path?: string }
  readonly #holders = new Map<symbol, Holder>()
  #closed = false
  #lost = false

  constructor(source: RangeSource) {
    const { label, path, attach } = source
    this.label = label
    this.#about = path === undefined ? { on: label } : { on: label, path }
    const memory = attach?.call() ?? mapped(source)
    if (typeof memory === 'number') {
      const hint = explain(memory, source)
      throw new SysError(
        memory,
        attach?.syscall ?? 'mmap',
        hint === undefined ? this.#about : { ...this.#about, hint },
      )
    }
    this.memory = memory
    this.buffer = this.#bufferOf(source.options.shared === true)
    this.bytes = new Uint8Array(this.buffer)
    this.length = this.bytes.length
  }

  #bufferOf(shared: boolean): ArrayBuffer | SharedArrayBuffer {
    const buffer = mappedBuffer(this.memory, shared)
    if (typeof buffer !== 'number') return buffer
    munmap(this.memory, undefined)
    throw new SysError(buffer, 'mmap', {
      on: this.label,
      hint: shared
        ? `\`shared\` needs Node 22.23, 24.21, 26.10 or newer; this is ${process.versions.node}.`
        : 'This runtime does not allow buffers over memory from outside its heap.',
    })
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Whether the object was truncated under us, as far as anybody has touched the missing pages. */
  get lost(): boolean {
    if (!this.#closed) this.#lost = (memoryFlags(this.memory) & LOST) !== 0
    return this.#lost
  }

  /** Throws what has happened to the range: every method goes through here, before and after it touches the bytes. */
  check(syscall: string): void {
    if (this.#closed) throw closedError(syscall, this.label)
    const flags = memoryFlags(this.memory)
    if (flags === 0) return
    if ((flags & LOST) !== 0) throw new MappingLostError(this.label)
    if ((flags & WRITTEN) !== 0) {
      this.#discard()
      throw new ReadOnlyWriteError(this.label)
    }
  }

  #discard(): void {
    const result = discardWritten(this.memory)
    if (result === EIDRM) {
      const hint =
        'A write through this read-only mapping took the place of all that was still attached of it.'
      throw new SysError(EIDRM, 'shmat', { ...this.#about, hint })
    }
    must(result, 'madvise', this.#about)
  }

  /** See Mapping.hold. */
  hold(by: string, still: () => boolean): () => void {
    const key = Symbol(by)
    this.#holders.set(key, { by, still })
    return () => {
      this.#holders.delete(key)
    }
  }

  get holders(): readonly string[] {
    for (const [key, { still }] of this.#holders) if (!still()) this.#holders.delete(key)
    return [...new Set([...this.#holders.values()].map(({ by }) => by))]
  }

  /** Throws EBUSY while held. */
  checkFree(syscall: string): void {
    const { holders } = this
    if (holders.length === 0) return
    throw new SysError(EBUSY, syscall, {
      ...this.#about,
      hint: `It is held by ${holders.join(', ')}; release that first.`,
    })
  }

  /** Closes; EBUSY while held. */
  close(syscall: string): void {
    if (this.#closed) return
    this.checkFree(syscall)
    this.#lost = this.lost
    const busy = must(munmap(this.memory, this.buffer), 'munmap', this.#about)
    this.#closed = true
    if (busy === 1) detachLater(this.buffer as ArrayBuffer)
  }
}
