// The handshake, with listeners that are not what they should be. What they sent is closed again: leaks.ts looks.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HEADER, KIND, MAGIC, pairSize, VERSION } from '#src/channel/shm/layout.ts'
import type { Meeting } from '#src/channel/shm/meeting.ts'
import { meet, welcome } from '#src/channel/shm/welcome.ts'
import { EventFd } from '#src/kernel/event-fd.ts'
import { Memfd, type Seal } from '#src/kernel/memfd.ts'
import { UnixSocket } from '#src/kernel/socket/socket.ts'
import { cleanUp } from '../../support/leaks.ts'

const CAPACITY = 4096
const TERMS = { label: 'here', codec: 'bytes' }
const SEALS: readonly Seal[] = ['shrink', 'grow', 'seal']

interface Lie {
  readonly words?: Partial<Record<keyof typeof HEADER, number>>
  readonly codec?: string
  readonly seals?: readonly Seal[]
  readonly size?: number
  readonly descriptors?: number
  readonly bell?: (memory: Memfd) => { readonly fd: number }
  readonly raw?: string
}

/** Sends what a listener would, but for the lie. */
function lie(socket: UnixSocket, { words = {}, codec = 'bytes', seals = SEALS, ...rest }: Lie): void {
  const { size = pairSize(CAPACITY), descriptors = 3, bell, raw } = rest
  using memory = Memfd.create('lie', { size })
  if (seals.length > 0) memory.seal(...seals)
  using one = EventFd.create()
  using two = EventFd.create()
  const header = new Int32Array(8)
  const said = { magic: MAGIC[0], magicEnd: MAGIC[1], version: VERSION, kind: KIND.pair, capacity: CAPACITY }
  for (const [name, value] of Object.entries({ ...said, ...words })) {
    header[HEADER[name as keyof typeof HEADER]] = value
  }
  const message = raw ?? Buffer.concat([new Uint8Array(header.buffer), Buffer.from(codec)])
  const all = [memory, one, bell?.(memory) ?? two]
  socket.trySend(Buffer.from(message), { descriptors: all.slice(0, descriptors) })
}

function sockets(): [UnixSocket, UnixSocket] {
  const pair = UnixSocket.pair()
  cleanUp(() => pair.forEach((socket) => void socket.close()))
  return pair
}

const lies: readonly (readonly [string, Lie, RegExp])[] = [
  ['another magic', { words: { magic: 1 } }, /no channel of hutong/],
  ['another end of the magic', { words: { magicEnd: 1 } }, /no channel of hutong/],
  ['another version', { words: { version: VERSION + 1 } }, /version 2 of the protocol, we speak 1/],
  ['another kind', { words: { kind: KIND.log } }, /is it a topic/],
  ['another codec', { codec: 'json' }, /its messages are json, ours bytes/],
  ['a capacity that is no power of two', { words: { capacity: 5000 } }, /makes no sense/],
  ['too little capacity', { words: { capacity: 2048 } }, /makes no sense/],
  ['a capacity below zero', { words: { capacity: -(2 ** 31) } }, /makes no sense/],
  ['a capacity that the memory has not', { words: { capacity: 8192 } }, /not 28672 bytes/],
  ['memory that is too long', { size: pairSize(CAPACITY) + 1 }, /not sealed, or not/],
  ['memory without seals', { seals: [] }, /not sealed/],
  ['memory that can shrink', { seals: ['grow', 'seal'] }, /not sealed/],
  ['memory whose seals could be added to', { seals: ['grow', 'shrink'] }, /not sealed/],
  ['too few descriptors', { descriptors: 2 }, /makes no sense/],
  ['no descriptors', { descriptors: 0 }, /makes no sense/],
  ['a greeting of another protocol', { raw: 'hello\n', descriptors: 0 }, /no channel of hutong/],
  ['a greeting of another protocol, with descriptors', { raw: 'HTTP/1.1 200 OK' }, /no channel of hutong/],
  ['a single byte', { raw: 'H' }, /no channel of hutong/],
]

for (const [what, told, message] of lies) {
  test(`${what}: the connection is refused`, async () => {
    const [listener, connecter] = sockets()
    lie(listener, told)
    await assert.rejects(meet(connecter, TERMS), { code: 'ERR_HANDSHAKE', message })
    assert.equal(connecter.closed, true)
  })
}

test('a bell that is no eventfd is refused', async () => {
  const [listener, connecter] = sockets()
  lie(listener, { bell: (memory) => memory })
  await assert.rejects(meet(connecter, TERMS), { code: 'EINVAL' })
  assert.equal(connecter.closed, true)
})

test('memory that we may not write is refused', async () => {
  const [listener, connecter] = sockets()
  lie(listener, { seals: ['shrink', 'grow', 'future-write', 'seal'] })
  await assert.rejects(meet(connecter, TERMS), { code: 'EPERM' })
})

test('a listener that says nothing is given up, and one that goes', async () => {
  const [, silent] = sockets()
  await assert.rejects(meet(silent, TERMS, { timeout: 1 }), { code: 'ETIMEDOUT' })
  assert.equal(silent.closed, true)
  const [gone, left] = sockets()
  gone.close()
  await assert.rejects(meet(left, TERMS), { code: 'ERR_HANDSHAKE', message: /closed the connection/ })
  const [, aborted] = sockets()
  await assert.rejects(meet(aborted, TERMS, { signal: AbortSignal.abort('enough') }), (e) => e === 'enough')
  assert.equal(aborted.closed, true)
})

test('one who connects and is gone again is not welcomed', () => {
  const [listener, gone] = sockets()
  gone.close()
  assert.throws(() => welcome(listener, CAPACITY, TERMS), { code: 'EPIPE' })
  assert.equal(listener.closed, true)
})

test('a bell that counts down one by one, and so could ring for ever, is refused', async () => {
  for (const initial of [0, 0xffff_ffff_ffff_fffen]) {
    const [listener, connecter] = sockets()
    using bell = EventFd.create({ semaphore: true, initial })
    lie(listener, { bell: () => bell })
    await assert.rejects(meet(connecter, TERMS), { code: 'ERR_HANDSHAKE', message: /semaphore/ })
  }
})

test('a codec whose name does not go into the welcome is refused, a label of any length is not', () => {
  const [[one], [other]] = [sockets(), sockets()]
  assert.throws(() => welcome(one, CAPACITY, { label: 'x', codec: 'x'.repeat(129) }), /codec\.name/)
  assert.equal(one.closed, true)
  letGo(welcome(other, CAPACITY, { label: '巷'.repeat(300), codec: 'x'.repeat(128) }))
})

test('both sides get the same memory, the other bell, and do not block on either', async () => {
  const [listener, connecter] = sockets()
  const ours = welcome(listener, CAPACITY, TERMS)
  const theirs = await meet(connecter, TERMS)
  assert.deepEqual([ours.side, theirs.side, theirs.capacity], [0, 1, CAPACITY])
  ours.mapping.bytes[100] = 7
  assert.equal(theirs.mapping.bytes[100], 7)
  ours.bell.tryPost(3)
  assert.equal(theirs.peerBell.tryWait(), 3n)
  theirs.bell.tryPost(4)
  assert.equal(ours.peerBell.tryWait(), 4n)
  letGo(ours)
  letGo(theirs)
})

function letGo({ mapping, bell, peerBell, socket }: Meeting): void {
  for (const one of [mapping, bell, peerBell, socket]) one.close()
}
