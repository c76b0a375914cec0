// Named POSIX semaphores, sem_overview(7): files in /dev/shm called sem.NAME, which the C library maps.
import { closeSync, constants as file, openSync, readSync } from 'node:fs'
import { textOf } from '../address.ts'
import type { Attachment, IpcObject, PosixSemaphoreObject } from '../model.ts'
import type { FoundDescriptor } from '../proc/descriptor.ts'
import { deviceText, type FoundRegion } from '../proc/region.ts'
import type { Family, Findings, Surroundings } from './family.ts'
import { attachmentsOf, type Holding, Holdings, permissions, permissionsOf } from './holdings.ts'
import { listSemaphores, SEMAPHORE, SHM_FOLDER, type ShmName } from './shm-folder.ts'

const FILE = `${SHM_FOLDER}${SEMAPHORE}`
/** sem_t of glibc and of musl on 64-bit machines: the value and the number of waiters, 32 bits each, come first. */
const SIZE = 32

export class PosixSemaphoreFamily implements Family {
  readonly #holdings = new Holdings()
  /** A semaphore is made under another name, which its maker's mapping keeps. */
  readonly #named = new Set(listSemaphores().map(({ inode }) => inode))

  descriptor(found: FoundDescriptor): boolean {
    const stat = found.link.startsWith(SHM_FOLDER) ? found.stat() : undefined
    if (stat?.isFile() !== true) return false
    const inode = `${deviceText(stat.dev)}:${stat.ino}`
    if (!found.link.startsWith(FILE) && !this.#named.has(inode)) return false
    this.#holdings.of(inode).descriptors.push(found)
    return true
  }

  region(found: FoundRegion): boolean {
    const inode = `${found.device}:${found.inode}`
    if (!found.path.startsWith(FILE) && !this.#named.has(inode)) return false
    this.#holdings.of(inode).regions.push(found)
    return true
  }

  finish({ hidden }: Surroundings): Findings {
    const named = new Map(listSemaphores().map((name) => [name.inode, name]))
    for (const inode of named.keys()) this.#holdings.of(inode)
    const objects: IpcObject[] = []
    const attachments: Attachment[] = []
    for (const holding of this.#holdings) {
      const object = semaphore(holding, named.get(holding.id), hidden)
      objects.push(object)
      attachments.push(...attachmentsOf({ ...holding, id: object.id }))
    }
    return { objects, attachments }
  }
}

function semaphore(holding: Holding, named: ShmName | undefined, hidden: boolean): PosixSemaphoreObject {
  const { descriptors, regions } = holding
  const held = descriptors.length + regions.length > 0
  const path = regions[0]?.path ?? descriptors[0]?.link.replace(/ \(deleted\)$/, '') ?? ''
  const name = named?.name ?? `/${path.slice(FILE.length)}`
  return {
    kind: 'posix-sem',
    id: named === undefined ? `posix-sem:[${holding.id}]` : `posix-sem:${name}`,
    name,
    address: named === undefined ? null : textOf({ kind: 'posix-sem', name, options: {} }),
    ...(named === undefined ? permissionsOf(holding) : permissions(named.stat)),
    ...state(named === undefined ? throughMapping(regions) : `${FILE}${name.slice(1)}`),
    deleted: named === undefined,
    orphan: held ? false : hidden ? null : true,
  }
}

/** Looking through a mapping needs CAP_CHECKPOINT_RESTORE, proc_pid_map_files(5). */
function throughMapping([region]: readonly FoundRegion[]): string | undefined {
  return region === undefined ? undefined : `/proc/${region.pid}/map_files/${region.from}-${region.to}`
}

function state(path: string | undefined): Pick<PosixSemaphoreObject, 'value' | 'waiting'> {
  const bytes = path === undefined ? undefined : read(path)
  if (bytes === undefined) return { value: null, waiting: null }
  // musl keeps a mark of waiters in the top bit of the value, which no value needs.
  return { value: bytes.readUInt32LE(0) & 0x7fffffff, waiting: bytes.readUInt32LE(4) }
}

function read(path: string): Buffer | undefined {
  try {
    const follow = path.startsWith(SHM_FOLDER) ? file.O_NOFOLLOW : 0
    const fd = openSync(path, file.O_RDONLY | file.O_NONBLOCK | follow)
    try {
      const bytes = Buffer.alloc(SIZE + 1)
      return readSync(fd, bytes, 0, bytes.length, 0) === SIZE ? bytes : undefined // else it is no semaphore
    } finally {
      closeSync(fd)
    }
  } catch {
    return undefined // gone, or not for us to read
  }
}
