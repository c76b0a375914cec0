// /dev/shm, where glibc and musl keep POSIX shared memory: every regular file in it but those of semaphores.
import { type BigIntStats, lstatSync, readdirSync } from 'node:fs'
import { deviceText } from '../proc/region.ts'

export const SHM_FOLDER = '/dev/shm/'
const SEMAPHORE = 'sem.'

export interface ShmName {
  /** With its slash: `/frames`. */
  readonly name: string
  /** `major:minor:number`. */
  readonly inode: string
  readonly stat: BigIntStats
}

export function listNames(): ShmName[] {
  let names: string[]
  try {
    names = readdirSync(SHM_FOLDER)
  } catch {
    return [] // not mounted here
  }
  return names.flatMap((name) => {
    const stat = lstatSync(`${SHM_FOLDER}${name}`, { bigint: true, throwIfNoEntry: false })
    if (stat?.isFile() !== true || isSemaphore(name)) return []
    return [{ name: `/${name}`, inode: `${deviceText(stat.dev)}:${stat.ino}`, stat }]
  })
}

export function isSemaphore(name: string): boolean {
  return name.startsWith(SEMAPHORE)
}
