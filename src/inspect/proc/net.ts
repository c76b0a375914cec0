// /proc/net/tcp, udp and unix: proc_pid_net(5).
import { readFileSync } from 'node:fs'
import { endianness } from 'node:os'
import type { UnixSocketEntry } from './sock-diag.ts'

/** One TCP or UDP socket. */
export interface InternetEntry {
  readonly inode: number
  readonly local: string
  /** Null if it has no peer. */
  readonly remote: string | null
  readonly state: string
  /** Bytes to be received; of a listener, connections to be accepted. */
  readonly received: number
}

// include/net/tcp_states.h
const STATES = [
  'unknown',
  'connected',
  'syn-sent',
  'syn-received',
  'fin-wait-1',
  'fin-wait-2',
  'time-wait',
  'open',
  'close-wait',
  'last-ack',
  'listening',
  'closing',
]

/** The sockets of this network namespace that belong to somebody. */
export function internetSockets(protocol: 'tcp' | 'udp'): InternetEntry[] {
  return [protocol, `${protocol}6`].flatMap((name) => {
    const lines = readLines(`/proc/net/${name}`)
    return lines.flatMap((line) => internetEntry(line) ?? [])
  })
}

export function internetEntry(line: string): InternetEntry | undefined {
  const [, local = '', remote = '', state = '', queues = '', , , , , inode = '0'] = line.trim().split(/\s+/)
  if (Number(inode) === 0) return undefined // TIME_WAIT, or not accepted yet
  const far = endpoint(remote)
  return {
    inode: Number(inode),
    local: endpoint(local),
    remote: far.endsWith(':0') ? null : far,
    state: STATES[Number.parseInt(state, 16)] ?? 'unknown',
    received: Number.parseInt(queues.split(':')[1] ?? '0', 16),
  }
}

/** `0100007F:1F90` is 127.0.0.1:8080: words in the machine's order, the port in the network's. */
export function endpoint(text: string): string {
  const [address = '', port = ''] = text.split(':')
  const bytes = Buffer.from(address, 'hex')
  if (endianness() === 'LE') bytes.swap32()
  const number = Number.parseInt(port, 16)
  if (bytes.length === 4) return `${bytes.join('.')}:${number}`
  const words = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2))
  if (words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff) {
    return `${bytes.subarray(12).join('.')}:${number}` // an IPv4 address on an IPv6 socket
  }
  return `[${new URL(`http://[${words.map((word) => word.toString(16)).join(':')}]`).hostname.slice(1, -1)}]:${number}`
}

/** /proc/net/unix, which does not tell peers. */
export function unixTable(): UnixSocketEntry[] {
  return readLines('/proc/net/unix').flatMap((line): UnixSocketEntry[] => {
    const match = /^\S+ \S+ \S+ (\S+) (\S+) (\S+) +(\d+)(?: (.*))?$/.exec(line)
    if (match === null || match[4] === '0') return []
    const [, flags = '', type = '', , inode = '', name] = match
    const listening = (Number.parseInt(flags, 16) & 0x10000) !== 0
    const kind = ({ '0001': 'stream', '0002': 'dgram', '0005': 'seqpacket' } as const)[type]
    if (kind === undefined) return []
    const unknown = { peer: null, received: null, backlog: null }
    return [{ inode: Number(inode), type: kind, listening, name: name ?? null, ...unknown }]
  })
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(1, -1)
  } catch {
    return [] // no IPv6 here
  }
}
