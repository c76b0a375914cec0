// shmget(2), shmctl(2), shmat(2). All give `>= 0` or `-errno` unless said otherwise; see `must`.
import { native } from './addon.ts'
import { type Memory, tellGuardOfListeners } from './memory.ts'
import type { BufferSource } from './native.ts'

/** shmget(2). `key` as a signed or unsigned 32-bit number, `size` in bytes. */
export const shmget: (key: number, size: number, flags: number) => number = native.shmget
/**
 * shmctl(2); `buffer` is the kernel's struct shmid64_ds, shminfo64 or shm_info, at least 112 bytes, or absent for IPC_RMID,
 * SHM_LOCK and SHM_UNLOCK.
 */
export const shmctl: (id: number, command: number, buffer?: BufferSource) => number = native.shmctl

/**
 * shmat(2) of the whole segment where the kernel likes: a handle as `mmap` gives it, or `-errno`. `flags`: 0 or SHM_RDONLY.
 * There is no shmdt: `munmap` of the handle detaches at once, and the addresses rest in quarantine.
 */
export function shmat(id: number, flags: number): Memory | number {
  const memory = native.shmat(id, flags)
  tellGuardOfListeners()
  return memory
}
