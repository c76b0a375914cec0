// Datagrams: packets without a connection, and many with one call.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PacketBatch, TimeoutError, UnixDatagram, UnixSocket } from 'hutong'
import { cleanUp, descriptors, uniqueName, uniquePath } from '../../support/leaks.ts'

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString()

function abstractSocket(): UnixDatagram {
  const socket = UnixDatagram.create({ abstract: uniqueName() })
  cleanUp(() => socket.close())
  return socket
}

test('a packet tells who sent it, so that he can be answered', async () => {
  const path = await uniquePath()
  using server = UnixDatagram.create(path)
  using client = UnixDatagram.create(undefined, { autobind: true })
  using nobody = UnixDatagram.create()
  await client.send('question', { to: path })
  nobody.sendSync('anonymous', { to: path })
  const { data, sender } = (await server.receive()) ?? assert.fail()
  assert.deepEqual([text(data), sender], ['question', client.name])
  await server.send('answer', { to: sender ?? '' })
  assert.equal(text((await client.receive())?.data), 'answer')
  assert.deepEqual((await server.receive())?.sender, undefined)
  server.unlink()
})

test('a full receiver makes senders wait, each in his turn, and none spins or is lost', async () => {
  const receiver = abstractSocket()
  const sender = abstractSocket()
  const before = descriptors().size
  const COUNT = 400
  const to = receiver.name ?? assert.fail()
  const sending = Array.from({ length: COUNT }, (_, index) => sender.send(`${index}`, { to }))
  assert.ok(descriptors().size <= before + 1, 'one more socket for all that wait')
  const controller = new AbortController()
  const aborted = sender.send('never', { to, signal: controller.signal })
  controller.abort(new Error('changed my mind'))
  await assert.rejects(aborted, /changed my mind/)
  await assert.rejects(sender.send('late', { to, timeout: 5 }), TimeoutError)
  assert.throws(() => sender.sendSync('late', { to, timeout: 5 }), TimeoutError)
  for (let index = 0; index < COUNT; index++) {
    assert.equal(text((await receiver.receive())?.data), `${index}`)
  }
  await Promise.all(sending)
  assert.equal(receiver.tryReceive(), undefined)
  assert.equal(descriptors().size, before)
})

test('connected, it sends to one and hears from that one only', async () => {
  const [one, other, third] = [abstractSocket(), abstractSocket(), abstractSocket()]
  one.connect(other.name ?? '')
  assert.deepEqual(one.peerName, other.name)
  await one.send('there')
  assert.equal(text((await other.receive())?.data), 'there')
  await assert.rejects(third.send('let me in', { to: one.name ?? '' }), { code: 'EPERM' })
  while (one.trySend('more') === true);
  const waiting = one.send('last')
  await other.receive()
  await waiting
  const gone = abstractSocket()
  one.connect(gone.name ?? '')
  gone.close()
  await assert.rejects(one.send('anybody?'), { code: 'ECONNREFUSED' })
})

test('nobody there, or no name given, is an error', async () => {
  const socket = abstractSocket()
  await assert.rejects(socket.send('x', { to: await uniquePath() }), { code: 'ENOENT' })
  await assert.rejects(socket.send('x'), { code: 'ENOTCONN' })
  await assert.rejects(socket.send(Buffer.alloc(10_000_000), { to: socket.name ?? '' }), {
    code: 'EMSGSIZE',
    message: /10000000 bytes is too long/,
  })
})

