// Peers that lie, flood, never read, and die at every step: errors, and nothing left behind on either side.
import assert from 'node:assert/strict'
import { lstatSync, symlinkSync } from 'node:fs'
import { test } from 'node:test'
import { Pipe, UnixListener, UnixSocket } from 'hutong'
import { type Child, start } from '../../support/child.ts'
import { compile } from '../../support/compile.ts'
import { cleanUp, descriptors, uniquePath } from '../../support/leaks.ts'

type Type = 'stream' | 'seqpacket'

async function listening(type: Type = 'stream'): Promise<[string, UnixListener]> {
  const path = await uniquePath()
  const listener = UnixListener.listen(path, { type })
  cleanUp(() => listener.close())
  return [path, listener]
}

const hostile = (...args: string[]): Child => start(compile('socket/hostile.c'), args)

async function accepted(listener: UnixListener): Promise<UnixSocket> {
  const socket = await listener.accept()
  cleanUp(() => socket.close())
  return socket
}

/** What the peers send: a child of ours holds none of these. */
const nulls = (): number => [...descriptors().values()].filter((target) => target === '/dev/null').length

const text = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString()

test('garbage as control data does no harm', async () => {
  const [path, listener] = await listening()
  const peer = hostile('garbage', path)
  const socket = await accepted(listener)
  socket.passCredentials = true
  let got = ''
  for await (const message of socket.messages({ descriptors: 253 })) {
    assert.deepEqual(message.descriptors, [])
    got += text(message.data)
  }
  const taken = Number((await peer.ended).stdout)
  assert.equal(got, `${'g'.repeat(taken)}end`, 'what the kernel took of it came as bytes')
})

for (const [role, type] of [
  ['descriptors', 'stream'],
  ['packets', 'seqpacket'],
] as const) {
  test(`${type}: descriptors by the hundred that nobody asked for are closed, however they are received`, async () => {
    const [path, listener] = await listening(type)
    const peer = hostile(role, path, '6')
    const socket = await accepted(listener)
    const before = nulls()
    assert.deepEqual((await socket.receive())?.descriptors, [])
    assert.equal((await socket.read())?.length, 1)
    assert.equal(socket.readIntoSync(new Uint8Array(1)), 1)
    assert.equal(socket.receiveSync()?.descriptorsLost, true)
    assert.equal(await socket.readInto(new Uint8Array(1)), 1)
    const got = (await socket.receive({ descriptors: 2 })) ?? assert.fail()
    assert.deepEqual([got.descriptors.length, got.descriptorsLost], [2, true])
    for (const fd of got.descriptors) fd.close()
    assert.equal(await socket.receive(), null)
    assert.equal(nulls(), before)
    assert.equal((await peer.ended).code, 0)
  })
}

test('a peer that is gone before it is accepted is accepted, and at its end', async () => {
  const [path, listener] = await listening()
  assert.equal((await hostile('die', path, 'connected').ended).signal, 'SIGKILL')
  const socket = await accepted(listener)
  assert.equal(await socket.receive(), null)
  await assert.rejects(socket.write('x'), { code: 'EPIPE' })
})

test('a peer that is killed in the middle of a message: what came, then the end', async () => {
  const [path, listener] = await listening()
  await hostile('die', path, 'half').ended
  const socket = await accepted(listener)
  assert.equal(text(await socket.read()), '\0\0\u0001\0half')
  assert.equal(await socket.read(), null)
})

test('a peer that is killed with bytes unread: a reset, for whoever waits', async () => {
  const [path, listener] = await listening()
  const peer = hostile('die', path, 'unread')
  const socket = await accepted(listener)
  await peer.line()
  await socket.write('never read')
  const waiting = [socket.read(), socket.receive({ timeout: 30_000 })]
  peer.process.kill('SIGKILL')
  const settled = await Promise.allSettled(waiting)
  const codes = settled.map((one) => (one.status === 'rejected' ? one.reason.code : one.value))
  assert.deepEqual(codes, ['ECONNRESET', null], 'told once, then it is the end')
  await assert.rejects(socket.write('x'), { code: 'EPIPE' })
})

test('a peer that is killed with descriptors under way: those that nobody takes are closed', async () => {
  const [path, listener] = await listening()
  const before = nulls()
  await hostile('die', path, 'descriptors').ended
  {
    using socket = await listener.accept()
    await assert.rejects(socket.receiveDescriptors(1000), { code: 'EPIPE', message: /759 of 1000/ })
  }
  await hostile('die', path, 'descriptors').ended
  const refused = await listener.accept()
  refused.close()
  assert.equal(nulls(), before)
})

