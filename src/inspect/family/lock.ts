// Locks on files: flock(2), and those of fcntl(2).
import { statSync } from 'node:fs'
import { textOf } from '../address.ts'
import type { Attachment, HeldLock, IpcObject, LockObject, Process } from '../model.ts'
import { Pauses } from '../pause.ts'
import type { FoundDescriptor } from '../proc/descriptor.ts'
import { type FoundLock, listLocks, parseLock } from '../proc/locks.ts'
import type { Family, Findings, Surroundings } from './family.ts'
import { permissions } from './holdings.ts'

/** A lock at a descriptor through which it is held. */
interface HeldThrough {
  readonly found: FoundDescriptor
  readonly lock: FoundLock
}

export class LockFamily implements Family {
  readonly #descriptors: FoundDescriptor[] = []

  /** Takes none: what is locked is a pipe or shared memory all the same. */
  descriptor(found: FoundDescriptor): boolean {
    this.#descriptors.push(found)
    return false
  }

  async finish({ processes }: Surroundings): Promise<Findings> {
    const files = grouped(listLocks())
    if (files.size === 0) return { objects: [], attachments: [] }
    const held = await this.#heldThrough(files)
    const objects: IpcObject[] = []
    const attachments: Attachment[] = []
    for (const [inode, locks] of files) {
      const through = held.filter(({ lock }) => lock.inode === inode)
      const object = lockObject(inode, locks, through)
      objects.push(object)
      attachments.push(...users(object, locks, { through, processes }))
    }
    return { objects, attachments }
  }

  /** Reading fdinfo of every descriptor there is would take long: it is enough for those that may have a lock. */
  async #heldThrough(files: ReadonlyMap<string, readonly FoundLock[]>): Promise<HeldThrough[]> {
    const pids = new Set([...files.values()].flat().map(({ pid }) => pid))
    // The device is not compared: overlay and btrfs give locks another one than stat(2).
    const inodes = new Set([...files.keys()].map((inode) => inode.split(':').at(-1)))
    const pauses = new Pauses()
    const held: HeldThrough[] = []
    for (const found of this.#descriptors) {
      await pauses.next()
      if (!pids.has(found.pid) && !inodes.has(`${found.stat()?.ino}`)) continue
      for (const line of found.info()?.locks ?? []) {
        const lock = parseLock(line)
        if (lock !== undefined) held.push({ found, lock })
      }
    }
    return held
  }
}

function grouped(locks: readonly FoundLock[]): Map<string, FoundLock[]> {
  const files = new Map<string, FoundLock[]>()
  for (const lock of locks) files.set(lock.inode, [...(files.get(lock.inode) ?? []), lock])
  return files
}

function lockObject(inode: string, locks: readonly FoundLock[], through: readonly HeldThrough[]): LockObject {
  const [first] = through
  const stat = first?.found.stat()
  const link = first?.found.link ?? null
  const path = stat?.nlink === 0n ? (link?.replace(/ \(deleted\)$/, '') ?? null) : link
  const reachable = path !== null && stat?.isFile() === true && isAt(path, stat)
  return {
    kind: 'lock',
    id: `lock:[${inode}]`,
    name: path ?? `inode:[${inode}]`,
    address: reachable ? textOf({ kind: 'mmap', path, options: {} }) : null,
    ...(stat === undefined ? { owner: null, mode: null } : permissions(stat)),
    path,
    locks: locks.map(({ inode: _, ...lock }) => lock),
  }
}

function isAt(path: string, wanted: { readonly ino: bigint; readonly dev: bigint }): boolean {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found?.ino === wanted.ino && found.dev === wanted.dev
}

interface Known {
  readonly through: readonly HeldThrough[]
  readonly processes: ReadonlyMap<number, Process>
}

/** Who has each of the locks, and who waits. */
function users({ id }: LockObject, locks: readonly FoundLock[], { through, processes }: Known): Attachment[] {
  const attachments = through
    .filter(({ lock, found }, index) => lock.type !== 'posix' || firstOf(through, lock, found.pid) === index)
    .map(({ found, lock }) => attachment(id, found.pid, { ...lock, fd: found.fd }))
  for (const lock of locks) {
    const { pid } = lock
    if (pid === null || !processes.has(pid)) continue
    // A descriptor tells who has it now: who took it may have passed it on. Without any, its process is not ours to see.
    if (!lock.waiting && through.some((one) => isSame(one.lock, lock))) continue
    attachments.push(attachment(id, pid, { ...lock, fd: null }))
  }
  return attachments
}

/** A process's own lock stands at every descriptor that it has of the file. */
function firstOf(through: readonly HeldThrough[], lock: FoundLock, pid: number): number {
  return through.findIndex((one) => one.found.pid === pid && isSame(one.lock, lock))
}

function isSame(a: FoundLock, b: FoundLock): boolean {
  return (
    a.type === b.type && a.shared === b.shared && a.start === b.start && a.end === b.end && a.pid === b.pid
  )
}

function attachment(object: string, pid: number, lock: Omit<HeldLock, 'by'>): Attachment {
  const { type, shared, start, end, waiting, fd } = lock
  const through: HeldLock = { by: 'lock', type, shared, start, end, waiting, fd }
  return { object, pid, role: 'none', through }
}
