// The names of Unix sockets: who has one, who may connect, and what is in the way.
import assert from 'node:assert/strict'
import { lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { UnixDatagram, UnixListener, UnixSocket } from 'hutong'
import { fixture } from '../../support/child.ts'
import { uniqueName, uniquePath } from '../../support/leaks.ts'

/** A path that a listener which is no more has left behind. */
async function stalePath(): Promise<string> {
  const path = await uniquePath()
  UnixListener.listen(path).close()
  return path
}

test('a path is made with its permissions at once, 0600 unless told otherwise', async () => {
  const [closed, open] = [await uniquePath(), await uniquePath()]
  const umask = process.umask(0)
  using one = UnixListener.listen(closed)
  using other = UnixListener.listen(open, { mode: 0o666 })
  process.umask(umask)
  assert.deepEqual([lstatSync(closed).mode & 0o777, lstatSync(open).mode & 0o777], [0o600, 0o666])
  assert.deepEqual([one.name, other.name], [closed, open])
})

test('a live path is never taken, a stale one only when asked to', async () => {
  const path = await uniquePath()
  const first = UnixListener.listen(path)
  for (const replaceStale of [false, true]) {
    assert.throws(() => UnixListener.listen(path, { replaceStale }), {
      code: 'EADDRINUSE',
      path,
      message: /Somebody listens there/,
    })
  }
  first.close()
  assert.throws(() => UnixListener.listen(path), { code: 'EADDRINUSE', message: /stale.*replaceStale/ })
  await assert.rejects(UnixSocket.connect(path), { code: 'ECONNREFUSED', message: /left behind/ })
  using second = UnixListener.listen(path, { replaceStale: true })
  using client = await UnixSocket.connect(path)
  assert.equal(client.peer.pid, process.pid)
  second.unlink()
  assert.equal(lstatSync(path, { throwIfNoEntry: false }), undefined)
})

test('a live socket of another type is no stale one', async () => {
  const path = await uniquePath()
  for (const live of [
    () => UnixDatagram.create(path),
    () => UnixListener.listen(path, { type: 'seqpacket' }),
  ]) {
    using _ = live()
    assert.throws(() => UnixListener.listen(path, { replaceStale: true }), { message: /Somebody listens/ })
    _.unlink()
  }
  const stale = await stalePath()
  using datagrams = UnixDatagram.create(stale, { replaceStale: true })
  assert.equal(datagrams.name, stale)
})

test('what is no socket is never removed: a file, a folder, a symbolic link, even to a stale socket', async () => {
  const [file, folder, link] = [await uniquePath(), await uniquePath(), await uniquePath()]
  writeFileSync(file, 'precious')
  mkdirSync(folder)
  symlinkSync(await stalePath(), link)
  const expected = [
    [file, /no socket/],
    [folder, /no socket/],
    [link, /symbolic link/],
  ] as const
  for (const [path, message] of expected) {
    assert.throws(() => UnixListener.listen(path, { replaceStale: true }), { code: 'EADDRINUSE', message })
    assert.ok(lstatSync(path))
  }
})

test('of many that want a stale path at the same time one gets it', async () => {
  const path = await stalePath()
  const children = Array.from({ length: 4 }, () => fixture('socket/take', [path]))
  const said = await Promise.all(children.map((child) => child.line()))
  assert.equal(said.filter((line) => line === 'listening').length, 1, said.join())
  assert.ok(said.every((line) => line === 'listening' || line === 'EADDRINUSE'))
  using client = await UnixSocket.connect(path)
  assert.equal(client.peer.pid, children[said.indexOf('listening')]?.pid)
})

test('abstract names are theirs to the byte, and gone with the socket', async () => {
  const name = uniqueName()
  {
    using listener = UnixListener.listen({ abstract: name })
    assert.deepEqual(listener.name, { abstract: name })
    using client = UnixSocket.connectSync(`\0${name}`)
    assert.deepEqual(client.peerName, { abstract: name })
    await assert.rejects(UnixSocket.connect({ abstract: `${name}\0` }), { code: 'ECONNREFUSED' })
    assert.throws(() => UnixListener.listen({ abstract: name }), { code: 'EADDRINUSE', message: /already/ })
    listener.unlink() // nothing to do
  }
  await assert.rejects(UnixSocket.connect({ abstract: name }), { code: 'ECONNREFUSED' })
  const bytes = Uint8Array.of(255, 0, 254)
  using odd = UnixListener.listen({ abstract: bytes })
  assert.deepEqual(odd.name, { abstract: bytes })
})

test('the kernel chooses a name where none is given', async () => {
  using listener = UnixListener.listen(undefined)
  const name = listener.name ?? assert.fail()
  assert.match((name as { abstract: string }).abstract, /^[0-9a-f]{5}$/)
  using client = await UnixSocket.connect(name)
  using server = listener.acceptSync({ timeout: 1000 })
  assert.deepEqual(server.name, name)
  assert.equal(client.closed, false)
})

test('accepting: at once, blocking, one after the other, until it is aborted', async () => {
  const path = await uniquePath()
  using listener = UnixListener.listen(path)
  assert.equal(listener.tryAccept(), undefined)
  assert.throws(() => listener.acceptSync({ timeout: 5 }), { name: 'TimeoutError' })
  using first = await UnixSocket.connect(path)
  listener.tryAccept()?.close()
  assert.equal(await first.read(), null)
  const controller = new AbortController()
  let count = 0
  const serving = (async () => {
    for await (const socket of listener.connections({ signal: controller.signal })) {
      socket.close()
      if (++count === 3) controller.abort(new Error('closing time'))
    }
  })()
  for (let index = 0; index < 3; index++) (await UnixSocket.connect(path)).close()
  await assert.rejects(serving, /closing time/)
  assert.equal(count, 3)
})

test('who may not write to the path may not connect', {
  skip: process.getuid?.() !== 0 && 'not root',
}, async () => {
  const path = `/tmp/${uniqueName()}` // in a folder that everybody may enter
  using listener = UnixListener.listen(path)
  try {
    const child = fixture('socket/echo', [path], { uid: 65534, gid: 65534 })
    const { code, stderr } = await child.ended
    assert.equal(code, 1)
    assert.match(stderr, /EACCES: Permission denied, connect to/)
    assert.equal(listener.tryAccept(), undefined)
  } finally {
    listener.unlink()
  }
})
