// What the kernel says about shared memory segments: one, all of them, and their limits. shmctl(2)
import { constants } from '../../sys/constants.ts'
import { pageSize } from '../../sys/memory.ts'
import { shmctl } from '../../sys/sysv-memory.ts'
import { SysvControl } from './control.ts'
import { readInt, readLong, readTime } from './fields.ts'
import { PERMISSIONS_SIZE, rawMode, readPermissions, type SysvPermissions } from './permissions.ts'

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

/** struct shmid64_ds of the segments. */
export const segments: SysvControl = new SysvControl({
  name: 'shmctl',
  call: shmctl,
  size: SHMID_SIZE,
  slots: constants.SHM_INFO,
  inSlot: constants.SHM_STAT_ANY,
})

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

/** Every segment of this IPC namespace, also those that may not be read. */
export function listSegments(): SysvMemoryStat[] {
  return Array.from(segments.every(), ([id, view]) => readStat(id, view))
}

export function memorySystem(): SysvMemorySystem {
  const limits = segments.info(constants.IPC_INFO).view
  const used = segments.info(constants.SHM_INFO).view
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
