// TCP and UDP with the names and rules of Unix sockets, on loopback and between two network namespaces.
import assert from 'node:assert/strict'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { TcpListener, TcpSocket, TimeoutError, UdpSocket } from 'hutong'
import { fixture, start } from '../../support/child.ts'
import { cleanUp, uniquePath } from '../../support/leaks.ts'
import { compiledFixtures } from '../../support/paths.ts'

const HERE = { host: '127.0.0.1', port: 0 }
const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString()

function closedAtTheEnd<T extends { close(): void }>(object: T): T {
  cleanUp(() => object.close())
  return object
}

async function pair(): Promise<[TcpSocket, TcpSocket, TcpListener]> {
  const listener = closedAtTheEnd(await TcpListener.listen(HERE))
  const accepting = listener.accept()
  const client = closedAtTheEnd(await TcpSocket.connect(listener.name))
  return [client, closedAtTheEnd(await accepting), listener]
}

test('bytes both ways, one direction ends and the other goes on', async () => {
  const [one, other] = await pair()
  assert.deepEqual([one.peerName, one.name], [other.name, other.peerName])
  assert.equal(await one.write('hello'), 5)
  assert.equal(text(await other.read()), 'hello')
  await one.shutdown()
  assert.equal(await other.read(), null)
  assert.equal(await other.read(), null)
  await other.send('still here')
  assert.equal(text((await one.receive())?.data), 'still here')
  await assert.rejects(one.write('too late'), { code: 'EPIPE' })
  other.close()
  assert.equal(await one.read(), null)
  assert.equal(one.tryRead(), null)
})

test('order and every byte of more than the kernel holds; max divides, and nothing is lost', async () => {
  const [one, other] = await pair()
  const parts = Array.from({ length: 60 }, (_, index) => Buffer.alloc(100_000, index))
  const writing = Promise.all(parts.map((part) => one.write(part))).then(() => one.shutdown())
  const got: Uint8Array[] = []
  for (let next = await other.read({ max: 999 }); next !== null; next = await other.read({ max: 99_999 }))
    got.push(next)
  assert.ok(Buffer.concat(got).equals(Buffer.concat(parts)))
  assert.equal(got[0]?.length, 999)
  await writing
})

test('a reader that does not read makes the writer wait; what has not begun can be called off', async () => {
  const [one, other] = await pair()
  const first = one.write(Buffer.alloc(20_000_000))
  await assert.rejects(one.write('x', { timeout: 20 }), TimeoutError)
  const controller = new AbortController()
  const aborted = one.write('x', { signal: controller.signal })
  controller.abort(new Error('never mind'))
  await assert.rejects(aborted, /never mind/)
  let count = 0
  while (count < 20_000_000) count += (await other.read())?.length ?? assert.fail()
  await first
  await one.shutdown()
  assert.equal(await other.read(), null, 'neither x went out')
})

test('a reset is told from an end', async () => {
  const [one, other] = await pair()
  const reading = one.read()
  other.reset()
  await assert.rejects(reading, { code: 'ECONNRESET' })
  await assert.rejects(one.read(), { code: 'ECONNRESET' })
  await assert.rejects(one.write('x'), { code: 'ECONNRESET' })
})

test('reads are given up, in their order, and take nothing with them', async () => {
  const [one, other] = await pair()
  await assert.rejects(one.read({ timeout: 5 }), TimeoutError)
  const controller = new AbortController()
  const [aborted, waiting] = [one.read({ signal: controller.signal }), one.read()]
  controller.abort(new Error('enough'))
  await assert.rejects(aborted, /enough/)
  assert.equal(one.tryRead(), undefined)
  await other.write('for the second')
  assert.equal(text(await waiting), 'for the second')
  const reading = one.read()
  one.close()
  await assert.rejects(reading, { code: 'EBADF' })
  await assert.rejects(one.read(), { code: 'EBADF' })
  await assert.rejects(one.write('x'), { code: 'EBADF' })
  assert.throws(() => one.peerName, { code: 'EBADF' })
})

test('nobody there, in use, bad addresses', async () => {
  const listener = closedAtTheEnd(await TcpListener.listen(HERE))
  const { name } = listener
  await assert.rejects(TcpListener.listen(name), { code: 'EADDRINUSE', syscall: 'listen' })
  const accepting = listener.accept()
  listener.close()
  await assert.rejects(accepting, { code: 'EBADF' })
  await assert.rejects(TcpSocket.connect(name), { code: 'ECONNREFUSED', syscall: 'connect' })
  await assert.rejects(TcpSocket.connect(name, { signal: AbortSignal.abort(new Error('no')) }), /no/)
  for (const [port, reason] of [
    [0, /to.port/],
    [65536, /to.port/],
  ] as const) {
    await assert.rejects(TcpSocket.connect({ host: 'localhost', port }), reason)
  }
  await assert.rejects(TcpSocket.connect({ host: '', port: 1 }), /to.host/)
  await assert.rejects(TcpSocket.connect(5 as never), TypeError)
  await assert.rejects(UdpSocket.create({ host: '192.0.2.1', port: 0 }), { code: 'EADDRNOTAVAIL' })
})

