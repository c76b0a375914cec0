// Connected Unix sockets: bytes and packets both ways, ends, waiting.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { text as string } from 'node:stream/consumers'
import { test } from 'node:test'
import { TimeoutError, UnixListener, UnixSocket } from 'hutong'
import { fixture } from '../../support/child.ts'
import { cleanUp, uniquePath } from '../../support/leaks.ts'

const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString()

/** Two joined ends, closed when the test ends. */
function pair(type: 'stream' | 'seqpacket' = 'stream'): [UnixSocket, UnixSocket] {
  const ends = UnixSocket.pair({ type })
  for (const end of ends) cleanUp(() => end.close())
  return ends
}

test('who connects by a path is accepted, and both know each other', async () => {
  const path = await uniquePath()
  using listener = UnixListener.listen(path)
  const accepting = listener.accept()
  using client = await UnixSocket.connect(path)
  using server = await accepting
  const self = { pid: process.pid, uid: process.getuid?.(), gid: process.getgid?.() }
  assert.deepEqual([server.peer, client.peer], [self, self])
  assert.deepEqual(
    new Set(server.peerGroups),
    new Set(process.getgroups?.().filter((group) => server.peerGroups.includes(group))),
  )
  assert.deepEqual([client.peerName, server.name, server.peerName], [path, path, undefined])
  assert.equal(await client.write('hello'), 5)
  assert.equal(text(await server.read()), 'hello')
  server.writeSync('back')
  assert.equal(text(await client.read()), 'back')
  listener.unlink()
})

test('a peer of another process is known by its pid and pidfd', async () => {
  const path = await uniquePath()
  using listener = UnixListener.listen(path)
  const child = fixture('socket/echo', [path])
  using server = await listener.accept()
  assert.equal(server.peer.pid, child.pid)
  using pidfd = server.peerPidFd()
  assert.ok(pidfd.number >= 0)
  await server.write('over there')
  assert.equal(text(await server.read()), 'OVER THERE')
  server.shutdown()
  assert.equal(await server.read(), null)
  assert.equal((await child.ended).code, 0)
  listener.unlink()
})

test('a stream keeps the order and every byte of more than it holds', async () => {
  const [one, other] = pair()
  const parts = Array.from({ length: 50 }, (_, index) => Buffer.alloc(70_000, index))
  const writing = Promise.all(parts.map((part) => one.write(part)))
  const sum = Buffer.concat(parts)
  const got: Uint8Array[] = []
  for (let length = 0; length < sum.length; length += got.at(-1)?.length ?? 0) {
    got.push((await other.read()) ?? assert.fail('the end'))
  }
  assert.ok(Buffer.concat(got).equals(sum))
  assert.deepEqual(await writing, Array(50).fill(70_000))
})

test('packets stay apart, empty ones too, and their order stays', async () => {
  const [one, other] = pair('seqpacket')
  for (const packet of ['first', '', 'third']) await one.write(packet)
  assert.deepEqual([await other.read(), await other.read(), await other.read()].map(text), [
    'first',
    '',
    'third',
  ])
  const target = new Uint8Array(10)
  one.writeSync('')
  assert.equal(other.tryReadInto(target), 0)
  assert.equal(other.tryReadInto(target), undefined)
  one.close()
  assert.equal(other.tryReadInto(target), null)
  assert.equal(await other.receive(), null)
})

test('a packet that is longer than asked for says that it was cut', async () => {
  const [one, other] = pair('seqpacket')
  await one.write('0123456789')
  await one.write('next')
  const { data, truncated } = (await other.receive({ max: 4 })) ?? assert.fail()
  assert.deepEqual([text(data), truncated], ['0123', true])
  assert.equal((await other.receive())?.truncated, false)
})

test('one direction ends and the other goes on', async () => {
  const [one, other] = pair()
  one.shutdown('write')
  assert.equal(await other.read(), null)
  await other.write('still here')
  assert.equal(text(await one.read()), 'still here')
  await assert.rejects(one.write('too late'), { code: 'EPIPE' })
  other.shutdown('both')
  assert.equal(await one.read(), null)
})

