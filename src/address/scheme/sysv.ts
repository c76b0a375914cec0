// System V: queues, semaphore sets and segments, all named by a key.
import type { AddressOf, SysvKey } from '../address.ts'
import { readDecimal, readHex } from '../number.ts'
import { bytes, integer, octal } from '../option.ts'
import { encode } from '../percent.ts'
import type { Span } from '../span.ts'
import { MAX_MEMORY } from './file.ts'
import type { Scheme } from './scheme.ts'
import { readPath } from './text.ts'

const KEY = { what: 'a key', min: 0, max: 2 ** 32 - 1 }
const ID = { what: 'an id', min: 0, max: 2 ** 31 - 1 }
const PROJ = { what: 'the project number', min: 1, max: 255 }
const FORMS = '0x1234, 1234, /path#proj or id:65538'

const mode = octal('permissions, when it is made')
const type = (summary: string) => integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, summary)

export const sysvQueue: Scheme<AddressOf<'sysv-mq'>> = {
  example: 'sysv-mq:0x1234?type=7',
  summary: 'a System V message queue',
  options: {
    mode,
    capacity: bytes(1, 2 ** 31 - 1, 'bytes the queue holds, when it is made'),
    type: type('sent: the type; received: 0 any, n exactly n, -n the lowest up to n'),
    except: type('received: any type but this one'),
    msgsize: bytes(1, 2 ** 31 - 1, 'the longest message received'),
  },
  read: (body) => ({ key: readKey(body) }),
  print: ({ key }) => printKey(key),
  conflict({ options }) {
    if (options.type === undefined || options.except === undefined) return undefined
    return { option: 'except', reason: 'type and except exclude each other: leave one out' }
  },
}

export const sysvSemaphores: Scheme<AddressOf<'sysv-sem'>> = {
  example: 'sysv-sem:/etc/hosts#7?index=2',
  summary: 'a System V semaphore set, or one semaphore of it',
  options: {
    mode,
    count: integer(1, 32000, 'semaphores in the set, when it is made'),
    value: integer(0, 32767, 'what each starts with'),
    index: integer(0, 31999, 'one semaphore of the set'),
  },
  read: (body) => ({ key: readKey(body) }),
  print: ({ key }) => printKey(key),
  conflict({ options }) {
    if (options.count === undefined || options.index === undefined || options.index < options.count) {
      return undefined
    }
    return { option: 'index', reason: `a set of ${options.count} has semaphores 0 to ${options.count - 1}` }
  },
}

export const sysvMemory: Scheme<AddressOf<'sysv-shm'>> = {
  example: 'sysv-shm:id:65538',
  summary: 'a System V shared memory segment',
  options: {
    mode,
    size: bytes(1, MAX_MEMORY, 'bytes, when it is made; bytes read, when it is read'),
    offset: bytes(0, MAX_MEMORY, 'where reading or writing begins'),
  },
  read: (body) => ({ key: readKey(body) }),
  print: ({ key }) => printKey(key),
}

function readKey(body: Span): SysvKey {
  const { text } = body
  if (text === '') body.fail(`a key is missing: write ${FORMS}`)
  if (/^[/.]/.test(text)) return readFileKey(body)
  if (text.startsWith('id:')) return { by: 'id', id: readDecimal(body.slice(3), ID) }
  if (/^0[xX]/.test(text)) return { by: 'key', key: readHex(body, KEY) }
  if (/^-[0-9]+$/.test(text)) body.fail(`a key is written without a sign${unsigned(Number(text))}`)
  if (/^[0-9A-Fa-f]{1,8}$/.test(text) && /[A-Fa-f]/.test(text)) {
    body.fail(`write 0x${text} for a hexadecimal key`)
  }
  if (!/^[0-9]/.test(text)) body.fail(`a key is written ${FORMS}`)
  return { by: 'key', key: readDecimal(body, KEY) }
}

function unsigned(key: number): string {
  return key >= -(2 ** 31) ? `: 0x${(key >>> 0).toString(16)}` : ''
}

function readFileKey(body: Span): SysvKey {
  const hash = body.text.indexOf('#')
  if (hash < 0) {
    body.fail('add # and the project, 1 to 255 or one letter, as ftok(3) takes it', body.text.length)
  }
  const again = body.text.indexOf('#', hash + 1)
  if (again >= 0) body.fail('a second #: write %23 for one that belongs to the path', again)
  const path = readPath(body.slice(0, hash))
  return { by: 'file', path, proj: readProject(body.slice(hash + 1)) }
}

function readProject(proj: Span): number {
  if (/^[!-/:-~]$/.test(proj.text)) return proj.text.charCodeAt(0)
  if (/^0x/.test(proj.text)) return readHex(proj, PROJ)
  if (/^[^0-9-]/.test(proj.text)) proj.fail('a project is 1 to 255, or one ASCII letter')
  return readDecimal(proj, PROJ)
}

function printKey(key: SysvKey): string {
  switch (key.by) {
    case 'key':
      return `0x${key.key.toString(16)}`
    case 'id':
      return `id:${key.id}`
    case 'file':
      return `${encode(key.path)}#${/[A-Za-z]/.test(String.fromCharCode(key.proj)) ? String.fromCharCode(key.proj) : key.proj}`
  }
}
