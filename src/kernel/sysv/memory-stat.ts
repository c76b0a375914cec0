// What the kernel says about shared memory segments: one, all of them, and their limits. shmctl(2)
import { constants } from '../../sys/constants.ts'
import { EACCES } from '../../sys/errno.ts'
import { must } from '../../sys/error.ts'
import { pageSize } from '../../sys/memory.ts'
import { shmctl } from '../../sys/sysv-memory.ts'
import { readInt, readLong, readTime } from './fields.ts'
import {
  PERMISSIONS_SIZE,
  rawMode,
  readPermissions,
  type SysvOwnership,
  type SysvPermissions,
  writeOwnership,
} from './permissions.ts'

/** A segment, as shmctl(2) IPC_STAT shows it. */
export interface SysvMemoryStat {
  readonly id: number
  readonly permissions: SysvPermissions
  /** Bytes, as they were asked for. */
  readonly size: number
  /** Whole pages of the system's usual size that hold it. */
  readonly pages: number
  /** The process that made it; 0 if it cannot be seen from here. */
  readonly creator: number
  /** The process that last attached or detached it; 0: none, or none that can be seen from here. */
  readonly lastPid: number
  /** How often it is attached now, in all processes. */
  readonly attached: number
  /** In whole seconds, as the other times. Undefined: never. */
  readonly attachedAt: Date | undefined
  readonly detachedAt: Date | undefined
  /** When it was made, or changed by `set`. */
  readonly changedAt: Date
  /** Kept in memory (SHM_LOCK). */
  readonly locked: boolean
  /** Removed while attached (SHM_DEST): it ends with its last attachment. */
  readonly removed: boolean
}

/** The limits of this IPC namespace and what is used of them, shmctl(2) IPC_INFO and SHM_INFO. In bytes. */
export interface SysvMemorySystem {
  /** The largest segment, /proc/sys/kernel/shmmax; inexact above 2^53. */
  readonly largest: number
  /** The most segments, /proc/sys/kernel/shmmni. */
  readonly mostSegments: number
  /** All segments together, /proc/sys/kernel/shmall; inexact above 2^53. */
  readonly most: number
  /** Segments there are. */
  readonly segments: number
  /** What they take: whole pages. */
  readonly size: number
  /** What of it is in memory now. */
  readonly resident: number
  /** What of it is swapped out. */
  readonly swapped: number
}

// struct shmid64_ds of linux/include/uapi/asm-generic/shmbuf.h on 64-bit architectures.
const SHMID_SIZE = 112
const SIZE = PERMISSIONS_SIZE
const ATTACHED_AT = PERMISSIONS_SIZE + 8
const DETACHED_AT = PERMISSIONS_SIZE + 16
const CHANGED_AT = PERMISSIONS_SIZE + 24
const CREATOR = PERMISSIONS_SIZE + 32
const LAST_PID = PERMISSIONS_SIZE + 36
const ATTACHED = PERMISSIONS_SIZE + 40
// struct shminfo64, and struct shm_info of linux/include/uapi/linux/shm.h.
const [LARGEST, MOST_SEGMENTS, MOST_PAGES] = [0, 16, 32]
const [SEGMENTS, PAGES, RESIDENT, SWAPPED] = [0, 8, 16, 24]

function room(): DataView {
  return new DataView(new ArrayBuffer(SHMID_SIZE))
}

/** struct shmid64_ds of a segment, or `-errno`. */
export function statBytes(id: number): DataView | number {
  const view = room()
  const result = shmctl(id, constants.IPC_STAT, view)
  return result < 0 ? result : view
}

export function readStat(id: number, view: DataView): SysvMemoryStat {
  const mode = rawMode(view)
  const size = readLong(view, SIZE)
  return {
    id,
    permissions: readPermissions(view),
    size,
    pages: Math.ceil(size / pageSize),
    creator: readInt(view, CREATOR),
    lastPid: readInt(view, LAST_PID),
    attached: readLong(view, ATTACHED),
    attachedAt: readTime(view, ATTACHED_AT),
    detachedAt: readTime(view, DETACHED_AT),
    changedAt: readTime(view, CHANGED_AT) ?? new Date(0),
    locked: (mode & constants.SHM_LOCKED) !== 0,
    removed: (mode & constants.SHM_DEST) !== 0,
  }
}

/** What may be known of a segment that may not be read: it is in the list all the same. Else `-errno`. */
export function statOrList(id: number): SysvMemoryStat | number {
  const view = statBytes(id)
  if (typeof view !== 'number') return readStat(id, view)
  return (view === EACCES ? listSegments().find((segment) => segment.id === id) : undefined) ?? view
}

/** What IPC_SET takes: owner and mode as they are, but for what is given. Or `-errno`. */
export function ownershipBytes(id: number, given: SysvOwnership): DataView | number {
  const about = statOrList(id)
  if (typeof about === 'number') return about
  const view = room()
  writeOwnership(view, about.permissions)
  writeOwnership(view, given)
  return view
}

/** Every segment of this IPC namespace, also those that may not be read. */
export function listSegments(): SysvMemoryStat[] {
  const { highest } = info(constants.SHM_INFO)
  const found: SysvMemoryStat[] = []
  for (let index = 0; index <= highest; index++) {
    const view = room()
    const id = shmctl(index, constants.SHM_STAT_ANY, view)
    if (id >= 0) found.push(readStat(id, view)) // else nobody has this slot
  }
  return found
}

export function memorySystem(): SysvMemorySystem {
  const limits = info(constants.IPC_INFO).view
  const used = info(constants.SHM_INFO).view
  return {
    largest: readLong(limits, LARGEST),
    mostSegments: readLong(limits, MOST_SEGMENTS),
    most: readLong(limits, MOST_PAGES) * pageSize,
    segments: readInt(used, SEGMENTS),
    size: readLong(used, PAGES) * pageSize,
    resident: readLong(used, RESIDENT) * pageSize,
    swapped: readLong(used, SWAPPED) * pageSize,
  }
}

function info(command: number): { readonly highest: number; readonly view: DataView } {
  const view = room()
  return { highest: must(shmctl(0, command, view), 'shmctl'), view }
}
