// A pair in shared memory, as its users see it. What all transports have in common is test/conformance.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { bytes } from '#src/channel/codec.ts'
import { channelPair, connectShm, ShmRendezvous } from '#src/channel/shm/rendezvous.ts'
import { UnixSocket } from '#src/kernel/socket/socket.ts'
import { fixture } from '../../support/child.ts'
import { cleanUp, uniquePath } from '../../support/leaks.ts'
import { type Bytes, freshPair, lengthAndFirst, rest } from '../../support/pair.ts'

const of = (...values: number[]): Uint8Array => Uint8Array.of(...values)

/** Sends until there is no room; gives how many messages that were. */
function fill(channel: Bytes, length = 500): number {
  let count = 0
  while (channel.trySend(new Uint8Array(length))) count++
  return count
}

test('what is sent in one turn comes together, at its end', async () => {
  const [near, far] = await freshPair()
  near.trySend(of(1))
  near.trySend(of(2))
  assert.equal(far.tryReceive(), undefined)
  await Promise.resolve()
  assert.deepEqual([far.tryReceive(), far.tryReceive(), far.tryReceive()], [of(1), of(2), undefined])
})

for (const spin of [0, 50]) {
  test(`messages longer than the ring, and short ones among them, go both ways at once (spin ${spin})`, async () => {
    const lengths = [100_000, 0, 2041, 5, 4096, 1, 30_000]
    const pair = await freshPair({ spin })
    const sent = pair.flatMap((channel) =>
      lengths.map((length, i) => channel.send(new Uint8Array(length).fill(i))),
    )
    for (const channel of pair) {
      for (const [i, length] of lengths.entries()) {
        assert.deepEqual(lengthAndFirst(await channel.receive()), [length, length === 0 ? undefined : i])
      }
    }
    await Promise.all(sent)
  })
}

test('a message over the limit is an error of the peer, in one record and in parts', async () => {
  for (const length of [1001, 10_000]) {
    const [near, far] = await freshPair({ limit: 1000 })
    near.trySend(new Uint8Array(1000))
    near.send(new Uint8Array(length)).catch(() => {})
    assert.equal((await far.receive())?.length, 1000)
    await assert.rejects(far.receive(), { code: 'ERR_CORRUPT_PEER', message: /limit is 1000/ })
    assert.equal((await far.closed).reason, 'failed')
    await assert.rejects(far.receive(), { code: 'ERR_CORRUPT_PEER' }, 'and so it stays')
    await assert.rejects(far.send(of(1)), { code: 'ERR_CORRUPT_PEER' })
  }
})

test('a blocking receive does not take the wake-up of a send that waits on the event loop', async () => {
  const [near, far] = await freshPair()
  const count = fill(near)
  const sending = near.send(of(7))
  await sleep(1) // asleep, for want of room
  for (let i = 0; i < count; i++) assert.ok(far.tryReceive())
  assert.equal(far.tryReceive(), undefined) // gives it all back, and rings
  assert.throws(() => near.receiveSync({ timeout: 1 }), { code: 'ETIMEDOUT' })
  await sending
  assert.deepEqual(await far.receive(), of(7))
})

test('a blocking send does not take the wake-up of a receive that waits on the event loop', async () => {
  const [near, far] = await freshPair()
  fill(near)
  const receiving = near.receive()
  await sleep(1)
  far.trySend(of(7))
  far.flush()
  assert.throws(() => near.sendSync(new Uint8Array(500), { timeout: 1 }), { code: 'ETIMEDOUT' })
  assert.deepEqual(await receiving, of(7))
})

test('a view keeps its room until it is released, also when the channel is closed by then', async () => {
  const [near, far] = await freshPair()
  near.trySend(of(1))
  near.flush()
  const view = far.tryReceiveView()
  assert.ok(view)
  const count = fill(near)
  for (let i = 0; i < count; i++) far.tryReceive()
  assert.equal(far.tryReceive(), undefined)
  assert.equal(near.trySend(new Uint8Array(500)), undefined)
  assert.deepEqual([...view.bytes], [1])
  view.release()
  assert.equal(near.trySend(new Uint8Array(500)), true)
  near.flush()
  const last = far.tryReceiveView()
  far.destroy()
  last?.release()
})

