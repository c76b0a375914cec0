// SysvMemory: a System V shared memory segment.
import { constants } from '../../sys/constants.ts'
import { EACCES, ENOMEM } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import type { Memory } from '../../sys/memory.ts'
import { shmat, shmctl } from '../../sys/sysv-memory.ts'
import { type Mapping, mapAttachment } from '../mapping.ts'
import { checkFlag, checkLength, type MapOptions } from '../mapping-options.ts'
import { SysvHandle } from './handle.ts'
import { keyOf, type SysvKey } from './key.ts'
import {
  type CreateSysvMemoryOptions,
  type FoundSegment,
  findSegment,
  labelOf,
  makeSegment,
  type OpenSysvMemoryOptions,
  segmentWithId,
} from './memory-open.ts'
import {
  listSegments,
  memorySystem,
  readStat,
  type SysvMemoryStat,
  type SysvMemorySystem,
  segments,
} from './memory-stat.ts'
import { checkOwnership, type SysvOwnership } from './permissions.ts'

/** How a segment is attached: always as a whole. */
export interface AttachOptions extends Pick<MapOptions, 'readOnly' | 'shared' | 'populate'> {}

/**
 * A System V shared memory segment: bytes that the kernel keeps until somebody removes them, whoever made them has ended or not.
 * Any programs that agree on a key share them. sysvipc(7), shmget(2), shmop(2), shmctl(2)
 */
export class SysvMemory {
  /** The kernel's number for it. */
  readonly id: number
  /** Unsigned; 0 for a private segment. */
  readonly key: number
  /** Bytes, as they were asked for by who made it. */
  readonly size: number
  /** Whether this call made the segment. */
  readonly created: boolean
  readonly #handle: SysvHandle

  private constructor({ id, key, created }: FoundSegment) {
    this.id = id
    this.key = key
    this.created = created
    this.#handle = new SysvHandle(id, labelOf(key, id))
    const view = segments.statAnyhow(id)
    if (typeof view === 'number') throw this.#handle.failed(view, 'shmctl')
    this.size = readStat(id, view).size
  }

  /**
   * Makes a segment of zeros. Errors: EEXIST, EINVAL (larger than /proc/sys/kernel/shmmax), ENOSPC (shmmni, shmall), ENOMEM;
   * with `hugePages` EPERM, and ENOENT for a size that this system does not have.
   */
  static create(key: SysvKey, options: CreateSysvMemoryOptions): SysvMemory {
    return new SysvMemory(makeSegment(keyOf(key), options))
  }

  /** One that exists. Errors: ENOENT; EACCES with `access`. */
  static open(key: SysvKey, options: OpenSysvMemoryOptions = {}): SysvMemory {
    return new SysvMemory(findSegment(keyOf(key), options))
  }

  /**
   * Either; safe when several processes do it at once. One that is there is not changed: it may be larger, EINVAL if it is
   * smaller, EACCES unless it allows what `mode` says.
   */
  static openOrCreate(key: SysvKey, options: CreateSysvMemoryOptions): SysvMemory {
    return new SysvMemory(makeSegment(keyOf(key), options, 'open'))
  }

  /** Makes a segment without a key: others need its `id`. */
  static createPrivate(options: CreateSysvMemoryOptions): SysvMemory {
    return new SysvMemory(makeSegment(constants.IPC_PRIVATE, options))
  }

  /** One whose id is known. EINVAL when there is none. */
  static from(id: number): SysvMemory {
    return new SysvMemory(segmentWithId(id))
  }

  /** Every segment of the system (of this IPC namespace), also those that may not be read. */
  static list(): SysvMemoryStat[] {
    return listSegments()
  }

  /** The system's limits, and what is used of them. */
  static system(): SysvMemorySystem {
    return memorySystem()
  }

  get closed(): boolean {
    return this.#handle.closed
  }

  /**
   * Attaches it: a Mapping of all its bytes, which outlives `close` and `remove`. As often as wanted; closing the mapping detaches.
   * `readOnly` needs less permission, and a write through such a mapping reaches nobody. Errors: EACCES, EIDRM, ENOMEM.
   */
  attach(options: AttachOptions = {}): Mapping {
    checkAttach(options)
    this.#handle.check('shmat')
    checkLength(this.size, 'size')
    const { readOnly = false, shared = false, populate = false } = options
    const mapping = mapAttachment({
      label: `attached ${this.#handle}`,
      options: { readOnly, shared },
      fixed: `${this.#handle} has ${this.size} bytes for good: the size of a segment cannot be changed`,
      attach: { syscall: 'shmat', call: () => this.#attach(readOnly) },
    })
    if (populate) populated(mapping)
    return mapping
  }

  stat(): SysvMemoryStat {
    this.#handle.check('shmctl')
    const view = segments.stat(this.id)
    if (typeof view === 'number') throw this.#handle.failed(view, 'shmctl')
    return readStat(this.id, view)
  }

  /** Changes owner or mode, IPC_SET. EPERM for who is neither owner nor creator nor privileged. */
  set(options: SysvOwnership): void {
    checkOwnership(options)
    this.#handle.check('shmctl')
    const view = segments.changed(this.id, options)
    if (typeof view === 'number') throw this.#handle.failed(view, 'shmctl')
    this.#control(constants.IPC_SET, view)
  }

  /** Keeps it in memory, never swapped out, whoever uses it: SHM_LOCK. EPERM, ENOMEM: more than `ulimit -l` allows. */
  lock(): void {
    this.#control(constants.SHM_LOCK)
  }

  /** Undoes `lock`: SHM_UNLOCK. */
  unlock(): void {
    this.#control(constants.SHM_UNLOCK)
  }

  /**
   * Removes it: at once if nobody has it attached, else with the last attachment. Until then `stat().removed`, it has no key
   * any more, and can still be attached by its id. EPERM as `set`.
   */
  remove(): void {
    this.#control(constants.IPC_RMID)
  }

  /** Ends the use of this object. The segment and its mappings stay. */
  close(): void {
    this.#handle.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #attach(readOnly: boolean): Memory {
    const memory = shmat(this.id, readOnly ? constants.SHM_RDONLY : 0)
    if (typeof memory !== 'number') return memory
    const failed = this.#handle.failed(memory, 'shmat')
    const hint = memory === EACCES ? ACCESS_HINTS[`${readOnly}`] : memory === ENOMEM ? MEMORY_HINT : undefined
    throw hint === undefined ? failed : new SysError(memory, 'shmat', { on: `${this.#handle}`, hint })
  }

  #control(command: number, argument?: DataView): void {
    this.#handle.check('shmctl')
    const result = shmctl(this.id, command, argument)
    if (result < 0) throw this.#handle.failed(result, 'shmctl')
  }
}

const ACCESS_HINTS = {
  true: 'Its mode does not allow this user to read it.',
  false: 'Its mode does not allow this user to write it; `readOnly` asks for less.',
} as const
const MEMORY_HINT = 'No room for it: memory, address space (RLIMIT_AS) or vm.max_map_count.'

function checkAttach(options: AttachOptions): void {
  if (typeof options !== 'object' || options === null) throw new TypeError('options must be an object')
  for (const name of ['readOnly', 'shared', 'populate'] as const) checkFlag(options[name], name)
  for (const name of ['offset', 'length', 'copyOnWrite']) {
    if (Object.hasOwn(options, name))
      throw new TypeError(`${name} cannot be given: a segment is attached as a whole`)
  }
}

function populated(mapping: Mapping): void {
  try {
    mapping.advise(mapping.readOnly ? 'populate-read' : 'populate-write')
  } catch (error) {
    mapping.close()
    throw error
  }
}
