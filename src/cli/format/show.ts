// One object, or one process, in full.
import type { Attachment, HeldLock, Host, IpcObject, Process } from '../../inspect/model.ts'
import type { Output } from '../io.ts'
import type { Names } from '../users.ts'
import { type Fact, objectFacts } from './facts.ts'
import { type Column, formatTable } from './table.ts'
import { shown, size } from './text.ts'

type Look = Pick<Output, 'columns' | 'paint'>

const INDENT = '  '

/** An object's facts, then who holds it and through what. */
export function formatObject(object: IpcObject, host: Host, names: Names, out: Look): string {
  const held = host.attachments.filter((attachment) => attachment.object === object.id)
  const title = `${out.paint('bold', `${object.kind} ${shown(object.name)}`)}\n`
  return title + facts(objectFacts(object, names)) + users(held, host.processes, out)
}

/** A process's name, then everything it holds and with whom. */
export function formatProcess(process: Process, host: Host, names: Names, out: Look): string {
  const title = out.paint('bold', `process ${process.pid} ${shown(process.command)}`)
  const about = facts([
    ['user', names.user(process.uid)],
    ['parent', String(process.parent)],
    ['state', process.state],
    ['command', shown(process.args.join(' '))],
  ])
  const objects = new Map(host.objects.map((object) => [object.id, object]))
  const rows = host.attachments.flatMap((attachment) => {
    const object = objects.get(attachment.object)
    if (attachment.pid !== process.pid || object === undefined) return []
    return [
      [throughText(attachment), object.kind, shown(object.name), attachment.role, others(host, attachment)],
    ]
  })
  const columns = ['THROUGH', 'KIND', 'NAME', 'ROLE', 'ALSO HELD BY'].map((heading): Column => ({ heading }))
  const table =
    rows.length === 0
      ? `${INDENT}holds nothing that processes can share\n`
      : `\n${formatTable(columns, rows, out)}`
  return `${title}\n${about}${table}`
}

function facts(list: readonly Fact[]): string {
  const longest = Math.max(...list.map(([name]) => name.length))
  return list.map(([name, value]) => `${INDENT}${name.padEnd(longest)}  ${value}\n`).join('')
}

function users(held: readonly Attachment[], processes: readonly Process[], out: Look): string {
  if (held.length === 0) return `${INDENT}no process that can be seen holds it\n`
  const known = new Map(processes.map((process) => [process.pid, process]))
  const rows = held.map((attachment) => {
    const process = known.get(attachment.pid)
    return [
      String(attachment.pid),
      shown(process?.command ?? ''),
      attachment.role,
      throughText(attachment),
      shown(process?.args.join(' ') ?? ''),
    ]
  })
  const headings: readonly Column[] = [
    { heading: 'PID', right: true },
    { heading: 'PROCESS' },
    { heading: 'ROLE' },
    { heading: 'THROUGH' },
    { heading: 'COMMAND LINE' },
  ]
  return `\n${formatTable(headings, rows, out)}`
}

function throughText({ through }: Attachment): string {
  switch (through.by) {
    case 'descriptor':
      return `fd ${through.fd}${through.socket === undefined ? '' : `, socket ${through.socket}`}${through.blocking ? '' : ' (non-blocking)'}`
    case 'last use':
      return `the last ${through.as}`
    case 'waiting':
      return `thread ${through.thread} waits in ${through.call}`
    case 'lock':
      return lockText(through)
    case 'mapping': {
      const kind = through.shared ? 'mapped' : 'mapped privately'
      const at = through.offset === 0 ? '' : ` from ${through.offset}`
      return `${kind}${at}, ${size(through.length)} at 0x${through.address}`
    }
  }
}

function lockText({ type, shared, start, end, waiting, fd }: HeldLock): string {
  const range = start === 0 && end === null ? '' : ` of bytes ${start} to ${end ?? 'the end'}`
  const through = fd === null ? '' : `, fd ${fd}`
  return `${waiting ? 'waits for ' : ''}${shared ? 'shared' : 'exclusive'} ${type} lock${range}${through}`
}

/** The other processes that hold the same object. */
function others(host: Host, { object, pid }: Attachment): string {
  const names = new Map(host.processes.map((process) => [process.pid, process.command]))
  const pids = new Set(
    host.attachments.filter((one) => one.object === object && one.pid !== pid).map((one) => one.pid),
  )
  return [...pids].map((other) => `${shown(names.get(other) ?? '')}[${other}]`).join(', ') || '-'
}