test('a loan that outlives its channel, and one that stands in the way of others, does no harm', async () => {
  const [near, far] = await freshPair()
  const loan = near.tryLoan(10)
  assert.ok(loan)
  const waiting = near.send(of(1))
  assert.throws(() => near.sendSync(of(2)), /commit or abort the loan first/)
  loan.commit(3)
  await waiting
  assert.equal((await far.receive())?.length, 3)
  assert.deepEqual(await far.receive(), of(1))
  const open = near.tryLoan(10)
  const lost = near.send(of(1))
  near.destroy()
  open?.abort()
  assert.throws(() => near.tryLoan(1), { code: 'EBADF' })
  await assert.rejects(lost, { code: 'EBADF' })
})

test('an end that nobody took over is a dead peer: on the event loop, and for a thread that blocks', async () => {
  for (const way of ['receive', 'receiveSync'] as const) {
    const [near, remote] = channelPair({ codec: bytes, capacity: 4096 })
    cleanUp(() => near.destroy())
    remote.close()
    await assert.rejects(async () => near[way](), { code: 'ERR_PEER_DIED' })
    assert.equal((await near.closed).reason, 'peer-died')
    await assert.rejects(near.send(of(1)), { code: 'ERR_PEER_DIED' })
  }
})

test("bytes are the caller's again once a send was given up, also one that goes whole", async () => {
  const [near, far] = await freshPair({ capacity: 4096 })
  const message = new Uint8Array(20_000).fill(7)
  const stop = new AbortController()
  const sent = near.send(message, { signal: stop.signal })
  stop.abort()
  await assert.rejects(sent, { name: 'AbortError' })
  message.fill(0)
  assert.deepEqual(await far.receive(), new Uint8Array(20_000).fill(7))
})

test('close waits for what waits, not for room behind it', async () => {
  const [near, far] = await freshPair({ capacity: 4096 })
  fill(near, 120)
  const sent = near.send(new Uint8Array(504))
  for (let i = 0; i < 4; i++) far.tryReceive()
  await Promise.all([sent, near.close()])
})

test('both sides closing, whatever was sent before is received, then the end', async () => {
  const [near, far] = await freshPair()
  const sent = Array.from({ length: 50 }, (_, i) => near.send(new Uint8Array(300).fill(i)))
  const received = rest(far)
  await near.close()
  assert.deepEqual(
    await received,
    Array.from({ length: 50 }, (_, i) => [300, i]),
  )
  await Promise.all(sent)
  assert.deepEqual([(await near.closed).reason, (await far.closed).reason], ['closed', 'peer-closed'])
  await assert.rejects(far.send(of(1)), { code: 'EPIPE' })
})

test('process.exit in the turn of a send: it is received, and an orderly end behind it', async () => {
  const pairs = Array.from({ length: 5 }, () => channelPair({ codec: bytes, capacity: 4096, spin: 0 }))
  const inherited = pairs.map(([, remote]) => remote.fd)
  const child = fixture('channel/exit', [], { stdio: ['pipe', 'pipe', 'pipe', ...inherited] })
  for (const [, remote] of pairs) remote.close()
  const [sends, batch, loan, full, silent] = await Promise.all(pairs.map(([near]) => rest(near)))
  assert.deepEqual(
    sends,
    [1, 2, 3].map((value) => [1, value]),
  )
  assert.deepEqual(
    batch,
    [1, 2, 3, 4].map((value) => [1, value]),
  )
  assert.deepEqual(loan, [[1, 1]])
  assert.deepEqual([new Set(full?.map(String)), silent], [new Set(['100,1']), []])
  for (const [near] of pairs) {
    assert.deepEqual(await near.closed, { reason: 'peer-closed' })
    near.destroy()
  }
  assert.equal((await child.ended).code, 0)
})

test('one who connects and is gone again at once is not told of, the next one is', async () => {
  const path = await uniquePath()
  const options = { label: 'here', codec: bytes, spin: 0, capacity: 4096 }
  const rendezvous = new ShmRendezvous({ kind: 'shm', path, options: {} }, options)
  cleanUp(() => rendezvous.close())
  for (let i = 0; i < 3; i++) UnixSocket.connectSync(path).close()
  const stays = connectShm({ kind: 'shm', path, options: {} }, options)
  const accepted = await rendezvous.accept()
  const connected = await stays
  await connected.send(of(1))
  assert.deepEqual(await accepted.receive(), of(1))
  accepted.destroy()
  connected.destroy()
})
