// Memory with a descriptor and no name, which can be sealed before it is shared.
import { constants } from '../sys/constants.ts'
import { EBUSY, EINVAL, ENOMEM, EPERM } from '../sys/errno.ts'
import { must, SysError } from '../sys/error.ts'
import { Fd } from '../sys/fd.ts'
import { fcntl } from '../sys/file.ts'
import { memfd_create } from '../sys/memory.ts'
import { Mapping } from './mapping.ts'
import { orUndo, reserve, setSize, sizeOf } from './mapping-file.ts'
import { checkFlag, checkWhole, type HugePages, hugeFlags, type MapOptions } from './mapping-options.ts'

const SEALS = {
  seal: 'F_SEAL_SEAL',
  shrink: 'F_SEAL_SHRINK',
  grow: 'F_SEAL_GROW',
  write: 'F_SEAL_WRITE',
  'future-write': 'F_SEAL_FUTURE_WRITE',
  exec: 'F_SEAL_EXEC',
} as const

/**
 * What nobody can undo: `write` no writing at all; `future-write` none but through mappings that exist already; `shrink`
 * and `grow` fix the size; `seal` no more seals; `exec` the executable bits stay as they are (Linux 6.3).
 */
export type Seal = keyof typeof SEALS

/** Options of `Memfd.create`. */
export interface MemfdOptions {
  /** Bytes, reserved at once. Default 0. With huge pages, a multiple of their size. */
  readonly size?: number
  /** False: born with F_SEAL_SEAL, so that no seal can ever be set. Default true. */
  readonly sealable?: boolean
  /** Whether the object may be made executable. Default false (MFD_NOEXEC_SEAL, where the kernel has it: 6.3). */
  readonly executable?: boolean
  readonly hugePages?: HugePages
}

function bitOf(seal: unknown): number {
  if (typeof seal === 'string' && Object.hasOwn(SEALS, seal)) return constants[SEALS[seal as Seal]]
  throw new TypeError(`seal must be one of ${Object.keys(SEALS).join(', ')}, not ${String(seal)}`)
}

// MFD_EXEC and MFD_NOEXEC_SEAL are Linux 6.3; before it they are EINVAL, and then left out.
function createNoexec(name: string, flags: number, executable: boolean): number {
  const choice = executable ? constants.MFD_EXEC : constants.MFD_NOEXEC_SEAL
  const result = memfd_create(name, flags | choice)
  return result === EINVAL ? memfd_create(name, flags) : result
}

function sealsOf(fd: number, on: string): number {
  const result = fcntl(fd, constants.F_GET_SEALS, 0)
  return must(result, 'fcntl', result === EINVAL ? { on, hint: 'It is no memfd.' } : { on })
}

/**
 * An anonymous file in memory, memfd_create(2): shared by passing its descriptor, gone with its last user. Seals make
 * promises to whoever receives it, e.g. that it will not be truncated under a mapping.
 */
export class Memfd {
  readonly #fd: Fd

  private constructor(fd: Fd) {
    this.#fd = fd
  }

  /** The descriptor's number: hand it to a child, or send it over a Unix socket. Throws EBADF once closed. */
  get fd(): number {
    return this.#fd.number
  }

  get closed(): boolean {
    return this.#fd.closed
  }

  /**
   * Makes one. `name` shows in /proc only; at most 249 bytes. Errors: EINVAL (name too long), ENOMEM, ENOSPC, EMFILE;
   * with huge pages ENOMEM when too few are set aside.
   */
  static create(name: string, options: MemfdOptions = {}): Memfd {
    if (typeof name !== 'string') throw new TypeError(`name must be a string, not ${typeof name}`)
    if (Buffer.byteLength(name) > 249) throw new RangeError('name must be at most 249 bytes')
    const { size = 0, sealable = true, executable = false, hugePages } = options
    checkWhole(size, 'size')
    checkFlag(sealable, 'sealable')
    checkFlag(executable, 'executable')
    const huge = hugeFlags(hugePages, constants.MFD_HUGETLB)
    const flags = constants.MFD_CLOEXEC | (sealable ? constants.MFD_ALLOW_SEALING : 0) | huge
    const label = `memfd ${JSON.stringify(name)}`
    const number = must(createNoexec(name, flags, executable), 'memfd_create', { on: label })
    const memfd = new Memfd(new Fd(number, label))
    orUndo(memfd.#fd, undefined, () => {
      if (!sealable) memfd.seal('seal') // MFD_NOEXEC_SEAL implies MFD_ALLOW_SEALING
      try {
        reserve(memfd.#fd, size)
      } catch (error) {
        if (huge === 0 || !(error instanceof SysError)) throw error
        throw new SysError(ENOMEM, error.syscall, {
          on: label,
          hint: 'Too few huge pages are set aside: see /proc/sys/vm/nr_hugepages and docs/mechanism/memfd.md.',
        })
      }
    })
    return memfd
  }

  /** Takes over a memfd that was received or inherited. EINVAL for a descriptor of something else, which stays open. */
  static from(fd: number): Memfd {
    sealsOf(checkWhole(fd, 'fd'), `fd ${fd}`)
    return new Memfd(Fd.adopt(fd, 'memfd'))
  }

  /** Bytes. */
  get size(): number {
    return sizeOf(this.#fd)
  }

  /** The seals that are set. */
  get seals(): readonly Seal[] {
    const bits = sealsOf(this.#fd.number, `${this.#fd}`)
    return (Object.keys(SEALS) as Seal[]).filter((seal) => (bits & bitOf(seal)) !== 0)
  }

  /**
   * Sets seals, for good, fcntl(2) F_ADD_SEALS. EBUSY: `write` while a writable shared mapping exists (`future-write`
   * allows that). EPERM: sealed with `seal`, or a descriptor open for reading only.
   */
  seal(...seals: readonly Seal[]): void {
    const bits = seals.reduce((sum, seal) => sum | bitOf(seal), 0)
    const result = fcntl(this.#fd.number, constants.F_ADD_SEALS, bits)
    const hints: Readonly<Record<number, string>> = {
      [EBUSY]: 'Somebody maps it writable: close that mapping first, or use the seal future-write.',
      [EPERM]: 'It carries the seal `seal`, or this descriptor is open for reading only.',
      [EINVAL]: 'This kernel does not know one of the seals.',
    }
    const on = `${this.#fd} (seal ${seals.join(', ')})`
    const hint = hints[result]
    must(result, 'fcntl', hint === undefined ? { on } : { on, hint })
  }

  /** Makes it `size` bytes long; what is added is reserved. EPERM: sealed against that. */
  resize(size: number): void {
    setSize(this.#fd, checkWhole(size, 'size'))
  }

  /** Maps it, or a part; the mapping outlives `close`. EPERM: writable although sealed against writing. */
  map(options: MapOptions = {}): Mapping {
    return Mapping.of(this.#fd, options)
  }

  /** Closes the descriptor; mappings and other descriptors of it stay. Idempotent. */
  close(): void {
    this.#fd.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