test('a receiver that is killed half-way through a thousand descriptors: none is left, there or here', async () => {
  const [path, listener] = await listening()
  const peer = hostile('take', path)
  const socket = await accepted(listener)
  const { reader, writer } = Pipe.create()
  cleanUp(() => reader.close())
  const sending = socket.send('data with them', { descriptors: Array(1000).fill(writer) })
  const [{ stdout, signal }] = await Promise.all([peer.ended, Promise.allSettled([sending])])
  assert.deepEqual([stdout, signal], ['253\n', 'SIGKILL'])
  const targets = descriptors()
  const here = [...targets.values()].filter((target) => target === targets.get(`${writer.fd}`))
  assert.equal(here.length, 2, 'the two ends themselves')
  writer.close()
  assert.equal(await reader.read(), null, 'no writer is left anywhere')
  await assert.rejects(socket.write('x'), { code: 'EPIPE' })
})

test('64 KiB of nothing are 65536 bytes of 0', async () => {
  const [path, listener] = await listening()
  hostile('nothing', path)
  const socket = await accepted(listener)
  let count = 0
  for await (const chunk of socket) {
    assert.ok(chunk.every((byte) => byte === 0))
    count += chunk.length
  }
  assert.equal(count, 65536)
})

test('thousands of empty packets are no end, in every way of receiving', async () => {
  const [path, listener] = await listening('seqpacket')
  const peer = hostile('empties', path, '5000')
  const socket = await accepted(listener)
  const memory = new Uint8Array(8)
  let empties = 0
  for (let last = 0; last === 0; empties += last === 0 ? 1 : 0) {
    last =
      empties % 3 === 0
        ? ((await socket.read())?.length ?? -1)
        : empties % 3 === 1
          ? (socket.readIntoSync(memory) ?? -1)
          : ((await socket.receive())?.data.length ?? -1)
    assert.ok(last >= 0, `the end after ${empties}`)
  }
  assert.equal(empties, 5000)
  assert.equal(await socket.read(), null)
  assert.equal((await peer.ended).code, 0)
})

test('a peer that never reads makes writers wait, and memory stay', async () => {
  const [path, listener] = await listening()
  const peer = hostile('deaf', path)
  const socket = await accepted(listener)
  await peer.line()
  let written = 0
  for (let put = socket.trySend(Buffer.alloc(1000)); put; put = socket.trySend(Buffer.alloc(1000)))
    written += 1000
  assert.ok(written > 0 && written <= 2 * socket.sendBuffer)
  await assert.rejects(socket.write('more', { timeout: 5 }), { name: 'TimeoutError' })
  assert.throws(() => socket.writeSync('more', { timeout: 5 }), { name: 'TimeoutError' })
  const waiting = socket.write('more')
  peer.process.stdin?.end() // and it is gone
  await assert.rejects(waiting, { code: /EPIPE|ECONNRESET/ } as never)
})

test('half open: who shut his side down still hears the other', async () => {
  const [one, other] = UnixSocket.pair()
  for (const each of [one, other]) cleanUp(() => each.close())
  one.shutdown('read')
  await assert.rejects(other.write('x'), { code: 'EPIPE' }, 'nobody will read it')
  assert.equal(await one.read(), null)
  await one.write('yet this way')
  assert.equal(text(await other.read()), 'yet this way')
})

test('a symbolic link leads a client to the listener, and is never followed by one who listens', async () => {
  const [path, listener] = await listening()
  const link = await uniquePath()
  symlinkSync(path, link)
  using client = await UnixSocket.connect(link)
  const socket = await accepted(listener)
  assert.deepEqual([client.peerName, socket.peer.pid], [path, process.pid])
  assert.throws(() => UnixListener.listen(link, { replaceStale: true }), { code: 'EADDRINUSE' })
  const dangling = await uniquePath()
  symlinkSync(`${path}-not-there`, dangling)
  assert.throws(() => UnixListener.listen(dangling, { replaceStale: true }), { code: 'EADDRINUSE' })
  assert.equal(lstatSync(`${path}-not-there`, { throwIfNoEntry: false }), undefined)
})

test('while the path changes all the time under a listener, no file is taken for a stale socket', async () => {
  const path = await uniquePath()
  const peer = hostile('swap', path)
  let listened = 0
  for (let round = 0; round < 2000 || (listened === 0 && round < 100_000); round++) {
    try {
      UnixListener.listen(path, { replaceStale: true }).close()
      listened++
    } catch (error) {
      const { code, syscall } = error as NodeJS.ErrnoException
      assert.match(`${syscall} ${code}`, /^(bind|link) E(ADDRINUSE|EXIST|NOENT)$/)
    }
  }
  peer.process.stdin?.end()
  const { code, stdout } = await peer.ended
  assert.equal(code, 0)
  assert.ok(Number(stdout) > 0 && listened > 0)
  assert.equal(lstatSync(`${path}.0`).nlink >= 1, true)
})
