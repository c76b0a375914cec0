// Every errno of unix(7), socket(2), bind(2), connect(2), send(2), recv(2) and their kin that can be provoked here.
import assert from 'node:assert/strict'
import { lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { UnixDatagram, UnixListener, UnixSocket } from 'hutong'
import { constants, socket } from 'hutong/sys'
import { fixture, start } from '../../support/child.ts'
import { cleanUp, uniqueName, uniquePath } from '../../support/leaks.ts'
import { compiledFixtures } from '../../support/paths.ts'

const isRoot = process.getuid?.() === 0

interface Failure {
  readonly code: string
  readonly syscall?: string
  readonly path?: string
  readonly message?: RegExp
}
type Case = readonly [what: string, expected: Failure, use: () => unknown]

async function table(cases: readonly Case[]): Promise<void> {
  for (const [what, expected, use] of cases) await assert.rejects(async () => use(), expected, what)
}

function closedAtTheEnd<T extends { close(): void }>(object: T): T {
  cleanUp(() => object.close())
  return object
}

function pair(type: 'stream' | 'seqpacket' = 'stream'): [UnixSocket, UnixSocket] {
  const [one, other] = UnixSocket.pair({ type })
  return [closedAtTheEnd(one), closedAtTheEnd(other)]
}

test('the path of a listener, a connection, a datagram: what it can be wrong with', async () => {
  const [folder, file, loop] = [await uniquePath(), await uniquePath(), await uniquePath()]
  mkdirSync(folder)
  writeFileSync(file, 'x')
  symlinkSync(loop, loop)
  const sender = closedAtTheEnd(UnixDatagram.create())
  const binds = (path: string, code: string): Case[] => [
    [`listen ${code}`, { code, syscall: 'bind', path }, () => UnixListener.listen(path)],
    [`create ${code}`, { code, syscall: 'bind', path }, () => UnixDatagram.create(path)],
  ]
  const connects = (path: string, code: string): Case[] => [
    [`connect ${code}`, { code, syscall: 'connect', path }, () => UnixSocket.connect(path)],
    [`connectSync ${code}`, { code, syscall: 'connect', path }, () => UnixSocket.connectSync(path)],
    [`datagram ${code}`, { code, syscall: 'connect' }, () => sender.connect(path)],
    [`send ${code}`, { code, syscall: 'sendmsg' }, () => sender.send('x', { to: path })],
    [`sendSync ${code}`, { code, syscall: 'sendmsg' }, () => sender.sendSync('x', { to: path })],
  ]
  await table([
    ...binds(join(folder, 'none/x'), 'ENOENT'),
    ...binds(join(file, 'x'), 'ENOTDIR'),
    ...binds(join(loop, 'x'), 'ELOOP'),
    ...binds(folder, 'EADDRINUSE'),
    ...binds(file, 'EADDRINUSE'),
    ...binds(loop, 'EADDRINUSE'),
    ...connects(join(folder, 'none'), 'ENOENT'),
    ...connects(join(file, 'x'), 'ENOTDIR'),
    ...connects(loop, 'ELOOP'),
    ...connects(file, 'ECONNREFUSED'),
    ...connects(folder, 'ECONNREFUSED'),
  ])
  assert.ok(lstatSync(file).isFile() && lstatSync(loop).isSymbolicLink() && lstatSync(folder).isDirectory())
})

test('a peer of another type is EPROTOTYPE, nobody ECONNREFUSED, one who has another peer EPERM', async () => {
  const [stream, packets, gone] = [await uniquePath(), await uniquePath(), { abstract: uniqueName() }]
  closedAtTheEnd(UnixListener.listen(stream))
  const datagram = closedAtTheEnd(UnixDatagram.create(packets))
  const taken = closedAtTheEnd(UnixDatagram.create({ abstract: uniqueName() }))
  taken.connect(taken.name ?? '')
  const seqpacket = { type: 'seqpacket' } as const
  await table([
    ['seqpacket to stream', { code: 'EPROTOTYPE' }, () => UnixSocket.connect(stream, seqpacket)],
    ['stream to datagram', { code: 'EPROTOTYPE' }, () => UnixSocket.connectSync(packets)],
    ['datagram to stream', { code: 'EPROTOTYPE' }, () => datagram.send('x', { to: stream })],
    ['datagram connects to stream', { code: 'EPROTOTYPE' }, () => datagram.connect(stream)],
    ['nobody', { code: 'ECONNREFUSED', message: /Nobody listens/ }, () => UnixSocket.connect(gone)],
    ['nobody to send to', { code: 'ECONNREFUSED' }, () => datagram.send('x', { to: gone })],
    ['abstract names differ by type', { code: 'ECONNREFUSED' }, () => UnixSocket.connect(taken.name ?? '')],
    ['another peer', { code: 'EPERM' }, () => datagram.send('x', { to: taken.name ?? '' })],
    ['another peer: connect', { code: 'EPERM' }, () => datagram.connect(taken.name ?? '')],
  ])
})

test('a connection that ended, or never was', async () => {
  const [one, other] = pair()
  one.writeSync('never read')
  other.close() // with bytes unread: a reset
  const [left, right] = pair('seqpacket')
  right.close()
  const alone = closedAtTheEnd(UnixSocket.from(socket(constants.AF_UNIX, constants.SOCK_STREAM, 0)))
  const datagram = closedAtTheEnd(UnixDatagram.create())
  const buffer = new Uint8Array(4)
  await table([
    ['reset', { code: 'ECONNRESET', syscall: 'recvmsg' }, () => one.receive()],
    ['write', { code: 'EPIPE' }, () => one.write('x')],
    ['sendSync', { code: 'EPIPE' }, () => one.sendSync('x')],
    ['trySend', { code: 'EPIPE' }, () => one.trySend('x')],
    ['packets: send', { code: 'EPIPE' }, () => left.send('x')],
    ['not connected: read', { code: 'EINVAL' }, () => alone.readIntoSync(buffer)],
    ['not connected: receive', { code: 'EINVAL' }, () => alone.tryReceive()],
    ['not connected: send', { code: 'ENOTCONN' }, () => alone.trySend('x')],
    ['not connected: peerName', { code: 'ENOTCONN', syscall: 'getpeername' }, () => alone.peerName],
    ['datagram: send', { code: 'ENOTCONN' }, () => datagram.sendSync('x')],
    ['datagram: peerName', { code: 'ENOTCONN' }, () => datagram.peerName],
  ])
})

test('what is sent can be too long, name closed descriptors, or forge credentials', async () => {
  const [one, other] = pair('seqpacket')
  const self = { pid: process.pid, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  const long = Buffer.alloc(one.sendBuffer + 1)
  const cases: Case[] = [
    ['send', { code: 'EMSGSIZE', message: /sendBuffer/ }, () => one.send(long)],
    ['trySend', { code: 'EMSGSIZE' }, () => one.trySend(long)],
    ['writeSync', { code: 'EMSGSIZE' }, () => one.writeSync(long)],
    [
      'descriptors',
      { code: 'EBADF', message: /open/ },
      () => one.sendSync('x', { descriptors: [0x7ffffff] }),
    ],
  ]
  const noSuchPid = { ...self, pid: 0x3fffff }
  cases.push([
    'credentials of nobody',
    { code: isRoot ? 'ESRCH' : 'EPERM' },
    () => one.sendSync('x', { credentials: noSuchPid }),
  ])
  await table(cases)
  assert.equal(other.tryReceive(), undefined, 'nothing has gone out')
})

test('few descriptors, and no privileges: nothing is lost or leaked without being said', async () => {
  const ids = isRoot ? { uid: 65534, gid: 65534 } : {}
  const { code, stdout, stderr } = await fixture('socket/limited', [uniqueName(), '/proc/1/root'], ids).ended
  assert.equal(code, 0, stderr)
  assert.deepEqual(JSON.parse(stdout), {
    "another's user": 'EPERM',
    'a forbidden folder': 'EACCES',
    arrived: '2 lost true',
    pair: 'EMFILE',
    listen: 'EMFILE',
    connect: 'EMFILE',
    accept: 'EMFILE',
    receiveDescriptors: 'EMFILE',
    'accept, with room': 'done',
    'under way': 'ETOOMANYREFS',
  })
})

test('a file system that is read-only: EROFS', { skip: !isRoot && 'needs root, to mount' }, async (t) => {
  const folder = await uniquePath()
  mkdirSync(folder)
  const script = 'mount -t tmpfs -o ro none "$0" || exit 77; exec "$@"'
  const args = [process.execPath, join(compiledFixtures, 'socket/listen.js'), join(folder, 'socket')]
  const { code, stdout } = await start('unshare', ['-m', 'sh', '-euc', script, folder, ...args]).ended
  if (code === 77 || code === 1) return t.skip('mounting is not allowed here')
  assert.equal(stdout, 'EROFS bind\n')
})