test('into the same memory, and out of it: whole packets, empty ones, a longer one cut', async () => {
  const [one, other] = UnixDatagram.pair()
  for (const each of [one, other]) cleanUp(() => each.close())
  const [out, into] = [Buffer.from('abcdef'), new Uint8Array(6)]
  for (let round = 0; round < 5; round++) {
    out[0] = 65 + round
    assert.equal(one.writeSync(out), 6)
    assert.equal(other.readIntoSync(into), 6)
    assert.equal(text(into), out.toString())
  }
  assert.equal(one.writeSync(''), 0)
  assert.equal(one.writeSync('longer than that'), 16)
  assert.equal(other.readIntoSync(into), 0)
  assert.equal(other.readIntoSync(into), 6)
  assert.throws(() => other.readIntoSync(into, { timeout: 5 }), TimeoutError)
  assert.equal(other.tryReceive(), undefined)
  other.tryReceive()
  one.writeSync('again')
  assert.equal(other.readIntoSync(into), 5, 'also after it was made non-blocking')
  while (one.trySend('full') === true);
  assert.throws(() => one.writeSync('x', { timeout: 5 }), TimeoutError)
  const alone = UnixDatagram.create()
  assert.throws(() => alone.writeSync('x'), { code: 'ENOTCONN' })
  assert.throws(() => alone.readIntoSync(new Uint8Array(0)), /target/)
  alone.close()
  assert.throws(() => alone.writeSync('x'), { code: 'EBADF' })
  assert.throws(() => alone.readIntoSync(into), { code: 'EBADF' })
})

test('an empty datagram is one, and no end', async () => {
  const [one, other] = UnixDatagram.pair()
  await one.send('')
  assert.equal((await other.receive())?.data.length, 0)
  one.close()
  assert.equal(other.tryReceive(), undefined)
  other.close()
})

test('a batch goes and comes with one call each', async () => {
  const [one, other] = UnixDatagram.pair()
  for (const each of [one, other]) cleanUp(() => each.close())
  const batch = new PacketBatch({ capacity: 8, size: 16 })
  for (const word of ['a', '', 'three']) batch.add(word)
  assert.equal(await one.sendBatch(batch), 3)
  const got = new PacketBatch({ capacity: 8, size: 4 })
  assert.equal(other.receiveBatchSync(got, { timeout: 1000 }), 3)
  assert.deepEqual(Array.from(got, text), ['a', '', 'thre'], 'what a slot has no room for is lost')
  assert.equal(other.tryReceiveBatch(got), undefined)
  assert.equal(got.count, 0)
  batch.clear()
  assert.equal(one.sendBatchSync(batch), 0)
})

test('a batch that is more than there is room for goes when there is; the end of a connection ends it', async () => {
  const [one, other] = UnixSocket.pair({ type: 'seqpacket' })
  for (const each of [one, other]) cleanUp(() => each.close())
  const batch = new PacketBatch({ capacity: 1000, size: 1000 })
  for (let index = 0; index < 1000; index++) batch.add(`${index}`.padEnd(1000, '.'))
  const sending = one.sendBatch(batch)
  const got = new PacketBatch({ capacity: 64, size: 1000 })
  let seen = 0
  while (seen < 1000) {
    await other.receiveBatch(got)
    for (const packet of got) assert.equal(Number.parseInt(text(packet), 10), seen++)
  }
  assert.equal(await sending, 1000)
  const aborted = one.sendBatch(batch, { timeout: 10 })
  const sent = await aborted
  assert.ok(sent > 0 && sent < 1000, 'what went is told, not an error')
  one.close()
  let rest = 0
  for (let count = await other.receiveBatch(got); count !== null; count = await other.receiveBatch(got))
    rest += count
  assert.equal(rest, sent)
})

test('batches refuse what does not fit', () => {
  const [one, other] = UnixSocket.pair()
  assert.throws(() => one.sendBatchSync(new PacketBatch()), { code: 'EOPNOTSUPP', message: /stream socket/ })
  assert.throws(() => new PacketBatch({ capacity: 1025 }), /capacity.*1024/)
  assert.throws(() => new PacketBatch({ size: 0 }), /size/)
  const batch = new PacketBatch({ capacity: 1, size: 2 })
  assert.throws(() => batch.add('123'), /at most 2 bytes/)
  batch.add('12')
  assert.throws(() => batch.add('1'), /full/)
  assert.throws(() => batch.packet(1), /index must be 0 to 0/)
  one.close()
  other.close()
})
