// What messages go over when the kernel knows no messages: a socket, or a pipe each way.
import type { PeerCredentials } from '../../kernel/socket/credentials.ts'
import { constants } from '../../sys/constants.ts'
import type { Fd } from '../../sys/fd.ts'
import { fcntl, poll, read } from '../../sys/file.ts'
import { shutdown } from '../../sys/socket.ts'
import { type Deadline, pollUntil } from '../../wait/sync.ts'

/** Descriptors that a channel owns, O_NONBLOCK; the same one twice for a socket. */
export interface ByteStream {
  /** What errors call it, e.g. `unix:/run/app.sock`. */
  readonly label: string
  readonly kind: 'unix' | 'tcp' | 'pipe'
  readonly input: Fd | undefined
  readonly output: Fd | undefined
  readonly peer?: PeerCredentials | undefined
  /** What has been read from it before. */
  readonly early?: readonly Uint8Array[]
}

const { F_SETFL, O_NONBLOCK, O_RDWR, POLLERR, POLLHUP, POLLIN, POLLOUT, SHUT_RD, SHUT_WR } = constants

/** A socket for a ByteStream. */
export function nonblocking(socket: Fd): Fd {
  fcntl(socket.number, F_SETFL, O_RDWR | O_NONBLOCK)
  return socket
}

/**
 * Whether the peer, who has ended its sending, does not receive any more either. Over TCP that cannot be told: it counts as
 * the end of both.
 */
export function isDeaf({ kind, output }: ByteStream): boolean {
  if (output === undefined || kind === 'tcp') return true
  return (poll(output.raw, 0, 0) & (POLLHUP | POLLERR)) !== 0
}

/**
 * Whether a read that gave nothing means the end: a FIFO that nobody has opened for writing yet gives nothing either, but
 * there POLLHUP comes only when a writer has been there.
 */
export function isEnd({ kind, input }: ByteStream): boolean {
  return kind !== 'pipe' || input === undefined || (poll(input.raw, POLLIN, 0) & POLLHUP) !== 0
}

// Two descriptors are looked at in turns, so long each: poll(2) of ours takes one.
const TURN = 1

/** Blocks until there is something to read from `input`, or room in `output`; TimeoutError after the deadline. */
export function pollEither(ends: Pick<ByteStream, 'input' | 'output' | 'label'>, deadline: Deadline): void {
  const { input, output, label } = ends
  const one = input ?? output
  if (one === undefined) return
  if (input === undefined || output === undefined || input === output) {
    const events = (input === undefined ? 0 : POLLIN) | (output === undefined ? 0 : POLLOUT)
    pollUntil(one.number, events, deadline, label)
    return
  }
  while (poll(input.number, POLLIN, TURN) === 0 && poll(output.number, POLLOUT, TURN) === 0) {
    if (performance.now() >= deadline.at) pollUntil(input.number, POLLIN, deadline, label)
  }
}

const waste = new Uint8Array(65_536)

/** Takes what has come and throws it away; true at the end of the stream, or after an error. */
export function discard(input: Fd): boolean {
  for (let rounds = 0; rounds < 1024; rounds++) {
    const got = read(input.raw, waste)
    if (got <= 0) return got === 0 || poll(input.raw, POLLIN, 0) !== 0
  }
  return false
}

/** Takes nothing more from the peer, whose sends are EPIPE from now on where that can be told. */
export function stopReceiving({ kind, input }: ByteStream): void {
  if (kind === 'pipe') input?.close()
  if (kind !== 'unix' || input === undefined) return
  shutdown(input.raw, SHUT_RD)
  discard(input) // closing it with something unread would tell the peer ECONNRESET, and destroy what is on its way there
}

/** Tells the peer that nothing more comes. */
export function stopSending({ kind, output }: ByteStream): void {
  if (kind !== 'pipe' && output !== undefined) shutdown(output.raw, SHUT_WR)
}
