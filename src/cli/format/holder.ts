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

/** What a process can do: a reader or writer of a stream; of memory, how it is mapped, or else open. */
export function roleText(attachments: readonly Attachment[], kind: ObjectKind): string {
  const mapped = attachments.filter(({ through }) => through.by === 'mapping')
  if (mapped.length > 0) {
    const shared = mapped.some(({ through }) => through.by === 'mapping' && through.shared)
    return `mapped ${shared ? '' : 'private '}${letters(mapped)}`
  }
  if (kind === 'pipe' || kind === 'fifo') {
    const access = letters(attachments)
    return access === 'rw' ? 'reader+writer' : access === 'r' ? 'reader' : 'writer'
  }
  return `open ${letters(attachments)}`
}

function letters(attachments: readonly Attachment[]): string {
  const reads = attachments.some(({ role }) => role === 'reader' || role === 'both')
  const writes = attachments.some(({ role }) => role === 'writer' || role === 'both')
  return `${reads ? 'r' : ''}${writes ? 'w' : ''}` || 'none'
}
