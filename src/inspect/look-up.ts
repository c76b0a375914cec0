// One object by its name, also when no process holds it.
import { type BigIntStats, readlinkSync, statSync } from 'node:fs'
import { EBADF, ENOENT, errno } from '../sys/errno.ts'
import { SysError } from '../sys/error.ts'
import { textOf } from './address.ts'
import { permissions } from './family/holdings.ts'
import { isSemaphore, SEMAPHORE, SHM_FOLDER } from './family/shm-folder.ts'
import type { FifoObject, Host, IpcObject, MappingObject } from './model.ts'
import { deviceText } from './proc/region.ts'

const ENODEV = errno['ENODEV'] ?? 0

/** The object with that `id`, as in `pipe:[12345]`. ENOENT if no process seen holds it. */
export function byId(host: Host, id: string): IpcObject {
  const found = host.objects.find((object) => object.id === id)
  if (found !== undefined) return found
  throw new SysError(ENOENT, 'look up', { on: id, hint: 'No process that can be seen holds it.' })
}

/** What a file is: a FIFO, shared memory, or a file that can be mapped. ENOENT; ENODEV for any other kind of file. */
export function byPath(host: Host, path: string): IpcObject {
  const stat = statOf(path)
  const inode = `${deviceText(stat.dev)}:${stat.ino}`
  if (stat.isFIFO()) return host.objects.find(({ id }) => id === `fifo:[${inode}]`) ?? idleFifo(path, stat)
  if (stat.isSocket()) return bySocketName(host, 'unix', path)
  if (!stat.isFile()) throw new SysError(ENODEV, 'look up', { path, hint: 'It is no FIFO and no file.' })
  if (path.startsWith(SHM_FOLDER)) {
    const name = path.slice(SHM_FOLDER.length)
    if (isSemaphore(name)) return byName(host, 'posix-sem', `/${name.slice(SEMAPHORE.length)}`)
    return byName(host, 'posix-shm', `/${name}`)
  }
  const mapped = host.objects.find(
    (object) =>
      object.kind === 'mapping' && (object.id === `mapping:[${inode}]` || sameFile(object, path, stat)),
  )
  return mapped ?? unmapped(path, stat)
}

/** A POSIX object by its name, slash included. ENOENT. */
export function byName(host: Host, kind: 'posix-shm' | 'posix-sem' | 'posix-mq', name: string): IpcObject {
  const found = host.objects.find(({ id }) => id === `${kind}:${name}`)
  if (found !== undefined) return found
  const hint = host.unseen.unlisted.includes(kind) ? { hint: 'No process that can be seen has it open.' } : {}
  throw new SysError(ENOENT, 'look up', { on: `${kind}:${name}`, ...hint })
}

/** A System V object by its key, unsigned. ENOENT. */
export function byKey(host: Host, kind: 'sysv-mq' | 'sysv-sem' | 'sysv-shm', key: number): IpcObject {
  const found = host.objects.find((object) => object.kind === kind && object.key === key)
  if (found !== undefined) return found
  const text = `${kind}:0x${key.toString(16)}`
  throw new SysError(ENOENT, 'look up', { on: text, ...(key === 0 ? { hint: 'Key 0 names nothing.' } : {}) })
}

/** A socket that has that name: the one that listens, or takes packets, before its connections. ENOENT. */
export function bySocketName(host: Host, kind: 'unix' | 'tcp' | 'udp', name: string): IpcObject {
  const named = host.objects.filter(
    (object) => object.kind === kind && object.ends.some((end) => end.name === name),
  )
  const found = named.find((object) => object.address !== null) ?? named[0]
  if (found !== undefined) return found
  const hint = 'No socket of this network namespace has that name.'
  throw new SysError(ENOENT, 'look up', { on: `${kind}:${name}`, hint })
}

/** The socket of that inode, and its other end: what the kernel calls `socket:[12345]`. ENOENT. */
export function bySocketNumber(host: Host, inode: number): IpcObject {
  const found = host.objects.find(
    (object) => 'ends' in object && object.ends.some((end) => end.inode === inode),
  )
  if (found !== undefined) return found
  const hint = 'It is no Unix, TCP or UDP socket of this network namespace.'
  throw new SysError(ENOENT, 'look up', { on: `socket:[${inode}]`, hint })
}

/** What a descriptor of this process refers to; EBADF if it is not open. */
export function byDescriptor(host: Host, fd: number): IpcObject {
  const held = host.attachments.find(
    ({ pid, through }) => pid === process.pid && through.by === 'descriptor' && through.fd === fd,
  )
  if (held !== undefined) return byId(host, held.object)
  const link = readLink(fd)
  if (link === undefined) throw new SysError(EBADF, 'look up', { on: `fd:${fd}` })
  throw new SysError(ENODEV, 'look up', {
    on: `fd:${fd}`,
    hint: `It is ${link}, through which no processes talk.`,
  })
}

function readLink(fd: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return undefined
  }
}

function statOf(path: string): BigIntStats {
  try {
    return statSync(path, { bigint: true })
  } catch (error) {
    const { errno } = error as NodeJS.ErrnoException
    throw errno === undefined ? error : new SysError(errno, 'stat', { path })
  }
}

/** The kernel's maps give another device than stat(2) on overlay and btrfs: then path and inode must do. */
function sameFile(object: MappingObject, path: string, stat: BigIntStats): boolean {
  return object.path === path && object.id.endsWith(`:${stat.ino}]`)
}

function idleFifo(path: string, stat: BigIntStats): FifoObject {
  return {
    kind: 'fifo',
    id: `fifo:[${deviceText(stat.dev)}:${stat.ino}]`,
    name: path,
    address: textOf({ kind: 'fifo', path, options: {} }),
    ...permissions(stat),
    path,
    deleted: false,
    capacity: null,
    queued: null,
  }
}

function unmapped(path: string, stat: BigIntStats): MappingObject {
  return {
    kind: 'mapping',
    id: `mapping:[${deviceText(stat.dev)}:${stat.ino}]`,
    name: path,
    address: textOf({ kind: 'mmap', path, options: {} }),
    ...permissions(stat),
    size: Number(stat.size),
    deleted: false,
    path,
  }
}
