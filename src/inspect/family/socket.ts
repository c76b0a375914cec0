// Sockets: unix(7), tcp(7), udp(7). Both ends of a connection within this host are one object.
import { type BigIntStats, statSync } from 'node:fs'
import { textOf } from '../address.ts'
import type { Attachment, InternetSocketObject, IpcObject, SocketEnd, UnixSocketObject } from '../model.ts'
import type { FoundDescriptor } from '../proc/descriptor.ts'
import { type InternetEntry, internetSockets, unixTable } from '../proc/net.ts'
import { type UnixSocketEntry, unixSockets } from '../proc/sock-diag.ts'
import type { Family, Findings } from './family.ts'
import { attachmentsOf, Holdings, type Permissions, permissionsOf } from './holdings.ts'

export class SocketFamily implements Family {
  readonly #held = new Holdings()

  descriptor(found: FoundDescriptor): boolean {
    if (!found.link.startsWith('socket:[')) return false
    this.#held.of(found.link).descriptors.push(found)
    return true
  }

  finish(): Findings {
    const objects: IpcObject[] = []
    const attachments: Attachment[] = []
    const take = (object: UnixSocketObject | InternetSocketObject): void => {
      const held = object.ends.flatMap((end) => {
        const holding = this.#held.of(`socket:[${end.inode}]`)
        return attachmentsOf({ ...holding, id: object.id }).map((one) => ofEnd(one, end))
      })
      const [first] = object.ends.map((end) => permissionsOf(this.#held.of(`socket:[${end.inode}]`)))
      objects.push({ ...object, owner: first?.owner ?? null })
      attachments.push(...held)
    }
    for (const connection of joined(unixSockets() ?? unixTable())) take(unixObject(connection))
    for (const kind of ['tcp', 'udp'] as const) {
      for (const connection of joinedInternet(internetSockets(kind))) take(internetObject(kind, connection))
    }
    return { objects, attachments }
  }
}

function ofEnd(attachment: Attachment, { inode }: SocketEnd): Attachment {
  if (attachment.through.by !== 'descriptor') return attachment
  return { ...attachment, role: 'both', through: { ...attachment.through, socket: inode } }
}

type Joined<T> = readonly [one: T, other?: T]

/** Each socket with its other end, where both are here. Many datagram sockets may have the same peer: those stay apart. */
function joined(entries: readonly UnixSocketEntry[]): Joined<UnixSocketEntry>[] {
  const byInode = new Map(entries.map((entry) => [entry.inode, entry]))
  return entries.flatMap((entry): Joined<UnixSocketEntry>[] => {
    const peer = entry.peer === null ? undefined : byInode.get(entry.peer)
    if (peer === undefined || peer.peer !== entry.inode || peer === entry) return [[entry]]
    return peer.inode > entry.inode ? [[entry, peer]] : []
  })
}

function joinedInternet(entries: readonly InternetEntry[]): Joined<InternetEntry>[] {
  const byEnds = new Map(entries.map((entry) => [`${entry.local} ${entry.remote}`, entry]))
  return entries.flatMap((entry): Joined<InternetEntry>[] => {
    const peer = entry.remote === null ? undefined : byEnds.get(`${entry.remote} ${entry.local}`)
    if (peer === undefined || peer === entry) return [[entry]]
    return peer.inode > entry.inode ? [[entry, peer]] : []
  })
}

function unixObject([one, other]: Joined<UnixSocketEntry>): UnixSocketObject {
  const both = other === undefined ? [one] : [one, other]
  const name = both.map((each) => each.name).find((each) => each !== null) ?? null
  const id = `unix:[${both.map(({ inode }) => inode).join(':')}]`
  const path = name?.startsWith('/') === true ? name : undefined
  const state = one.listening ? 'listening' : one.peer === null ? 'open' : 'connected'
  return {
    kind: 'unix',
    id,
    name: name ?? id,
    address: name === null || state === 'connected' ? null : unixAddress(name, one.type),
    owner: null,
    mode: path === undefined || state === 'connected' ? null : modeOf(path),
    type: one.type,
    state,
    ends: both.map(({ inode, name: own, received }) => ({ inode, name: own, queued: received })),
    queued: sum(both.map(({ received }) => received)),
    backlog: one.backlog,
  }
}

function internetObject(kind: 'tcp' | 'udp', [one, other]: Joined<InternetEntry>): InternetSocketObject {
  const both = other === undefined ? [one] : [one, other]
  const { local, remote, state } = one
  return {
    kind,
    id: `${kind}:[${both.map(({ inode }) => inode).join(':')}]`,
    name: remote === null ? local : `${local} - ${remote}`,
    address: remote === null ? `${kind}:${local}` : null,
    owner: null,
    mode: null,
    state,
    ends: both.map(({ inode, local: name, received }) => ({ inode, name, queued: received })),
    queued: sum(both.map(({ received }) => received)),
    remote,
  }
}

function unixAddress(name: string, type: UnixSocketObject['type']): string | null {
  const abstract = name.startsWith('@')
  const options = type === 'stream' ? {} : { type }
  return textOf({ kind: 'unix', name: abstract ? name.slice(1) : name, abstract, options })
}

function modeOf(path: string): Permissions['mode'] {
  let stat: BigIntStats | undefined
  try {
    stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  } catch {
    return null // another root's path, or a folder that is closed to us
  }
  return stat?.isSocket() === true ? Number(stat.mode & 0o7777n) : null
}

function sum(numbers: readonly (number | null)[]): number | null {
  return numbers.reduce(
    (total, each) => (total === null || each === null ? null : total + each),
    0 as number | null,
  )
}
