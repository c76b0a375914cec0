// The handshake of a topic: the publisher sends one message, WELCOME, with four descriptors: the log, a cursor made for this
// subscriber, the subscriber's bell, its own bell. Nothing more is sent on the socket; its end tells of death.

import { EventFd } from '../../kernel/event-fd.ts'
import type { Mapping } from '../../kernel/mapping.ts'
import { Memfd, type Seal } from '../../kernel/memfd.ts'
import type { UnixSocket } from '../../kernel/socket/socket.ts'
import type { Fd } from '../../sys/fd.ts'
import type { WaitOptions } from '../../wait/options.ts'
import { agree } from '../codec.ts'
import { HEADER, KIND, MAGIC, VERSION } from '../shm/layout.ts'
import { CURSOR, CURSOR_SIZE, LOG_POLICY, logSize, POLICY } from '../shm/log-layout.ts'
import type { Place } from '../shm/log-room.ts'
import { HandshakeError, handOver, isCapacity, nonblocking, type Terms, unlessGone } from '../shm/welcome.ts'
import { Undo } from '../undo.ts'

/** What a subscriber got: all of it is its own. */
export interface Ticket {
  readonly socket: UnixSocket
  readonly log: Mapping
  readonly cursor: Mapping
  readonly bell: EventFd
  readonly publisherBell: EventFd
  /** Bytes of the log's data. */
  readonly capacity: number
  /** One of POLICY. */
  readonly policy: number
  /** What is published from now on begins here. */
  readonly now: Place
}

/** A subscriber, as its publisher sees it. */
export interface Member {
  readonly socket: UnixSocket
  readonly bell: EventFd
  readonly cursor: Mapping
  /** Up to where it has read, in full. */
  position: number
}

// The header's words, as in memory; where `now` is; and the codec's name behind that.
const WORDS = 8
const NOW = WORDS * 4
const NAME = NOW + 16
export const LONGEST_NAME = 128
const CURSOR_SEALS: readonly Seal[] = ['shrink', 'grow', 'seal']
const LOG_SEALS: readonly Seal[] = ['future-write', ...CURSOR_SEALS]

function headerWords(kind: number, capacity: number, policy: number): Int32Array {
  const words = new Int32Array(WORDS)
  words[HEADER.magic] = MAGIC[0]
  words[HEADER.magicEnd] = MAGIC[1]
  words[HEADER.version] = VERSION
  words[HEADER.kind] = kind
  words[HEADER.capacity] = capacity
  words[HEADER.creator] = process.pid
  words[LOG_POLICY] = policy
  return words
}

/** The log's memory. It is mapped first, and then sealed: this mapping alone can be written through, for ever. */
export function makeLog(
  label: string,
  capacity: number,
  policy: keyof typeof POLICY,
): { memfd: Memfd; log: Mapping } {
  using undo = new Undo()
  const shown = Buffer.from(`hutong ${label}`).subarray(0, LONGEST_NAME).toString()
  const memfd = undo.use(Memfd.create(shown, { size: logSize(capacity) }))
  const log = undo.use(memfd.map())
  memfd.seal(...LOG_SEALS)
  log.view(Int32Array, 0, WORDS).set(headerWords(KIND.log, capacity, POLICY[policy]))
  undo.keep()
  return { memfd, log }
}

/** What a publisher welcomes with. */
export interface Welcoming {
  readonly log: Memfd
  readonly bell: EventFd
  readonly capacity: number
  readonly policy: keyof typeof POLICY
  readonly codec: string
  /** The oldest record: up to there the subscriber has read, as far as the publisher knows. */
  readonly oldest: number
  readonly now: Place
}

/** Makes a cursor and welcomes a subscriber. Closes the socket on failure. */
export function welcome(socket: UnixSocket, offer: Welcoming): Member {
  using undo = new Undo()
  undo.use(socket)
  using memfd = Memfd.create('hutong cursor', { size: CURSOR_SIZE })
  const bell = undo.use(nonblocking(EventFd.create()))
  const cursor = undo.use(memfd.map())
  memfd.seal(...CURSOR_SEALS)
  const words = cursor.view(Int32Array, 0, CURSOR_SIZE / 4)
  words.set(headerWords(KIND.cursor, 0, 0))
  words[CURSOR.position] = offer.oldest
  const { position, sequence } = offer.now
  const message = Buffer.concat([
    new Uint8Array(headerWords(KIND.log, offer.capacity, POLICY[offer.policy]).buffer),
    new Uint8Array(new Float64Array([position, sequence]).buffer),
    Buffer.from(offer.codec),
  ])
  // A fresh socket has room for it.
  unlessGone(() => socket.trySend(message, { descriptors: [offer.log, memfd, bell, offer.bell] }))
  undo.keep()
  return { socket, bell, cursor, position: offer.oldest }
}