test('the other end is closed: readers see the end, writers EPIPE, and the process lives', async () => {
  const [one, other] = pair()
  const reading = one.read()
  other.close()
  assert.equal(await reading, null)
  await assert.rejects(one.write('x'), { code: 'EPIPE' })
  assert.throws(() => one.writeSync('x'), { code: 'EPIPE' })
  assert.throws(() => one.sendSync('x'), { code: 'EPIPE' })
})

test('a write that ends half-way says how many bytes went out', async () => {
  const [one] = pair()
  const error = await one.write(Buffer.alloc(5_000_000), { timeout: 20 }).catch((error) => error)
  assert.equal(error.name, 'PartialWriteError')
  assert.ok(error.bytesWritten > 0 && error.bytesWritten < 5_000_000)
  assert.ok(error.cause instanceof TimeoutError)
})

test('waiting is given up: timeout, abort, close; blocking too', async () => {
  const [one, other] = pair()
  await assert.rejects(one.read({ timeout: 5 }), TimeoutError)
  await assert.rejects(one.receive({ signal: AbortSignal.abort(new Error('enough')) }), /enough/)
  assert.throws(() => one.readIntoSync(new Uint8Array(1), { timeout: 5 }), TimeoutError)
  assert.throws(() => one.receiveSync({ timeout: 5 }), TimeoutError)
  const reading = one.read()
  one.close()
  await assert.rejects(reading, { code: 'EBADF' })
  await assert.rejects(async () => one.read(), { code: 'EBADF' })
  assert.throws(() => one.peer, { code: 'EBADF' })
  assert.throws(() => one.writeSync('x'), { code: 'EBADF' })
  assert.equal(await other.read(), null)
})

test('without waiting: nothing there is undefined, no room too', () => {
  const [one, other] = pair()
  const target = new Uint8Array(4)
  assert.equal(one.tryReadInto(target), undefined)
  assert.equal(one.tryReceive(), undefined)
  let sent = 0
  while (one.trySend(Buffer.alloc(10_000)) === true) sent++
  assert.ok(sent > 0)
  assert.equal(other.tryReadInto(target), 4)
  let got = 4
  for (let next = other.tryReceive(); next; next = other.tryReceive()) got += next.data.length
  assert.equal(got, 10_000 * sent)
})

test('as a stream of Node: a request, its end, the answer, the end', async () => {
  const [one, other] = pair()
  const [client, server] = [one.stream(), other.stream()]
  server.on('data', (chunk) => server.write(`${chunk}`.toUpperCase()))
  server.on('end', () => server.end())
  client.end('one two')
  assert.equal(await string(client), 'ONE TWO')
  if (!server.closed) await once(server, 'close')
  assert.deepEqual([one.closed, other.closed], [true, true], 'both directions have ended')
})

test('iterating gives chunks until the end', async () => {
  const [one, other] = pair('seqpacket')
  for (const word of ['a', 'b', 'c']) one.writeSync(word)
  one.close()
  const got: string[] = []
  for await (const packet of other) got.push(text(packet))
  assert.deepEqual(got, ['a', 'b', 'c'])
})

test('a full backlog makes who connects wait, on no thread of the pool, until there is room or he gives up', async () => {
  const path = await uniquePath()
  using listener = UnixListener.listen(path, { backlog: 0 })
  using first = await UnixSocket.connect(path)
  await assert.rejects(UnixSocket.connect(path, { timeout: 10 }), TimeoutError)
  assert.throws(() => UnixSocket.connectSync(path, { timeout: 10 }), TimeoutError)
  const controller = new AbortController()
  const aborted = UnixSocket.connect(path, { signal: controller.signal })
  controller.abort(new Error('no more'))
  await assert.rejects(aborted, /no more/)
  const waiting = UnixSocket.connect(path)
  using accepted = await listener.accept()
  using second = await waiting
  using other = await listener.accept()
  first.writeSync('1')
  second.writeSync('2')
  assert.deepEqual([text(await accepted.read()), text(await other.read())], ['1', '2'])
  listener.unlink()
})
