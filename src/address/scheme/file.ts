// fifo, unix, mmap and shm: what has a path, or a name beside the paths.
import type { AddressOf, UnixAddress } from '../address.ts'
import { bytes, framing, integer, limit, octal, oneOf } from '../option.ts'
import { decode, encode, escaped } from '../percent.ts'
import type { Span } from '../span.ts'
import type { Conflict, Scheme } from './scheme.ts'
import { atMost, noNul, readFilePath, SOCKET_BYTES } from './text.ts'

/** The widest range a mapping can have on 64 bits: 47 bits of user address space. */
export const MAX_MEMORY = 2 ** 47

export const stream = {
  framing: framing('how messages are told apart'),
  limit: limit('the longest message taken'),
}

export const fifo: Scheme<AddressOf<'fifo'>> = {
  example: 'fifo:/tmp/lane?mode=0600',
  summary: 'a FIFO',
  options: {
    ...stream,
    mode: octal('permissions, when it is made'),
    capacity: bytes(1, 2 ** 31, 'bytes the pipe holds'),
  },
  read: (body) => ({ path: readFilePath(body) }),
  print: ({ path }) => encode(path),
}

export const unix: Scheme<UnixAddress> = {
  example: 'unix:/run/app.sock?type=seqpacket',
  summary: 'a Unix socket; unix:@name for an abstract one',
  options: {
    ...stream,
    type: oneOf(['stream', 'dgram', 'seqpacket'], 'the kind of socket (stream, if not given)'),
    mode: octal('permissions of its path, when it listens'),
    backlog: integer(1, 65535, 'connections that may wait to be accepted'),
  },
  read: (body) =>
    body.text.startsWith('@')
      ? { name: abstractName(decode(body.slice(1))), abstract: true }
      : { name: readFilePath(body, SOCKET_BYTES), abstract: false },
  print({ name, abstract }) {
    if (abstract) return `@${encode(name)}`
    return name.startsWith('@') ? `${escaped('@')}${encode(name.slice(1))}` : encode(name)
  },
  conflict: unixConflict,
}

export const mmap: Scheme<AddressOf<'mmap'>> = {
  example: 'mmap:/tmp/page?size=4K',
  summary: 'a mapped file',
  options: {
    mode: octal('permissions, when it is made'),
    size: bytes(1, MAX_MEMORY, 'bytes mapped, and the size of a new file'),
    offset: bytes(0, MAX_MEMORY, 'where the mapping begins'),
  },
  read: (body) => ({ path: readFilePath(body) }),
  print: ({ path }) => encode(path),
}

/** A bare name leaves the rest of sun_path for the directory it lives in. */
const SHM_NAME_BYTES = 64

export const shm: Scheme<AddressOf<'shm'>> = {
  example: 'shm:prices?capacity=1M',
  summary: 'a channel in shared memory: a path, or a bare name in $XDG_RUNTIME_DIR/hutong',
  options: {
    mode: octal('who may connect: permissions of its socket'),
    capacity: bytes(1, MAX_MEMORY, 'bytes each direction holds'),
    limit: stream.limit,
    spin: integer(0, 1_000_000, 'microseconds a consumer stays awake after traffic; 0 for none'),
  },
  read: (body) =>
    body.text.includes('/') ? { path: readFilePath(body, SOCKET_BYTES) } : { name: channelName(body) },
  // An encoded slash keeps a name from being read as a path; the parser then says what is wrong with it.
  print: (address) =>
    'path' in address ? encode(address.path) : encode(address.name).replaceAll('/', escaped('/')),
}

function abstractName(name: Span): string {
  if (name.text === '') name.fail('an abstract name is missing after @')
  atMost(name, SOCKET_BYTES, 'the abstract name')
  return name.text
}

function channelName(body: Span): string {
  if (body.text === '') body.fail('a path or a name is missing: write shm:/path or shm:name')
  if (body.text.startsWith('@')) body.fail('a channel has no abstract name: leave out the @')
  const name = decode(body)
  noNul(name)
  const slash = name.text.indexOf('/')
  if (slash >= 0) name.fail('a bare name has no slash in it', slash)
  if (name.text === '.' || name.text === '..') name.fail('this names a directory: write another name')
  atMost(name, SHM_NAME_BYTES, 'a bare name')
  return name.text
}

function unixConflict({ abstract, options }: UnixAddress): Conflict | undefined {
  if (abstract && options.mode !== undefined) {
    return { option: 'mode', reason: 'an abstract socket has no permissions: leave out mode' }
  }
  if (options.framing !== undefined && options.type !== undefined && options.type !== 'stream') {
    const reason = `a ${options.type} socket keeps messages apart itself: leave out framing`
    return { option: 'framing', reason }
  }
  if (options.backlog !== undefined && options.type === 'dgram') {
    return { option: 'backlog', reason: 'a dgram socket accepts no connections: leave out backlog' }
  }
  return undefined
}
