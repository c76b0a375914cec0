// Unix sockets as the kernel's sock_diag(7) lists them: the only place that tells who is joined to whom.
import { constants } from '../../sys/constants.ts'
import { close, read, write } from '../../sys/file.ts'
import { socket } from '../../sys/socket.ts'

/** One Unix socket. */
export interface UnixSocketEntry {
  readonly inode: number
  readonly type: 'stream' | 'dgram' | 'seqpacket'
  readonly listening: boolean
  /** A path, or `@name`. */
  readonly name: string | null
  /** The inode of the other end; null if there is none, or it is unknown. */
  readonly peer: number | null
  /** Bytes to be received; of a listener, connections to be accepted. */
  readonly received: number | null
  /** Of a listener: how many may wait. */
  readonly backlog: number | null
}

const AF_NETLINK = 16
const NETLINK_SOCK_DIAG = 4
const SOCK_RAW = 3
const SOCK_DIAG_BY_FAMILY = 20
const [NLMSG_ERROR, NLMSG_DONE] = [2, 3]
const DUMP = 0x301 // NLM_F_REQUEST | NLM_F_DUMP
const SHOW = 0x1 | 0x4 | 0x10 // name, peer, queue lengths
const [NAME, PEER, QUEUES] = [0, 2, 4]
const LISTEN = 10 // TCP_LISTEN
const TYPES = { 1: 'stream', 2: 'dgram', 5: 'seqpacket' } as const
const HEADER = 16

/** All of this network namespace; undefined where the kernel does not answer. */
export function unixSockets(): UnixSocketEntry[] | undefined {
  const fd = socket(AF_NETLINK, SOCK_RAW | constants.SOCK_CLOEXEC, NETLINK_SOCK_DIAG)
  if (fd < 0) return undefined
  try {
    if (write(fd, request()) < 0) return undefined
    const found: UnixSocketEntry[] = []
    const memory = Buffer.alloc(1 << 18)
    for (;;) {
      const got = read(fd, memory)
      if (got <= 0) return undefined
      const end = takeAll(memory.subarray(0, got), found)
      if (end !== undefined) return end === 'done' ? found : undefined
    }
  } finally {
    close(fd)
  }
}

/** struct nlmsghdr and struct unix_diag_req. */
function request(): Buffer {
  const bytes = Buffer.alloc(40)
  bytes.writeUInt32LE(bytes.length, 0)
  bytes.writeUInt16LE(SOCK_DIAG_BY_FAMILY, 4)
  bytes.writeUInt16LE(DUMP, 6)
  bytes.writeUInt8(constants.AF_UNIX, HEADER)
  bytes.writeUInt32LE(0xffffffff, HEADER + 4) // in every state
  bytes.writeUInt32LE(SHOW, HEADER + 12)
  return bytes
}

function takeAll(bytes: Buffer, found: UnixSocketEntry[]): 'done' | 'error' | undefined {
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const length = bytes.readUInt32LE(at)
    const type = bytes.readUInt16LE(at + 4)
    if (type === NLMSG_DONE) return 'done'
    if (type === NLMSG_ERROR || length < HEADER) return 'error'
    const entry = entryOf(bytes.subarray(at + HEADER, at + length))
    if (entry !== undefined) found.push(entry)
    at += align(length)
  }
  return undefined
}

/** struct unix_diag_msg and its attributes. */
function entryOf(bytes: Buffer): UnixSocketEntry | undefined {
  const type = TYPES[bytes.readUInt8(1) as keyof typeof TYPES]
  const inode = bytes.readUInt32LE(4)
  if (type === undefined || inode === 0) return undefined // 0: it waits to be accepted
  const attributes = new Map<number, Buffer>()
  for (let at = 16; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16LE(at)
    if (length < 4) break
    attributes.set(bytes.readUInt16LE(at + 2), bytes.subarray(at + 4, at + length))
    at += align(length)
  }
  const listening = bytes.readUInt8(2) === LISTEN
  const queues = attributes.get(QUEUES)
  return {
    inode,
    type,
    listening,
    name: nameOf(attributes.get(NAME)),
    peer: attributes.get(PEER)?.readUInt32LE(0) || null,
    received: queues?.readUInt32LE(0) ?? null,
    backlog: listening ? (queues?.readUInt32LE(4) ?? null) : null,
  }
}

function nameOf(bytes: Buffer | undefined): string | null {
  if (bytes === undefined || bytes.length === 0) return null
  if (bytes[0] === 0) return `@${bytes.subarray(1).toString()}`
  const end = bytes.indexOf(0)
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end)
}

function align(length: number): number {
  return (length + 3) & ~3
}
