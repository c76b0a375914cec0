// /dev/shm, where glibc and musl keep POSIX shared memory and semaphores: the regular files in it.
import { type BigIntStats, lstatSync, readdirSync } from 'node:fs'
import { deviceText } from '../proc/region.ts'

export const SHM_FOLDER = '/dev/shm/'
export const SEMAPHORE = 'sem.'

export interface ShmName {
  /** With its slash: `/frames`. */
  readonly name: string
  /** `major:minor:number`. */
  readonly inode: string
  readonly stat: BigIntStats
}

/** Shared memory. */
export function listNames(): ShmName[] {
  return list().filter(({ name }) => !isSemaphore(name.slice(1)))
}

/** Semaphores; their names are without `sem.`. */
export function listSemaphores(): ShmName[] {
  return list().flatMap((file) => {
    const name = file.name.slice(1)
    return isSemaphore(name) ? [{ ...file, name: `/${name.slice(SEMAPHORE.length)}` }] : []
  })
}

function list(): ShmName[] {
  let names: string[]
  try {
    names = readdirSync(SHM_FOLDER)
  } catch {
    return [] // not mounted here
  }
  return names.flatMap((name) => {
    const stat = lstatSync(`${SHM_FOLDER}${name}`, { bigint: true, throwIfNoEntry: false })
    if (stat?.isFile() !== true) return []
    return [{ name: `/${name}`, inode: `${deviceText(stat.dev)}:${stat.ino}`, stat }]
  })
}

export function isSemaphore(name: string): boolean {
  return name.startsWith(SEMAPHORE)
}
