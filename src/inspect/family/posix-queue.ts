// POSIX message queues, mq_overview(7): those that a process has open, and all others where they can be listed.
import { closeSync, constants as file, openSync, readSync } from 'node:fs'
import { mq_getsetattr } from '../../sys/mqueue.ts'
import { textOf } from '../address.ts'
import type { Attachment, IpcObject, PosixQueueObject } from '../model.ts'
import type { Peek } from '../peek.ts'
import type { FoundDescriptor } from '../proc/descriptor.ts'
import { deviceText } from '../proc/region.ts'
import { sharesOurObjects, sleepingThreads } from '../proc/waiting.ts'
import type { Family, Findings, Surroundings } from './family.ts'
import { attachmentsOf, type Holding, Holdings, permissions, permissionsOf } from './holdings.ts'
import { isQueue, QueueFolder, type QueueName } from './mqueue-folder.ts'

export class PosixQueueFamily implements Family {
  readonly #holdings = new Holdings()

  descriptor(found: FoundDescriptor): boolean {
    // mq_open(3) shows as `/name`; a file below a mounted /dev/mqueue is the same queue.
    if (!/^\/(dev\/mqueue\/)?[^/]+$/.test(found.link)) return false
    const stat = found.stat()
    if (stat?.isFile() !== true || !isQueue(`/proc/${found.pid}/fd/${found.fd}`)) return false
    this.#holdings.of(`${deviceText(stat.dev)}:${stat.ino}`).descriptors.push(found)
    return true
  }

  finish({ peek, hidden }: Surroundings): Findings {
    using folder = new QueueFolder()
    const named = new Map(folder.names?.map((name) => [name.inode, name]))
    for (const inode of named.keys()) this.#holdings.of(inode)
    const objects: IpcObject[] = []
    const attachments: Attachment[] = []
    for (const holding of this.#holdings) {
      const object = posixQueue(holding, named.get(holding.id), { peek, hidden })
      objects.push(object)
      attachments.push(...attachmentsOf({ ...holding, id: object.id }), ...waiting(holding, object))
    }
    return { objects, attachments, ...(folder.names === undefined ? { unlisted: 'posix-mq' } : {}) }
  }
}

function posixQueue(
  holding: Holding,
  named: QueueName | undefined,
  { peek, hidden }: Pick<Surroundings, 'peek' | 'hidden'>,
): PosixQueueObject {
  const [first] = holding.descriptors
  const name = named?.name ?? nameOf(first)
  const deleted = named === undefined && first?.stat()?.nlink === 0n
  const reachable = named !== undefined || (!deleted && first !== undefined && sharesOurObjects(first.pid))
  const held = holding.descriptors.length > 0
  return {
    kind: 'posix-mq',
    id: reachable ? `posix-mq:${name}` : `posix-mq:[${holding.id}]`,
    name,
    address: reachable ? textOf({ kind: 'posix-mq', name, options: {} }) : null,
    ...(named === undefined ? permissionsOf(holding) : permissions(named.stat)),
    ...(state(holding, named, peek) ?? UNKNOWN),
    deleted,
    orphan: held ? false : hidden ? null : true,
  }
}

function nameOf(found: FoundDescriptor | undefined): string {
  const link = found?.link.replace(/^\/dev\/mqueue/, '') ?? ''
  return found?.stat()?.nlink === 0n ? link.replace(/ \(deleted\)$/, '') : link
}

type State = Pick<PosixQueueObject, 'messages' | 'maxMessages' | 'messageSize' | 'queued' | 'notifies'>
const UNKNOWN: State = { messages: null, maxMessages: null, messageSize: null, queued: null, notifies: null }

/**
 * A process that closes any of its descriptors of a queue loses its mq_notify(3): if we hold it ourselves, our own
 * descriptor is asked, and none is opened and closed.
 */
function state({ descriptors }: Holding, named: QueueName | undefined, peek: Peek): State | undefined {
  const own = descriptors.find(({ pid }) => pid === process.pid)
  if (own !== undefined) return stateOf(own.fd)
  return (named === undefined ? undefined : opened(named.path)) ?? peek.ask(descriptors, stateOf)
}

function opened(path: string): State | undefined {
  let fd: number
  try {
    fd = openSync(path, file.O_RDONLY | file.O_NOFOLLOW | file.O_NONBLOCK)
  } catch {
    return undefined // its mode does not let us, or it is gone
  }
  try {
    return stateOf(fd)
  } finally {
    closeSync(fd)
  }
}

function stateOf(fd: number): State | undefined {
  const attributes = mq_getsetattr(fd)
  if (typeof attributes === 'number') return undefined
  const [, maxMessages, messageSize, messages] = attributes
  const text = firstLine(fd)
  const field = (name: string): number | null => {
    const value = new RegExp(`\\b${name}:(\\d+)`).exec(text)?.[1]
    return value === undefined ? null : Number(value)
  }
  return {
    messages,
    maxMessages,
    messageSize,
    queued: field('QSIZE'),
    notifies: field('NOTIFY_PID') || null,
  }
}

/** `QSIZE:129 NOTIFY:2 SIGNO:0 NOTIFY_PID:8260`; nothing from a descriptor for sending only. */
function firstLine(fd: number): string {
  const bytes = Buffer.alloc(80)
  try {
    return bytes.toString('latin1', 0, readSync(fd, bytes, 0, bytes.length, 0)) // pread: its offset is not ours
  } catch {
    return ''
  }
}

/** Threads that sleep in the queue's own calls; who polls it waits for other things, too. */
function waiting({ descriptors }: Holding, { id }: IpcObject): Attachment[] {
  const pids = new Set(descriptors.map(({ pid }) => pid))
  return [...pids].flatMap((pid) =>
    sleepingThreads(pid).flatMap(({ thread, call, argument }): Attachment[] => {
      if (!call.startsWith('mq_') || !descriptors.some((one) => one.pid === pid && one.fd === argument))
        return []
      const role = call === 'mq_timedreceive' ? 'reader' : 'writer'
      return [{ object: id, pid, role, through: { by: 'waiting', call, thread } }]
    }),
  )
}
