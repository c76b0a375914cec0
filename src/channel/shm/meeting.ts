// What the handshake leaves behind.
import type { EventFd } from '../../kernel/event-fd.ts'
import type { Mapping } from '../../kernel/mapping.ts'
import type { PeerCredentials } from '../../kernel/socket/credentials.ts'
import type { UnixSocket } from '../../kernel/socket/socket.ts'

/** What two sides share, as one of them got it. */
export interface Meeting {
  readonly label: string
  /** 0: the side that made the memory. */
  readonly side: 0 | 1
  readonly mapping: Mapping
  /** Bytes of each ring. */
  readonly capacity: number
  /** Ours, which the peer rings. */
  readonly bell: EventFd
  readonly peerBell: EventFd
  readonly socket: UnixSocket
  /** Who is at the other end, where the kernel can tell. */
  readonly peer: PeerCredentials | undefined
}
