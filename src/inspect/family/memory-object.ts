// What is told of each piece of shared memory.
import { statSync } from 'node:fs'
import { constants } from '../../sys/constants.ts'
import { fcntl } from '../../sys/file.ts'
import { textOf } from '../address.ts'
import type { ChannelState, MappingObject, MemfdObject, PosixMemoryObject } from '../model.ts'
import type { Peek } from '../peek.ts'
import { sizeThrough } from '../proc/region.ts'
import { channelState } from './channel-state.ts'
import { type Holding, permissions, permissionsOf } from './holdings.ts'
import { isSemaphore, SHM_FOLDER, type ShmName } from './shm-folder.ts'

const SEALS = {
  seal: constants.F_SEAL_SEAL,
  shrink: constants.F_SEAL_SHRINK,
  grow: constants.F_SEAL_GROW,
  write: constants.F_SEAL_WRITE,
  'future-write': constants.F_SEAL_FUTURE_WRITE,
  exec: constants.F_SEAL_EXEC,
} as const

/** Undefined for what lies in the folder but is no shared memory, and for names of another /dev/shm than ours. */
export function posixMemory(
  holding: Holding,
  named: ShmName | undefined,
  hidden: boolean,
): PosixMemoryObject | undefined {
  const held = holding.descriptors.length + holding.regions.length > 0
  if (named !== undefined) {
    return {
      kind: 'posix-shm',
      id: `posix-shm:${named.name}`,
      name: named.name,
      address: textOf({ kind: 'posix-shm', name: named.name, options: {} }),
      ...permissions(named.stat),
      size: Number(named.stat.size),
      deleted: false,
      orphan: held ? false : hidden ? null : true,
    }
  }
  const name = nameOf(holding).slice(SHM_FOLDER.length)
  if (isSemaphore(name) || name.includes('/')) return undefined
  return {
    kind: 'posix-shm',
    id: `posix-shm:[${holding.id}]`,
    name: `/${name}`,
    address: null,
    ...permissionsOf(holding),
    size: sizeOf(holding),
    deleted: true,
    orphan: false,
  }
}

export function memfd(holding: Holding, peek: Peek): MemfdObject {
  const seals = peek.ask(holding.descriptors, (fd) => {
    const bits = fcntl(fd, constants.F_GET_SEALS, 0)
    if (bits < 0) return undefined
    return Object.entries(SEALS).flatMap(([name, bit]) => ((bits & bit) !== 0 ? [name] : []))
  })
  return {
    kind: 'memfd',
    id: `memfd:[${holding.id.split(':').at(-1)}]`,
    name: nameOf(holding).slice(1),
    address: null,
    ...permissionsOf(holding),
    size: sizeOf(holding),
    deleted: true,
    seals: seals ?? null,
    channel: peek.allowed ? channelIn(holding) : null,
  }
}

/** Channels say in their name what they are; only those are looked into. */
function channelIn(holding: Holding): ChannelState | null {
  if (!nameOf(holding).startsWith('/memfd:hutong ')) return null
  for (const region of holding.regions) {
    const state = region.offset === 0 ? channelState(region) : undefined
    if (state !== undefined) return state
  }
  return null
}

export function mapping(holding: Holding): MappingObject {
  const path = nameOf(holding)
  if (path === '/dev/zero') return anonymous(holding)
  const deleted = holding.regions.every((region) => region.deleted)
  const stat = deleted ? undefined : statSync(path, { bigint: true, throwIfNoEntry: false })
  // The device is not compared: overlay and btrfs give maps another one than stat(2).
  const ours = stat !== undefined && `${stat.ino}` === holding.id.split(':').at(-1) ? stat : undefined
  return {
    kind: 'mapping',
    id: `mapping:[${holding.id}]`,
    name: path,
    address: ours === undefined ? null : textOf({ kind: 'mmap', path, options: {} }),
    ...(ours === undefined ? { owner: null, mode: null } : permissions(ours)),
    size: ours === undefined ? sizeOf(holding) : Number(ours.size),
    deleted,
    path,
  }
}

function anonymous(holding: Holding): MappingObject {
  return {
    kind: 'mapping',
    id: `mapping:[${holding.id}]`,
    name: `anonymous:[${holding.id.split(':').at(-1)}]`,
    address: null,
    owner: null,
    mode: null,
    size: sizeOf(holding),
    deleted: true,
    path: null,
  }
}

/** The kernel's name, from any holder. */
function nameOf({ descriptors, regions }: Holding): string {
  return regions[0]?.path ?? descriptors[0]?.link.replace(/ \(deleted\)$/, '') ?? ''
}

function sizeOf({ descriptors, regions }: Holding): number | null {
  for (const found of descriptors) {
    const stat = found.stat()
    if (stat !== undefined) return Number(stat.size)
  }
  for (const region of regions) {
    const size = sizeThrough(region)
    if (size !== undefined) return size
  }
  return null
}