test('connections one after the other; those that nobody took end with the listener', async () => {
  const listener = closedAtTheEnd(await TcpListener.listen(HERE))
  assert.equal(listener.tryAccept(), undefined)
  const controller = new AbortController()
  let count = 0
  const serving = assert.rejects(async () => {
    for await (const socket of listener.connections({ signal: controller.signal })) {
      socket.close()
      if (++count === 3) controller.abort(new Error('closing time'))
    }
  }, /closing time/)
  for (let index = 0; index < 3; index++) (await TcpSocket.connect(listener.name)).close()
  await serving
  const stranger = createConnection(listener.name)
  await new Promise((resolve) => stranger.once('connect', resolve))
  while (count === 3) {
    const taken = listener.tryAccept()
    if (taken === undefined) await new Promise((resolve) => setImmediate(resolve))
    else {
      await taken.send('as a stream')
      taken.close()
      count++
    }
  }
  const [chunk] = await Promise.all([new Promise((resolve) => stranger.once('data', resolve))])
  assert.equal(`${chunk}`, 'as a stream')
  stranger.destroy()
})

test('packets: to one who answers, connected, dropped when there are too many', async () => {
  const server = closedAtTheEnd(await UdpSocket.create(HERE, { backlog: 3 }))
  const client = closedAtTheEnd(await UdpSocket.create(HERE))
  await client.send('question', { to: server.name })
  const { data, sender } = await server.receive()
  assert.deepEqual([text(data), sender], ['question', client.name])
  await client.connect(server.name)
  assert.deepEqual(client.peerName, server.name)
  await server.send('answer', { to: sender })
  assert.equal(text((await client.receive()).data), 'answer')
  await client.send('')
  assert.equal((await server.receive()).data.length, 0)
  for (let index = 0; index < 5; index++) await client.send(`${index}`)
  while (server.dropped < 2) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(
    [0, 1, 2].map(() => text(server.tryReceive()?.data)),
    ['0', '1', '2'],
  )
  await assert.rejects(client.send(Buffer.alloc(70_000)), { code: 'EMSGSIZE' })
  await assert.rejects(server.send('x'), /to must be given/)
  await assert.rejects(server.receive({ timeout: 5 }), TimeoutError)
  server.close()
  await client.send('anybody?')
  await assert.rejects(client.receive(), { code: 'ECONNREFUSED' })
})

test('what Node has begun and not finished rejects when the socket is closed', async () => {
  const udp = async (): Promise<UdpSocket> => closedAtTheEnd(await UdpSocket.create(HERE))
  const [to, connecting, sending] = [await udp(), await udp(), await udp()]
  const began = [connecting.connect(to.name), sending.send('x', { to: to.name })]
  connecting.close()
  sending.close()
  for (const operation of began) await assert.rejects(operation, { code: 'EBADF' })

  const listener = closedAtTheEnd(await TcpListener.listen(HERE))
  const [one] = await Promise.all([TcpSocket.connect(listener.name), listener.accept().then(closedAtTheEnd)])
  const ending = one.shutdown()
  one.close()
  await assert.rejects(ending, { code: 'EBADF' })
})

test('an unreferenced socket keeps nobody alive', async () => {
  const { code, stdout } = await fixture('socket/idle').ended
  assert.deepEqual([code, stdout], [0, 'idle\n'])
})

test('between two network namespaces', { skip: process.getuid?.() !== 0 && 'needs root' }, async () => {
  const script = `
    ip link set lo up
    unshare -n sh -c 'echo $$; exec sleep 100' > "$1" & sleeper=$!
    trap 'kill $sleeper' EXIT
    until [ -s "$1" ]; do :; done
    far=$(cat "$1")
    ip link add near type veth peer name far netns $far
    ip addr add 10.99.0.1/24 dev near && ip link set near up
    nsenter -t $far -n sh -c 'ip addr add 10.99.0.2/24 dev far && ip link set far up'
    until ip link show near | grep -q LOWER_UP; do :; done
    nsenter -t $far -n "$2" "$3" serve 10.99.0.2 | { read ready; "$2" "$3" ask 10.99.0.2; cat; }`
  const args = [await uniquePath(), process.execPath, join(compiledFixtures, 'socket/network.js')]
  const { code, stdout, stderr } = await start('unshare', ['-n', 'sh', '-euc', script, 'sh', ...args]).ended
  assert.deepEqual([code, stderr], [0, ''])
  assert.equal(stdout, 'THROUGH A VETH\nAND A PACKET\n10.99.0.1 10.99.0.1\n')
})
