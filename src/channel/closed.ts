// How a channel ends, and what is said of it.
import { EPIPE } from '../sys/errno.ts'
import { closedError, SysError } from '../sys/error.ts'

/**
 * Why a channel is closed:
 * - `closed`: this side closed it
 * - `peer-closed`: the other side closed it, or its process ended in an orderly way
 * - `peer-died`: the other side is gone without having said so: killed, or the connection was lost
 * - `failed`: the peer broke the protocol, or the kernel reported an error; `error` tells
 */
export type CloseReason = 'closed' | 'peer-closed' | 'peer-died' | 'failed'

export interface Closed {
  readonly reason: CloseReason
  /** Of `peer-died` and `failed`: what `receive` rejects with once all that came before has been received. */
  readonly error?: Error
}

/** The promise of a channel's end. */
export class Closing {
  readonly promise: Promise<Closed>
  /** Says how it has ended; what is said later counts for nothing. */
  resolve: (closed: Closed) => void = () => {}

  constructor() {
    this.promise = new Promise((resolve) => {
      this.resolve = resolve
    })
  }
}

/** The other side of a channel is gone without having closed it. What it had committed before was received. */
export class PeerDiedError extends Error {
  readonly code = 'ERR_PEER_DIED'
  constructor(label: string, options?: ErrorOptions) {
    super(`${label}: the peer is gone without having closed the channel`, options)
    this.name = 'PeerDiedError'
  }
}

/** The end of what can be received: `null` after an orderly close by the peer, otherwise the error is thrown. */
export function endOf(closed: Closed, label: string): null {
  if (closed.reason === 'peer-closed') return null
  throw closed.error ?? closedError('receive', label)
}

/** What sending on a closed channel is answered with. EPIPE: the peer has closed it. */
export function sendError(closed: Closed, label: string): Error {
  if (closed.reason === 'peer-closed') {
    return new SysError(EPIPE, 'send', { on: label, hint: 'The peer has closed the channel.' })
  }
  return closed.error ?? closedError('send', label)
}
