// Removing what an address names, and nothing else.
import { lstatSync } from 'node:fs'
import type { AddressOf } from '../address/index.ts'
import { constants } from '../sys/constants.ts'
import { errno } from '../sys/errno.ts'
import { must, SysError } from '../sys/error.ts'
import { unlinkat } from '../sys/file.ts'
import type { SysvAddress } from './lane/sysv.ts'

export const REMOVABLE = [
  'fifo',
  'unix',
  'sysv-mq',
  'sysv-sem',
  'sysv-shm',
  'posix-mq',
  'posix-sem',
  'posix-shm',
  'mmap',
] as const
export type Removable = AddressOf<(typeof REMOVABLE)[number]>
type File = AddressOf<'fifo' | 'posix-sem' | 'posix-shm' | 'mmap'>

/** The file behind the address: glibc and musl keep POSIX shared memory and semaphores in /dev/shm. */
export function fileOf(address: File): string {
  if (address.kind === 'posix-sem') return `/dev/shm/sem.${address.name.slice(1)}`
  return address.kind === 'posix-shm' ? `/dev/shm${address.name}` : address.path
}

/** Removes what the address names; with `force` also the path of a socket that is in use. Errors: those of unlink(2), mq_unlink(3), IPC_RMID; see `removeFile`. */
export async function remove(address: Removable, force = false): Promise<void> {
  switch (address.kind) {
    case 'unix':
      return removeSocket(address, force)
    case 'sysv-mq':
    case 'sysv-sem':
    case 'sysv-shm':
      return removeSysv(address)
    case 'posix-mq': {
      const { PosixQueue } = await import('../kernel/posix/queue.ts')
      return PosixQueue.unlink(address.name)
    }
    default:
      return removeFile(address)
  }
}

async function removeSysv(address: SysvAddress): Promise<void> {
  const { found } = await import('./lane/sysv.ts')
  const { SysvMemory } = await import('../kernel/sysv/memory.ts')
  const { SysvQueue } = await import('../kernel/sysv/queue.ts')
  const { SysvSemaphores } = await import('../kernel/sysv/semaphores.ts')
  const Class = { 'sysv-mq': SysvQueue, 'sysv-sem': SysvSemaphores, 'sysv-shm': SysvMemory }[address.kind]
  const object = found<{ remove(): void }>(address, {
    open: (key) => Class.open(key),
    from: (id) => Class.from(id),
  })
  object.remove()
}

/** Removes a path that was left behind. EBUSY: somebody answers there. EINVAL: it is no socket's. */
async function removeSocket({ name, abstract }: AddressOf<'unix'>, force: boolean): Promise<void> {
  if (abstract) {
    const hint = 'An abstract name goes with its socket: end the process that has it.'
    throw new SysError(errno['EOPNOTSUPP'] ?? 0, 'unlink', { on: `unix:@${name}`, hint })
  }
  const isThere = lstatSync(name, { throwIfNoEntry: false })
  if (isThere !== undefined && !isThere.isSocket()) {
    throw new SysError(errno['EINVAL'] ?? 0, 'unlink', { path: name, hint: 'It is no socket, so it stays.' })
  }
  const { probe } = await import('../kernel/socket/bind.ts')
  if (!force && isThere !== undefined && probe(name) === 'live') {
    const hint =
      'Somebody listens there; --force removes the path all the same, and nobody finds him any more.'
    throw new SysError(errno['EBUSY'] ?? 0, 'unlink', { path: name, hint })
  }
  must(unlinkat(constants.AT_FDCWD, name, 0), 'unlink', { path: name })
}

/**
 * Removes the name. A symbolic link is not followed, and not removed. Errors: those of unlink(2); EINVAL: there is
 * something else than the address says.
 */
function removeFile(address: File): void {
  const path = fileOf(address)
  const isThere = lstatSync(path, { throwIfNoEntry: false })
  const fits = address.kind === 'fifo' ? isThere?.isFIFO() : isThere?.isFile()
  if (isThere !== undefined && fits !== true) {
    const wanted = address.kind === 'fifo' ? 'a FIFO' : 'a regular file'
    throw new SysError(errno['EINVAL'] ?? 0, 'unlink', { path, hint: `It is not ${wanted}, so it stays.` })
  }
  must(unlinkat(constants.AT_FDCWD, path, 0), 'unlink', { path })
}
