// How a byte stream ends when the other side is no channel, or is gone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pipe, TcpListener, TcpSocket, UnixSocket } from 'hutong'
import { type Channel, channelOver, PeerDiedError } from 'hutong/channel'
import { cleanUp } from '../../support/leaks.ts'

const message = (length: number): Uint8Array => new Uint8Array(length).fill(1)
/** A message of 3 bytes on the wire. */
const WIRE = Uint8Array.of(3, 0, 0, 0, 1, 2, 3)

function withForeigner(): [Channel<Uint8Array>, UnixSocket] {
  const [ours, foreign] = UnixSocket.pair()
  const channel = channelOver(ours)
  cleanUp(() => {
    channel.destroy()
    foreign.close()
  })
  return [channel, foreign]
}

/** Keeps the event loop running until the channel is over. */
async function over(channel: Channel<Uint8Array>): Promise<string> {
  const alive = setInterval(() => {}, 1000)
  const { reason } = await channel.closed
  clearInterval(alive)
  return reason
}

test('a peer that is gone with something unread has died; what it had sent is received first', async () => {
  const [channel, foreign] = withForeigner()
  await foreign.write(WIRE)
  await channel.send(message(10))
  channel.flush()
  foreign.close()
  assert.equal(await over(channel), 'peer-died')
  assert.equal((await channel.receive())?.length, 3)
  await assert.rejects(channel.receive(), PeerDiedError)
  await assert.rejects(channel.send(message(1)), { code: 'ERR_PEER_DIED' })
})

test('who finds out by sending that the peer has died is told so', async () => {
  const [channel, foreign] = withForeigner()
  channel.trySend(message(10))
  channel.flush()
  foreign.close()
  channel.trySend(message(1))
  channel.flush()
  assert.throws(() => channel.trySend(message(1)), PeerDiedError)
  assert.equal(await over(channel), 'peer-died')
})

test('a peer that has ended its sending can still receive, until it closes', async () => {
  const [channel, foreign] = withForeigner()
  await foreign.write(WIRE)
  foreign.shutdown('write')
  assert.equal((await channel.receive())?.length, 3)
  assert.equal(await channel.receive(), null)
  assert.equal(channel.tryReceive(), null)
  await channel.readable()
  const sending = channel.send(message(1_000_000))
  for (let left = 1_000_004; left > 0; ) left -= (await foreign.read())?.length ?? left
  await sending
  foreign.close()
  assert.equal(await over(channel), 'peer-closed')
  await assert.rejects(channel.send(message(1)), { code: 'EPIPE' })
})

test('an end is noticed by who only waits for it, or for room, with much unread', async () => {
  const [channel, foreign] = withForeigner()
  await foreign.write(Buffer.concat(new Array(1000).fill(WIRE)))
  foreign.close()
  assert.equal(await over(channel), 'peer-closed')
  let received = 0
  for await (const batch of channel.batches()) received += batch.length
  assert.equal(received, 1000)
})

test('a channel into a pipe ends when the reader closes, one out of it when the writer does', async () => {
  const [into, out] = [Pipe.create(), Pipe.create()]
  const sends = channelOver({ writer: into.writer })
  const receives = channelOver({ reader: out.reader })
  cleanUp(() => {
    sends.destroy()
    receives.destroy()
  })
  while (sends.trySend(message(5000)) === true);
  const waiting = sends.send(message(5000))
  into.reader.close()
  out.writer.close()
  await assert.rejects(waiting, { code: 'EPIPE' })
  assert.deepEqual([await over(sends), await over(receives)], ['peer-closed', 'peer-closed'])
})

test('a TCP connection that is reset is a peer that died', async () => {
  using listener = await TcpListener.listen({ host: '127.0.0.1', port: 0 })
  const foreign = await TcpSocket.connect(listener.name)
  const channel = channelOver(await listener.accept())
  cleanUp(() => channel.destroy())
  const receiving = channel.receive()
  foreign.reset()
  await assert.rejects(receiving, PeerDiedError)
  assert.equal(await over(channel), 'peer-died')
})

test('what came before a TCP socket became a channel is received', async () => {
  using listener = await TcpListener.listen({ host: '127.0.0.1', port: 0 })
  const foreign = await TcpSocket.connect(listener.name)
  cleanUp(() => foreign.close())
  await foreign.write(Buffer.concat([WIRE, WIRE]))
  const socket = await listener.accept()
  const half = await socket.read({ max: 7 })
  assert.equal(half?.length, 7)
  const channel = channelOver(socket)
  assert.equal((await channel.receive())?.length, 3)
  foreign.close()
  assert.equal(await channel.receive(), null)
  await channel.close()
})

test('a TCP peer still receives what was sent by who closes with something unread', async () => {
  using listener = await TcpListener.listen({ host: '127.0.0.1', port: 0 })
  const foreign = await TcpSocket.connect(listener.name)
  cleanUp(() => foreign.close())
  const channel = channelOver(await listener.accept(), { framing: 'none' })
  await foreign.write(message(300_000))
  await channel.send(message(200_000))
  channel.destroy()
  let got = 0
  for await (const chunk of foreign) got += chunk.length
  assert.equal(got, 200_000)
})

test('what has been in use before can become a channel', async () => {
  const [one, other] = UnixSocket.pair()
  const { reader, writer } = Pipe.create()
  const reads = [one.read(), reader.read()]
  await other.write('x')
  await writer.write('x')
  await Promise.all(reads)
  const channels = [channelOver(one), channelOver(other), channelOver({ reader }), channelOver({ writer })]
  cleanUp(() => channels.map((channel) => channel.destroy()))
  const [here, there, from, to] = channels as [Channel<Uint8Array>, ...Channel<Uint8Array>[]]
  for (const [sends, receives] of [
    [here, there],
    [to, from],
  ]) {
    await sends?.send(message(9))
    assert.equal((await receives?.receive())?.length, 9)
  }
})

test('what is taken over must be free, and of a kind that carries bytes', async () => {
  const [one, other] = UnixSocket.pair()
  const waiting = one.read()
  assert.throws(() => channelOver(one), { code: 'EBUSY' })
  other.close()
  assert.equal(await waiting, null)
  one.close()
  const [packets, more] = UnixSocket.pair({ type: 'seqpacket' })
  assert.throws(() => channelOver(packets), { code: 'EOPNOTSUPP' })
  packets.close()
  more.close()
  assert.throws(() => channelOver({} as { reader: never }), TypeError)
  const { reader, writer } = Pipe.create()
  const reading = reader.read()
  assert.throws(() => channelOver({ reader, writer }), { code: 'EBUSY' })
  writer.close()
  assert.equal(await reading, null)
  reader.close()
})
