// Which of a host's objects a listing shows. Pure.
import type { Attachment, Host, IpcObject, ObjectKind } from '../inspect/model.ts'

export interface Selection {
  /** Empty: every kind. */
  readonly kinds: readonly ObjectKind[]
  /** Only what one of these holds; empty: no matter who. */
  readonly pids: readonly number[]
  /** Only what no process is known to use, and nobody else will remove. */
  readonly orphans: boolean
  /** Also what joins nobody; see `joinsNobody`. */
  readonly all: boolean
}

export interface Selected {
  readonly host: Host
  /** How many were left out because they join nobody. */
  readonly leftOut: number
}

/** The part of the host that was asked for: objects, who holds them, and those processes. */
export function select(host: Host, { kinds, pids, orphans, all }: Selection): Selected {
  const holders = holdersOf(host)
  const asked = host.objects.filter((object) => {
    if (kinds.length > 0 && !kinds.includes(object.kind)) return false
    if (orphans && !isOrphan(object)) return false
    return pids.length === 0 || (holders.get(object.id) ?? []).some(({ pid }) => pids.includes(pid))
  })
  const kept = all ? asked : asked.filter((object) => !joinsNobody(object, holders.get(object.id) ?? []))
  return { host: only(host, kept), leftOut: asked.length - kept.length }
}

/** The host as if it had these objects only. */
export function only(host: Host, objects: readonly IpcObject[]): Host {
  const ids = new Set(objects.map(({ id }) => id))
  const attachments = host.attachments.filter(({ object }) => ids.has(object))
  const pids = new Set(attachments.map(({ pid }) => pid))
  return { ...host, objects, attachments, processes: host.processes.filter(({ pid }) => pids.has(pid)) }
}

/** Attachments by the id of their object. */
export function holdersOf(host: Host): ReadonlyMap<string, readonly Attachment[]> {
  const holders = new Map<string, Attachment[]>()
  for (const attachment of host.attachments) {
    const known = holders.get(attachment.object)
    if (known === undefined) holders.set(attachment.object, [attachment])
    else known.push(attachment)
  }
  return holders
}

function isOrphan(object: IpcObject): boolean {
  return 'orphan' in object && object.orphan !== false
}

/**
 * A process's own wake-up pipe, eventfd or private memory, or a file that nobody writes through a mapping, such as a
 * locale cache. Every event loop has a handful; they would bury what does join processes.
 */
function joinsNobody(object: IpcObject, holders: readonly Attachment[]): boolean {
  const alone = new Set(holders.map(({ pid }) => pid)).size < 2
  const reads = holders.some(({ role }) => role === 'reader' || role === 'both')
  const writes = holders.some(({ role }) => role === 'writer' || role === 'both')
  if (object.kind === 'pipe') return alone && reads && writes
  if (object.kind === 'eventfd') return alone
  if (object.kind === 'unix')
    return object.state !== 'listening' && (alone || object.state === 'open') && object.address === null
  if (object.kind === 'tcp' || object.kind === 'udp') return object.ends.length > 1 && alone
  if (object.kind === 'lock') return alone && object.locks.every(({ waiting }) => !waiting)
  // Only mapped privately: a program that runs from memory.
  const shared = holders.some(
    ({ through }) => through.by === 'descriptor' || (through.by === 'mapping' && through.shared),
  )
  if (object.kind === 'memfd') return alone || !shared
  if (object.kind === 'mapping') return !writes || (alone && object.path === null)
  return false
}
