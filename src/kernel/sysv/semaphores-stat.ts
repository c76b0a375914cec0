// What the kernel says about semaphore sets: one, all of them, and their limits. semctl(2)
import { constants } from '../../sys/constants.ts'
import { SEMID_LAYOUT, semctl } from '../../sys/sysv-semaphore.ts'
import { SysvControl } from './control.ts'
import { readInt, readLong, readTime } from './fields.ts'
import { readPermissions, type SysvPermissions } from './permissions.ts'

/** A semaphore set, as semctl(2) IPC_STAT shows it. */
export interface SysvSemaphoresStat {
  readonly id: number
  readonly permissions: SysvPermissions
  /** Semaphores in it. */
  readonly count: number
  /** The last semop(2), in whole seconds. Undefined: never, so that its maker has perhaps not initialised it yet. */
  readonly operatedAt: Date | undefined
  /** When it was made, or changed by `set`, `setValue` or `setValues`, in whole seconds. */
  readonly changedAt: Date
}

/** The limits of this IPC namespace and what is used of them, semctl(2) IPC_INFO and SEM_INFO. */
export interface SysvSemaphoresSystem {
  /** The largest value of a semaphore (SEMVMX), 32767. */
  readonly largestValue: number
  /** Semaphores of one set (SEMMSL, the first number of /proc/sys/kernel/sem). */
  readonly mostOfOneSet: number
  /** Semaphores of all sets (SEMMNS, the second). */
  readonly mostSemaphores: number
  /** Operations at once (SEMOPM, the third). */
  readonly mostOperations: number
  /** Sets (SEMMNI, the fourth). */
  readonly mostSets: number
  /** Sets there are. */
  readonly sets: number
  /** Semaphores in all of them. */
  readonly semaphores: number
}

// struct seminfo of linux/include/uapi/linux/sem.h; in SEM_INFO the last two are counts.
const [MOST_SETS, MOST_SEMAPHORES, MOST_OF_ONE, MOST_OPERATIONS, SETS, LARGEST, SEMAPHORES] = [
  4, 8, 16, 20, 28, 32, 36,
]

/** struct semid64_ds of the sets. */
export const sets: SysvControl = new SysvControl({
  name: 'semctl',
  call: (id, command, view) => semctl(id, 0, command, view),
  size: SEMID_LAYOUT.size,
  slots: constants.SEM_INFO,
  inSlot: constants.SEM_STAT_ANY,
})

export function readStat(id: number, view: DataView): SysvSemaphoresStat {
  return {
    id,
    permissions: readPermissions(view),
    count: readLong(view, SEMID_LAYOUT.count),
    operatedAt: readTime(view, SEMID_LAYOUT.operatedAt),
    changedAt: readTime(view, SEMID_LAYOUT.changedAt) ?? new Date(0),
  }
}

/** Every set of this IPC namespace, also those that may not be read. */
export function listSets(): SysvSemaphoresStat[] {
  return Array.from(sets.every(), ([id, view]) => readStat(id, view))
}

export function semaphoresSystem(): SysvSemaphoresSystem {
  const { view } = sets.info(constants.SEM_INFO)
  return {
    largestValue: readInt(view, LARGEST),
    mostOfOneSet: readInt(view, MOST_OF_ONE),
    mostSemaphores: readInt(view, MOST_SEMAPHORES),
    mostOperations: readInt(view, MOST_OPERATIONS),
    mostSets: readInt(view, MOST_SETS),
    sets: readInt(view, SETS),
    semaphores: readInt(view, SEMAPHORES),
  }
}
