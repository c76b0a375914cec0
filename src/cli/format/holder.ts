// How a process holds an object, in words.
import type { Attachment, ObjectKind, Process } from '../../inspect/model.ts'
import { shown } from './text.ts'

/** One process and all its holds on one object. */
export interface Holder {
  readonly process: Process
  readonly attachments: readonly Attachment[]
}

/** The holders of one object, in the order of their pids. */
export function holders(
  attachments: readonly Attachment[],
  processes: ReadonlyMap<number, Process>,
): Holder[] {
  const pids = [...new Set(attachments.map(({ pid }) => pid))].sort((a, b) => a - b)
  return pids.flatMap((pid) => {
    const process = processes.get(pid)
    return process === undefined
      ? []
      : [{ process, attachments: attachments.filter((one) => one.pid === pid) }]
  })
}

/** `node[1234] reader`, `cat[1235] mapped rw`. */
export function holderText(holder: Holder, kind: ObjectKind): string {
  return `${shown(holder.process.command)}[${holder.process.pid}] ${roleText(holder.attachments, kind)}`
}

/** What a process can do, or did: a reader or writer; how memory is mapped, or else open; its locks; who waits. */
export function roleText(attachments: readonly Attachment[], kind: ObjectKind): string {
  const lock = attachments.map(({ through }) => through).find((through) => through.by === 'lock')
  if (lock !== undefined) return `${lock.waiting ? 'waits for ' : ''}${lock.shared ? 'shared' : 'exclusive'}`
  const words = [...waitingWords(attachments), ...lastWords(attachments)]
  const held = attachments.filter(({ through }) => through.by === 'mapping' || through.by === 'descriptor')
  return [...(held.length > 0 ? [heldText(held, kind)] : []), ...words].join('+')
}

function heldText(attachments: readonly Attachment[], kind: ObjectKind): string {
  const mapped = attachments.filter(({ through }) => through.by === 'mapping')
  if (mapped.length > 0) {
    const shared = mapped.some(({ through }) => through.by === 'mapping' && through.shared)
    return `mapped ${shared ? '' : 'private '}${letters(mapped)}`
  }
  if (kind === 'pipe' || kind === 'fifo' || kind === 'posix-mq') {
    const access = letters(attachments)
    return access === 'rw' ? 'reader+writer' : access === 'r' ? 'reader' : 'writer'
  }
  if (kind === 'unix' || kind === 'tcp' || kind === 'udp') return socketText(attachments)
  return `open ${letters(attachments)}`
}

/** `open`, or which of the two ends: `both ends` if it is joined to itself. */
function socketText(attachments: readonly Attachment[]): string {
  const ends = new Set(attachments.map(({ through }) => (through.by === 'descriptor' ? through.socket : 0)))
  return ends.size > 1 ? 'both ends' : 'open'
}

function waitingWords(attachments: readonly Attachment[]): string[] {
  const waits = attachments.filter(({ through }) => through.by === 'waiting')
  if (waits.length === 0) return []
  const threads = waits.length === 1 ? '' : ` x${waits.length}`
  const [first] = waits
  return [
    `${first?.role === 'reader' ? 'receiving' : first?.role === 'writer' ? 'sending' : 'waiting'}${threads}`,
  ]
}

function lastWords(attachments: readonly Attachment[]): string[] {
  const words = attachments.flatMap(({ through }) => (through.by === 'last use' ? [through.as] : []))
  return words.length === 0 ? [] : [`last ${[...new Set(words)].join('+')}`]
}

function letters(attachments: readonly Attachment[]): string {
  const reads = attachments.some(({ role }) => role === 'reader' || role === 'both')
  const writes = attachments.some(({ role }) => role === 'writer' || role === 'both')
  return `${reads ? 'r' : ''}${writes ? 'w' : ''}` || 'none'
}
