// Which libc this process runs on: sem_t and pthread_mutex_t are laid out by it, and differ.
import { native } from './addon.ts'
import { ENOSYS } from './errno.ts'
import { SysError } from './error.ts'

/** The running glibc's version, e.g. `2.36`; empty on another libc. */
export const glibcVersion: string = native.glibcVersion

/** Throws ENOSYS, saying why, unless `object` has the bytes that are known here: those of 64-bit glibc. */
export function needGlibc(object: string, syscall: string): void {
  if (glibcVersion !== '') return
  const hint = `Its bytes are libc's own, and only those of glibc are known here; this process runs on another libc.`
  throw new SysError(ENOSYS, syscall, { on: object, hint })
}
