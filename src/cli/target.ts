// What `show` is asked about: an address, a path, a process, or the name the kernel or a listing gives an object.
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  byDescriptor,
  byId,
  byKey,
  byName,
  byPath,
  bySocketName,
  bySocketNumber,
  type Host,
  type IpcObject,
} from '../inspect/index.ts'
import { showEndpoint } from '../kernel/socket/endpoint.ts'
import { ftok } from '../kernel/sysv/key.ts'
import { errno } from '../sys/errno.ts'
import { SysError } from '../sys/error.ts'
import { KINDS } from './kinds.ts'
import type { SysvAddress } from './lane/sysv.ts'
import { ADDRESSED, addressOf } from './mechanisms.ts'

const ID = new RegExp(`^(${KINDS.join('|')}):\\[[0-9:]+\\]$`)

export type Target = { readonly pid: number } | { find(host: Host): IpcObject }

/** Throws UsageError or AddressError for what is none of them; `find` throws SysError for what does not exist. */
export function targetOf(word: string): Target {
  if (/^[1-9][0-9]{0,8}$/.test(word)) return { pid: Number(word) }
  const number = /^socket:\[([0-9]+)\]$/.exec(word)?.[1]
  if (number !== undefined) return { find: (host) => bySocketNumber(host, Number(number)) }
  if (ID.test(word)) return { find: (host) => byId(host, word) }
  if (word.startsWith('/') || word.startsWith('./') || word.startsWith('../') || isFile(word)) {
    return { find: (host) => byPath(host, resolve(word)) }
  }
  const address = addressOf(word, ADDRESSED, 'shown')
  switch (address.kind) {
    case 'posix-shm':
    case 'posix-sem':
    case 'posix-mq':
      return { find: (host) => byName(host, address.kind, address.name) }
    case 'sysv-mq':
    case 'sysv-sem':
    case 'sysv-shm':
      return { find: (host) => bySysvKey(host, address) }
    case 'fd':
      return { find: (host) => byDescriptor(host, address.fd) }
    case 'stdio':
      return { find: (host) => byDescriptor(host, 0) }
    case 'unix':
      return {
        find: (host) => bySocketName(host, address.kind, `${address.abstract ? '@' : ''}${address.name}`),
      }
    case 'tcp':
    case 'udp':
      return { find: (host) => bySocketName(host, address.kind, showEndpoint(address)) }
    default:
      return { find: (host) => ofKind(byPath(host, resolve(address.path)), address.kind) }
  }
}

/** By its key, as a listing prints it, or by its id. */
function bySysvKey(host: Host, { kind, key }: SysvAddress): IpcObject {
  if (key.by === 'id') return byId(host, `${kind}:[${key.id}]`)
  return byKey(host, kind, key.by === 'key' ? key.key : ftok(key.path, key.proj))
}

/** `fifo:/etc/passwd` is not what it says. */
function ofKind(object: IpcObject, scheme: 'fifo' | 'mmap'): IpcObject {
  if ((scheme === 'fifo') === (object.kind === 'fifo')) return object
  const hint = scheme === 'fifo' ? 'It is a file, not a FIFO.' : 'It is a FIFO, which cannot be mapped.'
  throw new SysError(errno['ENODEV'] ?? 0, 'look up', { on: `${scheme}:${object.name}`, hint })
}

function isFile(word: string): boolean {
  try {
    return statSync(word, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false // too long, or through something that is no folder
  }
}
