// Making and finding segments, shmget(2).
import { constants } from '../../sys/constants.ts'
import { EINVAL } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import { shmget } from '../../sys/sysv-memory.ts'
import { checkFlag, checkWhole, type HugePages, hugeFlags } from '../mapping-options.ts'
import { createNew, type Gotten, openExisting, openOrCreate, type Wanted } from './get.ts'
import { keyName } from './key.ts'
import { readStat, segments } from './memory-stat.ts'
import { accessBits, checkId, checkSysvMode, type SysvAccess } from './permissions.ts'

/** How a segment is made. */
export interface CreateSysvMemoryOptions {
  /** Bytes, 1 or more. The kernel gives whole pages of zeros. */
  readonly size: number
  /** 0 to 0o777, default 0o600. The umask plays no part. */
  readonly mode?: number | undefined
  /** Huge pages from the reserved pool (SHM_HUGETLB). ENOMEM when too few are set aside, EPERM without the right to them. */
  readonly hugePages?: HugePages | undefined
  /** False: takes no swap space or huge pages in advance (SHM_NORESERVE). Default true. */
  readonly reserve?: boolean | undefined
}

/** How a segment is opened. */
export interface OpenSysvMemoryOptions {
  /** Fails with EACCES at once, instead of when it is attached, unless this is allowed. */
  readonly access?: SysvAccess | undefined
}

/** A segment that was made or found. */
export interface FoundSegment extends Gotten {
  readonly key: number
}

/** How errors call a segment. */
export function labelOf(key: number, id?: number): string {
  const name = key === constants.IPC_PRIVATE ? 'private shared memory' : `shared memory ${keyName(key)}`
  return id === undefined ? name : `${name} (id ${id})`
}

/** Makes a segment; `or` says what happens if there is one. */
export function makeSegment(
  key: number,
  options: CreateSysvMemoryOptions,
  or: 'fail' | 'open' = 'fail',
): FoundSegment {
  if (typeof options !== 'object' || options === null)
    throw new TypeError('options must be an object with `size`')
  const { size, hugePages, reserve } = options
  const mode = checkSysvMode(options.mode)
  checkWhole(size, 'size', 1)
  checkFlag(reserve, 'reserve')
  const how = hugeFlags(hugePages, constants.SHM_HUGETLB) | (reserve === false ? constants.SHM_NORESERVE : 0)
  const make = or === 'open' ? openOrCreate : createNew
  const wanted = { ...wantedOf(key, size), hints: hintsFor(size, how !== 0) }
  return { key, ...make((flags) => shmget(key, size, flags | how), mode, wanted) }
}

/** Finds one. */
export function findSegment(key: number, { access }: OpenSysvMemoryOptions): FoundSegment {
  return { key, ...openExisting((flags) => shmget(key, 0, flags), accessBits(access), wantedOf(key)) }
}

/** One whose id is known. EINVAL when there is none. */
export function segmentWithId(id: number): FoundSegment {
  const view = segments.statAnyhow(checkId(id))
  if (typeof view !== 'number') return { id, key: readStat(id, view).permissions.key, created: false }
  const hint = view === EINVAL ? { hint: 'There is none.' } : {}
  throw new SysError(view, 'shmctl', { on: `shared memory with id ${id}`, ...hint })
}

function wantedOf(key: number, size?: number): Wanted {
  return { syscall: 'shmget', label: `${labelOf(key)}${size === undefined ? '' : ` of ${size} bytes`}` }
}

function hintsFor(size: number, huge: boolean): Readonly<Record<string, string>> {
  return {
    EINVAL: `There is one with fewer than ${size} bytes, or the system allows none so large: /proc/sys/kernel/shmmax.`,
    ENOSPC: 'The system has as many segments, or bytes of them, as /proc/sys/kernel/shmmni and shmall allow.',
    ENOMEM: huge
      ? 'Too few huge pages are set aside: see /proc/sys/vm/nr_hugepages and docs/mechanism/sysv-memory.md.'
      : 'There is not so much memory.',
    EPERM: 'Huge pages need CAP_IPC_LOCK or the group in /proc/sys/vm/hugetlb_shm_group.',
    ENOENT: 'This system has no huge pages of that size: see /sys/kernel/mm/hugepages.',
  }
}
