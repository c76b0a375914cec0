// Removing what an address names, and nothing else.
import { lstatSync } from 'node:fs'
import type { AddressOf } from '../address/index.ts'
import { constants } from '../sys/constants.ts'
import { errno } from '../sys/errno.ts'
import { must, SysError } from '../sys/error.ts'
import { unlinkat } from '../sys/file.ts'

export const REMOVABLE = ['fifo', 'posix-shm', 'mmap'] as const
export type Removable = AddressOf<(typeof REMOVABLE)[number]>

/** The file behind the address: glibc and musl keep POSIX shared memory in /dev/shm. */
export function fileOf(address: Removable): string {
  return address.kind === 'posix-shm' ? `/dev/shm${address.name}` : address.path
}

/**
 * Removes the name. A symbolic link is not followed, and not removed. Errors: those of unlink(2); EINVAL: there is
 * something else than the address says.
 */
export function remove(address: Removable): void {
  const path = fileOf(address)
  const isThere = lstatSync(path, { throwIfNoEntry: false })
  const fits = address.kind === 'fifo' ? isThere?.isFIFO() : isThere?.isFile()
  if (isThere !== undefined && fits !== true) {
    const wanted = address.kind === 'fifo' ? 'a FIFO' : 'a regular file'
    throw new SysError(errno['EINVAL'] ?? 0, 'unlink', { path, hint: `It is not ${wanted}, so it stays.` })
  }
  must(unlinkat(constants.AT_FDCWD, path, 0), 'unlink', { path })
}
