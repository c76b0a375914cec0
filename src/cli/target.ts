// What `show` is asked about: an address, a path, a process, or the name the kernel or a listing gives an object.
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { byDescriptor, byId, byPath, byShmName, type Host, type IpcObject } from '../inspect/index.ts'
import { errno } from '../sys/errno.ts'
import { SysError } from '../sys/error.ts'
import { KINDS } from './kinds.ts'
import { addressOf } from './mechanisms.ts'

const ID = new RegExp(`^(${KINDS.join('|')}):\\[[0-9:]+\\]$`)
const SHOWN = ['fifo', 'posix-shm', 'mmap', 'fd', 'stdio'] as const

export type Target = { readonly pid: number } | { find(host: Host): IpcObject }

/** Throws UsageError or AddressError for what is none of them; `find` throws SysError for what does not exist. */
export function targetOf(word: string): Target {
  if (/^[1-9][0-9]{0,8}$/.test(word)) return { pid: Number(word) }
  if (ID.test(word)) return { find: (host) => byId(host, word) }
  if (word.startsWith('/') || word.startsWith('./') || word.startsWith('../') || isFile(word)) {
    return { find: (host) => byPath(host, resolve(word)) }
  }
  const address = addressOf(word, SHOWN, 'shown')
  if (address.kind === 'posix-shm') return { find: (host) => byShmName(host, address.name) }
  if (address.kind === 'fd') return { find: (host) => byDescriptor(host, address.fd) }
  if (address.kind === 'stdio') return { find: (host) => byDescriptor(host, 0) }
  return { find: (host) => ofKind(byPath(host, resolve(address.path)), address.kind) }
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