/** Takes a publisher's welcome. Closes the socket when it is none. HandshakeError; an abort or timeout of the wait. */
export async function meet(socket: UnixSocket, terms: Terms, options: WaitOptions): Promise<Ticket> {
  using undo = new Undo()
  undo.use(socket)
  const { signal, timeout } = options
  const received = await socket.receive({ max: NAME + LONGEST_NAME, descriptors: 4, signal, timeout })
  if (received === null) throw new HandshakeError(terms.label, 'the publisher closed the connection')
  const { data, descriptors } = received
  for (const fd of descriptors) undo.use(fd)
  const { capacity, policy, now } = read(data, terms)
  const [logFd, cursorFd, ours, publishers] = descriptors
  if (logFd === undefined || cursorFd === undefined || ours === undefined || publishers === undefined) {
    throw new HandshakeError(terms.label, 'descriptors are missing from its welcome')
  }
  const log = undo.use(mapped(logFd, { size: logSize(capacity), seals: LOG_SEALS, ...terms }))
  const cursor = undo.use(mapped(cursorFd, { size: CURSOR_SIZE, seals: CURSOR_SEALS, ...terms }))
  checkKind(log, KIND.log, terms.label)
  checkKind(cursor, KIND.cursor, terms.label)
  const bell = undo.use(nonblocking(handOver(ours, EventFd.from)))
  const publisherBell = undo.use(nonblocking(handOver(publishers, EventFd.from)))
  undo.keep()
  return { socket, log, cursor, bell, publisherBell, capacity, policy, now }
}

function read(data: Uint8Array, { label, codec }: Terms): Pick<Ticket, 'capacity' | 'policy' | 'now'> {
  const fail = (what: string): never => {
    throw new HandshakeError(label, what)
  }
  if (data.length < WORDS * 4) fail('what answers there is no topic of hutong')
  const words = new Int32Array(data.slice(0, WORDS * 4).buffer)
  if (words[HEADER.magic] !== MAGIC[0] || words[HEADER.magicEnd] !== MAGIC[1]) {
    fail('what answers there is no topic of hutong')
  }
  const version = words[HEADER.version]
  if (version !== VERSION) fail(`it speaks version ${version} of the protocol, we speak ${VERSION}`)
  if (words[HEADER.kind] !== KIND.log) fail('it is no topic: is it a channel?')
  const theirs = Buffer.from(data.subarray(NAME)).toString()
  if (!agree(theirs, codec)) fail(`its messages are ${theirs}, ours ${codec}: use the same codec`)
  const capacity = words[HEADER.capacity] ?? 0
  const [position, sequence] = new Float64Array(data.slice(NOW, NAME).buffer)
  if (!isCapacity(capacity) || !isCount(position) || !isCount(sequence)) fail('its welcome makes no sense')
  return {
    capacity,
    policy: words[LOG_POLICY] ?? 0,
    now: { position: position as number, sequence: sequence as number },
  }
}

function isCount(value: number | undefined): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

interface Expected extends Terms {
  readonly size: number
  readonly seals: readonly Seal[]
}

/** Maps memory from a publisher: only what it cannot truncate any more, and is as long as it says. */
function mapped(fd: Fd, { label, size, seals }: Expected): Mapping {
  using memory = handOver(fd, Memfd.from)
  const there = memory.seals
  if (!seals.every((seal) => there.includes(seal)) || memory.size !== size) {
    throw new HandshakeError(
      label,
      `its memory is not sealed (${seals.join(', ')}), or not ${size} bytes long`,
    )
  }
  return memory.map({ readOnly: there.includes('future-write') })
}

function checkKind(memory: Mapping, kind: number, label: string): void {
  const words = memory.view(Int32Array, 0, WORDS)
  if (words[HEADER.version] === VERSION && words[HEADER.kind] === kind) return
  throw new HandshakeError(label, 'its memory is something else than its welcome says')
}
