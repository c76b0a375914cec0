// Sockets in worker threads and in children; waits by the thousand; aborts that race with packets.
import assert from 'node:assert/strict'
import { once, setMaxListeners } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Pipe, UnixDatagram, UnixSocket } from 'hutong'
import { constants, fcntl } from 'hutong/sys'
import { fixture, start } from '../../support/child.ts'
import { cleanUp, descriptors } from '../../support/leaks.ts'
import { compiledFixtures } from '../../support/paths.ts'
import { raceAborts } from '../../support/socket-race.ts'

function pair(type: 'stream' | 'seqpacket' = 'stream'): [UnixSocket, UnixSocket] {
  const ends = UnixSocket.pair({ type })
  for (const end of ends) cleanUp(() => end.close())
  return ends
}

/** A worker that owns the descriptor from now on. */
async function worker(
  role: string,
  socket: UnixSocket,
): Promise<{ readonly thread: Worker; readonly ended: Promise<unknown> }> {
  const fd = fcntl(socket.fd, constants.F_DUPFD_CLOEXEC, 0)
  socket.close()
  const made = new Worker(`${compiledFixtures}socket/worker.js`, { workerData: { role, fd } })
  cleanUp(() => made.terminate())
  const ended = once(made, 'exit')
  await once(made, 'message')
  return { thread: made, ended }
}

const text = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString()

test('a descriptor that is given to a worker serves there', async () => {
  const [one, other] = pair()
  const { ended } = await worker('echo', other)
  await one.write('hello')
  assert.equal(text(await one.read()), 'HELLO')
  one.shutdown()
  assert.equal(await one.read(), null)
  await ended
})

for (const role of ['wait', 'block']) {
  test(`a worker that is terminated while it waits lets go of its socket: ${role}`, async () => {
    const [one, other] = pair('seqpacket')
    const { thread, ended } = await worker(role, other)
    if (role === 'block') {
      one.sendSync('and so it ends') // a system call that blocks ends no sooner
      await ended
    } else await thread.terminate()
    assert.equal(await one.receive(), null)
  })
}

test('an end that is handed to a child is blocking, and the child alone has it', async () => {
  const [one, other] = pair('seqpacket')
  assert.equal(other.tryReceive(), undefined)
  const child = fixture('socket/inherited', [], { stdio: ['ignore', 'pipe', 'pipe', other.inherit()] })
  other.close()
  await one.send('first')
  await one.send('second')
  assert.deepEqual([text(await one.read()), text(await one.read())], ['FIRST', 'SECOND'])
  one.shutdown('write')
  assert.deepEqual(await child.ended, { code: 0, signal: null, stdout: 'served, fd 3\n', stderr: '' })
  assert.equal(await one.receive(), null)
})

test('a shell command reads from and writes to a socket', async () => {
  const [one, other] = pair()
  const child = start('tr', ['a-z', 'A-Z'], { stdio: [other.inherit(), other.inherit(), 'inherit'] })
  other.close()
  await one.write('from a socket')
  one.shutdown()
  assert.equal(text(await one.read()), 'FROM A SOCKET')
  assert.equal((await child.ended).code, 0)
})

test('an end on which operations wait is not handed over', async () => {
  const [one, other] = pair()
  const reading = one.read()
  assert.throws(() => one.inherit(), { code: 'EBUSY' })
  other.writeSync('x')
  await reading
  assert.equal(one.inherit(), one.fd)
})

test('one signal cancels a thousand receives, and nothing is lost or left', async () => {
  const [one, other] = UnixDatagram.pair()
  for (const each of [one, other]) cleanUp(() => each.close())
  const before = descriptors().size
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  const waiting = Array.from({ length: 1000 }, () => one.receive({ signal: controller.signal }))
  controller.abort(new Error('all of you'))
  const settled = await Promise.allSettled(waiting)
  assert.ok(settled.every((each) => each.status === 'rejected' && /all of you/.test(each.reason)))
  assert.ok(descriptors().size <= before + 1)
  await other.send('still there')
  assert.equal(text((await one.receive())?.data ?? null), 'still there')
})

test('an abort that races with a packet loses none', async () => {
  await raceAborts(Math.random, 300)
})

test('a receiver that is closed with descriptors under way frees them all', async () => {
  const { reader, writer } = Pipe.create()
  cleanUp(() => reader.close())
  const [one, other] = pair()
  for (let index = 0; index < 20; index++) one.sendSync('x', { descriptors: Array(100).fill(writer) })
  writer.close()
  assert.equal(reader.tryRead(), undefined)
  other.close()
  assert.equal(await reader.read(), null)
})
