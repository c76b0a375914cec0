// Shared memory: POSIX shared memory (shm_overview(7)), memfds (memfd_create(2)), files and anonymous memory mapped
// with MAP_SHARED (mmap(2)).
import type { Attachment, IpcObject } from '../model.ts'
import type { FoundDescriptor } from '../proc/descriptor.ts'
import { deviceText, type FoundRegion } from '../proc/region.ts'
import type { Family, Findings, Surroundings } from './family.ts'
import { attachmentsOf, type Holding, Holdings } from './holdings.ts'
import { mapping, memfd, posixMemory } from './memory-object.ts'
import { listNames, SHM_FOLDER } from './shm-folder.ts'

export class MemoryFamily implements Family {
  readonly #memfds = new Holdings()
  readonly #posix = new Holdings()
  readonly #mappings = new Holdings()

  descriptor(found: FoundDescriptor): boolean {
    const holdings = found.link.startsWith('/memfd:')
      ? this.#memfds
      : found.link.startsWith(SHM_FOLDER)
        ? this.#posix
        : undefined
    const stat = holdings === undefined ? undefined : found.stat()
    if (holdings === undefined || stat?.isFile() !== true) return false
    holdings.of(`${deviceText(stat.dev)}:${stat.ino}`).descriptors.push(found)
    return true
  }

  region(found: FoundRegion): boolean {
    if (found.inode === '0' || /^\/(SYSV|anon_hugepage|\[)/.test(found.path)) return false
    const holdings = found.path.startsWith('/memfd:')
      ? this.#memfds
      : found.path.startsWith(SHM_FOLDER)
        ? this.#posix
        : isOrdinary(found.path)
          ? this.#mappings
          : undefined
    holdings?.of(`${found.device}:${found.inode}`).regions.push(found)
    return holdings !== undefined
  }

  finish({ peek, hidden }: Surroundings): Findings {
    const objects: IpcObject[] = []
    const attachments: Attachment[] = []
    const take = (object: IpcObject, holding: Holding): void => {
      objects.push(object)
      attachments.push(...attachmentsOf({ ...holding, id: object.id }))
    }
    const named = new Map(listNames().map((name) => [name.inode, name]))
    for (const inode of named.keys()) this.#posix.of(inode)
    for (const holding of this.#posix) {
      const object = posixMemory(holding, named.get(holding.id), hidden)
      if (object !== undefined) take(object, holding)
    }
    for (const holding of this.#memfds) take(memfd(holding, peek), holding)
    for (const holding of this.#mappings) {
      // A file that nobody maps MAP_SHARED (a program, a library) joins no processes.
      if (holding.regions.some(({ shared }) => shared)) take(mapping(holding), holding)
    }
    return { objects, attachments }
  }
}

/** Neither a device, whose memory is the hardware's, nor a pseudo file; `/dev/zero` is anonymous shared memory. */
function isOrdinary(path: string): boolean {
  return path === '/dev/zero' || !/^\/(dev|proc|sys)\//.test(path)
}
