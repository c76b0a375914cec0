// How much an object holds: the SIZE column of a listing.
import type { IpcObject } from '../../inspect/model.ts'
import { plural, size } from './text.ts'

const UNKNOWN = '?'

/** Bytes queued of those that fit, messages queued, bytes of memory, semaphores, a value, a count, locks. */
export function sizeText(object: IpcObject, exact: boolean): string {
  switch (object.kind) {
    case 'pipe':
    case 'fifo':
      if (object.capacity === null || object.queued === null) return UNKNOWN
      return `${size(object.queued, exact)}/${size(object.capacity, exact)}`
    case 'sysv-mq':
      return plural(object.messages, 'msg')
    case 'posix-mq':
      if (object.messages === null || object.maxMessages === null) return UNKNOWN
      return `${object.messages}/${plural(object.maxMessages, 'msg')}`
    case 'sysv-sem':
      return plural(object.count, 'sem')
    case 'posix-sem':
      return object.value === null ? UNKNOWN : `value ${object.value}`
    case 'lock':
      return plural(object.locks.filter(({ waiting }) => !waiting).length, 'lock')
    case 'eventfd':
      return object.count
    case 'unix':
    case 'tcp':
    case 'udp':
      return socketText(object, exact)
    default:
      return object.size === null ? UNKNOWN : size(object.size, exact)
  }
}

type SocketObject = Extract<IpcObject, { kind: 'unix' | 'tcp' | 'udp' }>

function socketText(object: SocketObject, exact: boolean): string {
  if (object.state !== 'listening') return object.queued === null ? UNKNOWN : size(object.queued, exact)
  const most = object.kind === 'unix' && object.backlog !== null ? `/${object.backlog}` : ''
  return `${object.queued ?? UNKNOWN}${most} waiting`
}

/** The same as a number, to sort by; -1 for what is not known. */
export function sizeValue(object: IpcObject): number {
  switch (object.kind) {
    case 'pipe':
    case 'fifo':
    case 'unix':
    case 'tcp':
    case 'udp':
      return object.queued ?? -1
    case 'sysv-mq':
    case 'posix-mq':
      return object.messages ?? -1
    case 'sysv-sem':
      return object.count
    case 'posix-sem':
      return object.value ?? -1
    case 'lock':
      return object.locks.length
    case 'eventfd':
      return Number(object.count)
    default:
      return object.size ?? -1
  }
}
