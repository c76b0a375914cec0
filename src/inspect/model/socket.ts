// Sockets: connections with both their ends, listeners, and those that wait for packets.
import type { Common } from './common.ts'

interface SocketCommon extends Common {
  /** `connected` has two ends here, or its peer elsewhere; `open`: no connection (yet). TCP has more, as in tcp(7). */
  readonly state: string
  /** The sockets: one, or the two ends of a connection within this host. */
  readonly ends: readonly SocketEnd[]
  /** Bytes that are queued to be received, at all ends together (datagrams: of the first); of a listener, connections. */
  readonly queued: number | null
}

/** One socket. */
export interface SocketEnd {
  /** As in `socket:[12345]` of /proc/PID/fd. */
  readonly inode: number
  /** A path, `@name`, or `host:port`; null if it has none. */
  readonly name: string | null
  readonly queued: number | null
}

/** unix(7). */
export interface UnixSocketObject extends SocketCommon {
  readonly kind: 'unix'
  readonly type: 'stream' | 'dgram' | 'seqpacket'
  readonly state: 'listening' | 'connected' | 'open'
  /** Connections that may wait to be accepted; null for all but listeners. */
  readonly backlog: number | null
}

/** tcp(7), udp(7), over IPv4 or IPv6. */
export interface InternetSocketObject extends SocketCommon {
  readonly kind: 'tcp' | 'udp'
  /** The other end of a connection, wherever that is. */
  readonly remote: string | null
}
