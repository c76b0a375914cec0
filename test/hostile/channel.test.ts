// A peer that breaks the protocol costs its channel, and nothing else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Channel } from '#src/channel/channel.ts'
import type { Codec } from '#src/channel/codec.ts'
import { RING } from '#src/channel/shm/layout.ts'
import { welcome } from '#src/channel/shm/welcome.ts'
import { EventFd } from '#src/kernel/event-fd.ts'
import { Memfd } from '#src/kernel/memfd.ts'
import { UnixSocket } from '#src/kernel/socket/socket.ts'
import { cleanUp } from '../support/leaks.ts'
import { type Liar, lyingPeer } from '../support/liar.ts'
import { freshPair } from '../support/pair.ts'

const CORRUPT = { code: 'ERR_CORRUPT_PEER' }
const some = new Uint8Array(500)

async function failed(channel: Channel<Uint8Array>): Promise<void> {
  const { reason, error } = await channel.closed
  assert.equal(reason, 'failed')
  assert.equal((error as NodeJS.ErrnoException).code, CORRUPT.code)
  await assert.rejects(channel.receive(), CORRUPT)
  await assert.rejects(channel.send(some), CORRUPT)
  assert.throws(() => channel.trySend(some), CORRUPT)
  assert.throws(() => channel.receiveSync(), CORRUPT)
}

test('a lie that wakes a sleeping receiver fails it, and no other channel', async () => {
  const [near, far] = await freshPair()
  const other = near.receive()
  const [channel, { incoming, wake }] = await lyingPeer()
  const received = channel.receive()
  incoming.control[RING.head] = 2 ** 30
  wake()
  await assert.rejects(received, CORRUPT)
  await failed(channel)
  await far.send(some)
  assert.deepEqual(await other, some)
})

test('a lie that wakes a sleeping sender fails it, with all who wait behind it', async () => {
  const [channel, { outgoing, wake }] = await lyingPeer()
  while (channel.trySend(some));
  const sends = [channel.send(some), channel.send(some), channel.writable(10)]
  const drained = channel.close()
  outgoing.control[RING.tail] = -5
  wake()
  for (const sent of [...sends, drained]) await assert.rejects(sent, CORRUPT)
  assert.equal((await channel.closed).reason, 'failed')
})

test('a lie that is seen while others give up is no uncaught error', async () => {
  const [channel, { outgoing, incoming }] = await lyingPeer()
  while (channel.trySend(some));
  const waits = [channel.send(some, { timeout: 1 }), channel.send(some), channel.receive({ timeout: 1 })]
  outgoing.control[RING.tail] = -5
  incoming.control[RING.head] = -5
  for (const { status } of await Promise.allSettled(waits)) assert.equal(status, 'rejected')
  await failed(channel)
})

test('a lie is seen by a thread that blocks', async () => {
  const [receiver, { incoming }] = await lyingPeer()
  incoming.control[RING.head] = -1
  assert.throws(() => receiver.receiveSync(), CORRUPT)
  const [sender, { outgoing }] = await lyingPeer()
  while (sender.trySend(some));
  outgoing.control[RING.tail] = -1
  assert.throws(() => sender.sendSync(some), CORRUPT)
})

const words: Readonly<Record<string, (liar: Liar) => void>> = {
  bytes: ({ hands }) => void hands.socket.trySend('anything'),
  'bytes and descriptors': ({ hands }) =>
    void hands.socket.trySend('anything', { descriptors: [hands.bell, hands.peerBell] }),
}

for (const [what, say] of Object.entries(words)) {
  test(`${what} on the socket after the welcome fail the channel, and what came is closed`, async () => {
    const [channel, liar] = await lyingPeer()
    const received = channel.receive()
    say(liar)
    await assert.rejects(received, CORRUPT)
    await failed(channel)
    const [blocked, other] = await lyingPeer()
    say(other)
    assert.throws(() => blocked.receiveSync(), CORRUPT)
  })
}

test('a socket that is closed or shut down without the end being said is a death', async () => {
  const ways: readonly ((liar: Liar) => void)[] = [
    ({ hands }) => hands.socket.close(),
    ({ hands }) => hands.socket.shutdown('write'),
    ({ hands }) => hands.socket.shutdown('both'),
  ]
  for (const way of ways) {
    const [channel, liar] = await lyingPeer()
    const received = channel.receive()
    way(liar)
    await assert.rejects(received, { code: 'ERR_PEER_DIED' })
    assert.equal((await channel.closed).reason, 'peer-died')
  }
})

test('an end that is said while the socket stays open is an end', async () => {
  const [channel, { incoming, wake }] = await lyingPeer()
  const received = channel.receive()
  incoming.control[RING.ended] = 77
  wake()
  assert.equal(await received, null)
})

test('a bell that is full, or rings for nothing, or whose counter somebody else takes, stops nobody', async () => {
  const [channel, { hands, wake }] = await lyingPeer()
  hands.bell.tryPost(0xffff_ffff_ffff_fffen)
  const received = channel.receive({ timeout: 50 })
  for (let i = 0; i < 10; i++) {
    wake()
    hands.peerBell.tryWait()
    channel.trySend(some)
    channel.flush()
    await new Promise((resolve) => setImmediate(resolve))
  }
  await assert.rejects(received, { code: 'ETIMEDOUT' })
})

test('the peer cannot make the memory shorter or longer, nor unseal it', async () => {
  const [near, far] = UnixSocket.pair()
  const { mapping, bell, peerBell } = welcome(near, 4096, { label: 'here', codec: 'bytes' })
  cleanUp(() => [near, far, mapping, bell, peerBell].forEach((one) => void one.close()))
  const welcomed = await far.receive({ descriptors: 3 })
  assert.equal(welcomed?.descriptors.length, 3)
  const [fd, ...bells] = welcomed?.descriptors ?? []
  assert.ok(fd)
  using memory = Memfd.from(fd.release())
  for (const size of [0, 4096, 2 ** 20]) assert.throws(() => memory.resize(size), { code: 'EPERM' })
  assert.throws(() => memory.seal('write'), { code: 'EPERM' })
  for (const one of bells) EventFd.from(one.release()).close()
})

/** Decodes while the peer overwrites everything: what it was given must stay as it is. */
function watching(keeps: boolean, scribble: () => void): Codec<number> {
  return {
    name: 'watching',
    scratch: false,
    keeps,
    encode: (length) => new Uint8Array(length).fill(7),
    decode(message) {
      const before = message.slice()
      scribble()
      assert.deepEqual(Buffer.from(message), Buffer.from(before))
      return message.length
    },
  }
}

for (const keeps of [true, false]) {
  test(`a decoder (keeps: ${keeps}) has bytes that the peer cannot change meanwhile`, async () => {
    const capacity = 2 ** 22
    let scribble = (): void => {}
    const codec = watching(keeps, () => scribble())
    const [channel, { incoming, outgoing, hands }] = await lyingPeer(codec, capacity)
    // Its own messages, sent back by hand: both rings begin alike.
    for (const length of [1, 100, 5000, 2_000_000]) {
      assert.equal(channel.trySend(length), true)
      channel.flush()
      incoming.bytes.set(outgoing.bytes)
      incoming.control[RING.head] = outgoing.control[RING.head] ?? 0
      const { control } = incoming
      scribble = () => void hands.mapping.bytes.fill(99, incoming.bytes.byteOffset)
      assert.equal(channel.tryReceive(), length)
      assert.equal(channel.tryReceive(), undefined)
      outgoing.control[RING.tail] = control[RING.tail] ?? 0
    }
  })
}
