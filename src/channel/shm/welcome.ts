// The handshake of a pair: the side that made the memory sends one message, WELCOME, with three descriptors: the memory,
// its own bell, the other side's bell. docs/protocol.md
import { EventFd } from '../../kernel/event-fd.ts'
import type { Mapping } from '../../kernel/mapping.ts'
import { Memfd } from '../../kernel/memfd.ts'
import type { UnixSocket } from '../../kernel/socket/socket.ts'
import { constants } from '../../sys/constants.ts'
import { must } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { fcntl } from '../../sys/file.ts'
import type { WaitOptions } from '../../wait/options.ts'
import { agree } from '../codec.ts'
import { Undo } from '../undo.ts'
import { HEADER, KIND, LEAST_CAPACITY, MAGIC, MOST_CAPACITY, pairSize, VERSION } from './layout.ts'
import type { Meeting } from './meeting.ts'

/** The other side of a rendezvous is no channel of this kind, or speaks another version, or another codec. */
export class HandshakeError extends Error {
  readonly code = 'ERR_HANDSHAKE'
  constructor(label: string, what: string) {
    super(`${label}: ${what}`)
    this.name = 'HandshakeError'
  }
}

/** What both sides must agree on. */
export interface Terms {
  readonly label: string
  readonly codec: string
}

// The header's words, as in memory, and the codec's name behind them.
const WORDS = 8
const LONGEST_NAME = 128
const SEALS = ['shrink', 'grow', 'seal'] as const

function headerWords(capacity: number): Int32Array {
  const words = new Int32Array(WORDS)
  words[HEADER.magic] = MAGIC[0]
  words[HEADER.magicEnd] = MAGIC[1]
  words[HEADER.version] = VERSION
  words[HEADER.kind] = KIND.pair
  words[HEADER.capacity] = capacity
  words[HEADER.creator] = process.pid
  return words
}

/** Ringing one that is full, or silencing one that has not rung, must not stop the thread. The flag is both sides'. */
export function nonblocking(bell: EventFd): EventFd {
  must(fcntl(bell.fd, constants.F_SETFL, constants.O_NONBLOCK), 'fcntl', { on: 'eventfd' })
  return bell
}

/** One ring of such an eventfd (EFD_SEMAPHORE) could go on for ever: reading takes 1 of what is there. Nobody rings it yet. */
function countsDown(bell: EventFd): boolean {
  bell.tryPost(2)
  return bell.tryWait() === 1n
}

/** Who connects and is gone again at once is no error of the listener's: the socket's end tells the channel. */
export function unlessGone(say: () => void): void {
  try {
    say()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error
  }
}

/**
 * Makes the memory and welcomes the other side of `socket`, which belongs to the meeting from now on. EPIPE: it is gone
 * already; the socket is closed.
 */
export function welcome(socket: UnixSocket, capacity: number, terms: Terms): Meeting {
  using undo = new Undo()
  undo.use(socket)
  const name = Buffer.from(terms.codec)
  if (name.length > LONGEST_NAME) {
    throw new RangeError(`codec.name must be at most ${LONGEST_NAME} bytes, not ${name.length}`)
  }
  const shown = Buffer.from(`hutong ${terms.label}`).subarray(0, LONGEST_NAME).toString()
  using memory = Memfd.create(shown, { size: pairSize(capacity) })
  const bell = undo.use(nonblocking(EventFd.create()))
  const peerBell = undo.use(nonblocking(EventFd.create()))
  memory.seal(...SEALS)
  const mapping = undo.use(memory.map())
  const words = headerWords(capacity)
  mapping.view(Int32Array, 0, WORDS).set(words)
  const message = Buffer.concat([new Uint8Array(words.buffer), name])
  // A fresh socket has room for it.
  socket.trySend(message, { descriptors: [memory, bell, peerBell] })
  undo.keep()
  return { label: terms.label, side: 0, mapping, capacity, bell, peerBell, socket, peer: undefined }
}

/** Takes the other side's welcome. Closes the socket when it is none. HandshakeError; an abort or timeout of the wait. */
export async function meet(socket: UnixSocket, terms: Terms, options?: WaitOptions): Promise<Meeting> {
  try {
    const received = await socket.receive({
      max: WORDS * 4 + LONGEST_NAME,
      descriptors: 3,
      ...(options?.signal === undefined ? {} : { signal: options.signal }),
      ...(options?.timeout === undefined ? {} : { timeout: options.timeout }),
    })
    if (received === null) throw new HandshakeError(terms.label, 'the listener closed the connection')
    try {
      return take(received.data, received.descriptors, { socket, terms })
    } finally {
      for (const fd of received.descriptors) fd.close()
    }
  } catch (error) {
    socket.close()
    throw error
  }
}

interface Taking {
  readonly socket: UnixSocket
  readonly terms: Terms
}

function take(data: Uint8Array, descriptors: readonly Fd[], { socket, terms }: Taking): Meeting {
  const { label, codec } = terms
  const words = new Int32Array(WORDS)
  new Uint8Array(words.buffer).set(data.subarray(0, WORDS * 4))
  const theirs = Buffer.from(data.subarray(WORDS * 4)).toString()
  const capacity = words[HEADER.capacity] ?? 0
  const [memory, peers, ours] = descriptors
  if (words[HEADER.magic] !== MAGIC[0] || words[HEADER.magicEnd] !== MAGIC[1]) {
    throw new HandshakeError(label, 'what answers there is no channel of hutong')
  }
  if (words[HEADER.version] !== VERSION) {
    throw new HandshakeError(
      label,
      `it speaks version ${words[HEADER.version]} of the protocol, we speak ${VERSION}`,
    )
  }
  if (words[HEADER.kind] !== KIND.pair) throw new HandshakeError(label, 'it is no pair: is it a topic?')
  if (!agree(theirs, codec)) {
    throw new HandshakeError(label, `its messages are ${theirs}, ours ${codec}: use the same codec`)
  }
  if (!isCapacity(capacity) || memory === undefined || peers === undefined || ours === undefined) {
    throw new HandshakeError(label, 'its welcome makes no sense')
  }
  using undo = new Undo()
  const mapping = undo.use(mapped(memory, pairSize(capacity), label))
  const bell = undo.use(nonblocking(handOver(ours, EventFd.from)))
  if (countsDown(bell)) throw new HandshakeError(label, 'its bell is a semaphore')
  const peerBell = undo.use(nonblocking(handOver(peers, EventFd.from)))
  undo.keep()
  return { label, side: 1, mapping, capacity, bell, peerBell, socket, peer: socket.peer }
}

/** Maps memory from a peer: only what it cannot truncate any more, and is as long as it says. */
function mapped(fd: Fd, size: number, label: string): Mapping {
  using memory = handOver(fd, Memfd.from)
  if (!SEALS.every((seal) => memory.seals.includes(seal)) || memory.size !== size) {
    throw new HandshakeError(label, `its memory is not sealed, or not ${size} bytes long`)
  }
  return memory.map()
}

/** Makes another object of a received descriptor. */
export function handOver<R>(fd: Fd, from: (number: number) => R): R {
  const number = fd.release()
  try {
    return from(number)
  } catch (error) {
    new Fd(number).close()
    throw error
  }
}

/** Whether a ring can have so many bytes: a power of two. */
export function isCapacity(value: number): boolean {
  return value >= LEAST_CAPACITY && value <= MOST_CAPACITY && (value & (value - 1)) === 0
}
