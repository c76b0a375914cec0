// POSIX queues, semaphores and shared memory: a slash and one name.
import type { AddressOf } from '../address.ts'
import { bytes, integer, octal } from '../option.ts'
import { decode, encode } from '../percent.ts'
import type { Span } from '../span.ts'
import { MAX_MEMORY } from './file.ts'
import type { Scheme } from './scheme.ts'
import { atMost, NAME_BYTES, noNul } from './text.ts'

/** The C library stores a semaphore as `sem.NAME`. */
const SEMAPHORE_NAME_BYTES = NAME_BYTES - 4

const mode = octal('permissions, when it is made')

export const posixQueue: Scheme<AddressOf<'posix-mq'>> = {
  example: 'posix-mq:/jobs?maxmsg=10&msgsize=128',
  summary: 'a POSIX message queue',
  options: {
    mode,
    maxmsg: integer(1, 65536, 'messages the queue holds, when it is made'),
    msgsize: bytes(1, 16 * 2 ** 20, 'the longest message, when it is made'),
    priority: integer(0, 32767, 'the priority of what is sent'),
  },
  read: (body) => ({ name: readName(body, NAME_BYTES) }),
  print: ({ name }) => encode(name),
}

export const posixSemaphore: Scheme<AddressOf<'posix-sem'>> = {
  example: 'posix-sem:/gate?value=1',
  summary: 'a named POSIX semaphore',
  options: { mode, value: integer(0, 2 ** 31 - 1, 'what it starts with, when it is made') },
  read: (body) => ({ name: readName(body, SEMAPHORE_NAME_BYTES) }),
  print: ({ name }) => encode(name),
}

export const posixMemory: Scheme<AddressOf<'posix-shm'>> = {
  example: 'posix-shm:/frame?size=8M',
  summary: 'POSIX shared memory',
  options: {
    mode,
    size: bytes(1, MAX_MEMORY, 'bytes, when it is made; bytes read, when it is read'),
    offset: bytes(0, MAX_MEMORY, 'where reading or writing begins'),
  },
  read: (body) => ({ name: readName(body, NAME_BYTES) }),
  print: ({ name }) => encode(name),
}

/** `max` counts bytes after the slash. */
function readName(body: Span, max: number): string {
  const name = decode(body)
  if (!name.text.startsWith('/')) name.fail('a POSIX name begins with a slash: /name')
  const rest = name.slice(1)
  if (rest.text === '') rest.fail('a name is missing after the slash')
  noNul(rest)
  const slash = rest.text.indexOf('/')
  if (slash >= 0) rest.fail('a POSIX name has only the one slash it begins with', slash)
  if (rest.text === '.' || rest.text === '..') rest.fail('this names a directory: write another name')
  atMost(rest, max, 'the name')
  return name.text
}
