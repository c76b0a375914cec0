// Bad input to the classes of Unix sockets: the argument is named, and nothing has happened.
import assert from 'node:assert/strict'
import { closeSync, fstatSync, openSync } from 'node:fs'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { PacketBatch, Pipe, UnixDatagram, UnixListener, UnixSocket } from 'hutong'
import { constants, fcntl, socket } from 'hutong/sys'
import { cleanUp, uniqueName, uniquePath } from '../../support/leaks.ts'

type Case = readonly [
  what: string,
  kind: typeof TypeError | typeof RangeError,
  named: RegExp,
  use: () => unknown,
]

async function table(cases: readonly Case[]): Promise<void> {
  for (const [what, kind, named, use] of cases) {
    await assert.rejects(
      async () => use(),
      (error) => {
        assert.ok(error instanceof kind, `${what}: ${error}`)
        assert.match(error.message, named, what)
        return true
      },
    )
  }
}

function closedAtTheEnd<T extends { close(): void }>(object: T): T {
  cleanUp(() => object.close())
  return object
}

const LONG = 'x'.repeat(108)
const NAMES: readonly (readonly [name: unknown, kind: Case[1], reason: RegExp])[] = [
  ['', RangeError, /must not be empty/],
  ['/tmp/a\0b', RangeError, /must not contain NUL/],
  [LONG, RangeError, /at most 107 bytes, not 108/],
  ['é'.repeat(54), RangeError, /at most 107 bytes, not 108/],
  [`\0${LONG}`, RangeError, /at most 107 bytes, not 108/],
  ['\0', RangeError, /must not be empty/],
  [{ abstract: '' }, RangeError, /abstract must not be empty/],
  [{ abstract: LONG }, RangeError, /at most 107 bytes, not 108/],
  [{ abstract: 5 }, TypeError, /abstract/],
  [{}, TypeError, /must be a path or \{ abstract: name \}/],
  [5, TypeError, /must be a path/],
  [null, TypeError, /must be a path/],
]

test('names: empty, with NUL, of 108 bytes, of the wrong type', async () => {
  const sender = closedAtTheEnd(UnixDatagram.create())
  for (const [name, kind, reason] of NAMES) {
    const wrong = name as string
    const say = (argument: string): RegExp => new RegExp(`^${argument}.*${reason.source}`)
    await table([
      ['listen', kind, say('name'), () => UnixListener.listen(wrong)],
      ['create', kind, say('name'), () => UnixDatagram.create(wrong)],
      ['connect', kind, say('name'), () => UnixSocket.connect(wrong)],
      ['connectSync', kind, say('name'), () => UnixSocket.connectSync(wrong)],
      ['datagram connect', kind, say('name'), () => sender.connect(wrong)],
      ['send', kind, say('to'), () => sender.send('x', { to: wrong })],
      ['sendSync', kind, say('to'), () => sender.sendSync('x', { to: wrong })],
      ['trySend', kind, say('to'), () => sender.trySend('x', { to: wrong })],
    ])
  }
})

test('a name of 107 bytes is one, abstract or not', async () => {
  const abstract = uniqueName().padEnd(107, 'x')
  closedAtTheEnd(UnixListener.listen({ abstract }))
  closedAtTheEnd(await UnixSocket.connect({ abstract }))
  const path = (await uniquePath()).padEnd(107, 'x')
  assert.equal(closedAtTheEnd(UnixListener.listen(path)).name, path)
})

test('options and data of the wrong type or out of bounds', async () => {
  const [one, other] = UnixSocket.pair()
  closedAtTheEnd(one)
  closedAtTheEnd(other)
  const path = await uniquePath()
  const bytes = new Uint8Array(4)
  const who = { pid: 1, uid: 2 ** 32, gid: 0 }
  const bad = <T>(value: unknown): T => value as T
  await table([
    ['type', RangeError, /type/, () => UnixSocket.connect(path, { type: bad('dgram') })],
    ['type of a pair', RangeError, /type/, () => UnixSocket.pair({ type: bad('raw') })],
    ['type of a listener', RangeError, /type/, () => UnixListener.listen(path, { type: bad(1) })],
    ['backlog', RangeError, /backlog/, () => UnixListener.listen(path, { backlog: -1 })],
    ['mode', RangeError, /mode/, () => UnixListener.listen(path, { mode: 0o20000 })],
    ['replaceStale', TypeError, /replaceStale/, () => UnixListener.listen(path, { replaceStale: bad(1) })],
    ['autobind', TypeError, /autobind/, () => UnixDatagram.create(undefined, { autobind: bad('yes') })],
    ['timeout', RangeError, /timeout/, () => UnixSocket.connect(path, { timeout: -1 })],
    [
      'timeout of connectSync',
      TypeError,
      /timeout/,
      () => UnixSocket.connectSync(path, { timeout: bad('1') }),
    ],
    ['signal', TypeError, /signal/, () => one.receive({ signal: bad({}) })],
    ['max', RangeError, /max/, () => one.receive({ max: 0 })],
    ['descriptors', RangeError, /descriptors/, () => one.receive({ descriptors: -1 })],
    ['count', RangeError, /count/, () => one.receiveDescriptors(0)],
    ['target', TypeError, /target/, () => one.readInto(bad('memory'))],
    ['an empty target', RangeError, /target/, () => one.readIntoSync(new Uint8Array(0))],
    ['data', TypeError, /data/, () => one.write(bad(5))],
    ['data of send', TypeError, /data/, () => one.sendSync(bad({}))],
    ['credentials', RangeError, /credentials.uid/, () => one.send('x', { credentials: who })],
    ['how', RangeError, /how/, () => one.shutdown(bad('half'))],
    ['sendBuffer', RangeError, /sendBuffer/, () => (one.sendBuffer = 0)],
    ['receiveBuffer', RangeError, /receiveBuffer/, () => (one.receiveBuffer = 2 ** 31)],
    ['passCredentials', TypeError, /passCredentials/, () => (one.passCredentials = bad(1))],
    ['batch data', TypeError, /data/, () => new PacketBatch().add(bad(1))],
    ['fd', RangeError, /fd/, () => UnixSocket.from(-1)],
    ['fd', RangeError, /fd/, () => UnixListener.from(1.5)],
    ['fd', RangeError, /fd/, () => UnixDatagram.from(bad('3'))],
  ])
  assert.equal(other.tryReadInto(bytes), undefined, 'nothing has gone out')
})

test('after close everything is EBADF, and closing again is nothing', async () => {
  const [one, other] = UnixSocket.pair({ type: 'seqpacket' })
  const [packets, rest] = UnixDatagram.pair()
  const listener = UnixListener.listen({ abstract: uniqueName() })
  for (const each of [one, other, packets, rest, listener]) {
    each.close()
    each.close()
    assert.equal(each.closed, true)
  }
  const bytes = new Uint8Array(4)
  const batch = new PacketBatch()
  batch.add('x')
  const uses: (() => unknown)[] = [
    ...[one, packets].flatMap((socket) => [
      () => socket.fd,
      () => socket.name,
      () => socket.peerName,
      () => socket.send('x'),
      () => socket.trySend('x'),
      () => socket.sendSync('x'),
      () => socket.receive(),
      () => socket.tryReceive(),
      () => socket.receiveSync(),
      () => socket.receiveSync({ timeout: 5 }),
      () => socket.sendBatch(batch),
      () => socket.sendBatchSync(batch),
      () => socket.receiveBatch(batch),
      () => socket.tryReceiveBatch(batch),
      () => socket.receiveBatchSync(batch),
      () => socket.messages().next(),
      () => socket.sendBuffer,
      () => socket.passCredentials,
      () => socket.queued,
      () => socket.inherit(),
    ]),
    () => one.read(),
    () => one.write('x'),
    () => one.writeSync('x'),
    () => one.readInto(bytes),
    () => one.readIntoSync(bytes),
    () => one.tryReadInto(bytes),
    () => one.shutdown(),
    () => one.peer,
    () => one.peerGroups,
    () => one.peerPidFd(),
    () => packets.send('x', { to: { abstract: 'x' } }),
    () => packets.sendSync('x', { to: { abstract: 'x' } }),
    () => packets.connect({ abstract: 'x' }),
    () => listener.accept(),
    () => listener.tryAccept(),
    () => listener.acceptSync(),
    () => listener.unlink(),
  ]
  for (const use of uses) await assert.rejects(async () => use(), { code: 'EBADF' }, `${use}`)
})

test('from: what is no socket of that kind is refused, and stays open as it was', async () => {
  const { reader, writer } = Pipe.create()
  closedAtTheEnd(reader)
  closedAtTheEnd(writer)
  const file = openSync('/dev/null', 'r')
  cleanUp(() => closeSync(file))
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUp(() => server.close())
  const tcp = (server as unknown as { _handle: { fd: number } })._handle.fd
  const [stream, ...others] = UnixSocket.pair()
  const [packets, rest] = UnixDatagram.pair()
  for (const each of [stream, ...others, packets, rest]) closedAtTheEnd(each)
  const unbound = closedAtTheEnd(UnixSocket.from(socket(constants.AF_UNIX, constants.SOCK_STREAM, 0)))
  const cases: [fd: number, from: (fd: number) => unknown, code: string][] = [
    ...[reader.fd, file, tcp].flatMap((fd): [number, (fd: number) => unknown, string][] => [
      [fd, UnixSocket.from, 'EOPNOTSUPP'],
      [fd, UnixListener.from, 'EOPNOTSUPP'],
      [fd, UnixDatagram.from, 'EOPNOTSUPP'],
    ]),
    [packets.fd, UnixSocket.from, 'EOPNOTSUPP'],
    [stream.fd, UnixDatagram.from, 'EOPNOTSUPP'],
    [unbound.fd, UnixListener.from, 'EINVAL'],
    [0x7ffffff, UnixSocket.from, 'EBADF'],
  ]
  for (const [fd, from, code] of cases) {
    const before = fcntl(fd, constants.F_GETFD, 0)
    assert.throws(() => from(fd), { code }, `fd ${fd}`)
    assert.equal(fcntl(fd, constants.F_GETFD, 0), before)
    if (code !== 'EBADF') assert.ok(fstatSync(fd))
  }
})
