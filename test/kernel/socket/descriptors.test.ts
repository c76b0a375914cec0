// Open files that travel through Unix sockets: SCM_RIGHTS of unix(7).
import assert from 'node:assert/strict'
import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { Fd, Pipe, UnixDatagram, UnixSocket } from 'hutong'
import { constants, fcntl } from 'hutong/sys'
import { cleanUp, descriptors, uniquePath } from '../../support/leaks.ts'

const open = (path: string): Fd => {
  const fd = new Fd(openSync(path, 'r'), path)
  cleanUp(() => fd.close())
  return fd
}

function pair(type: 'stream' | 'seqpacket' = 'stream'): [UnixSocket, UnixSocket] {
  const ends = UnixSocket.pair({ type })
  for (const end of ends) cleanUp(() => end.close())
  return ends
}

function closeAll(fds: readonly Fd[]): void {
  for (const fd of fds) fd.close()
}

for (const type of ['stream', 'seqpacket'] as const) {
  test(`${type}: an open file arrives with its position, close-on-exec, and is another number`, async () => {
    const path = await uniquePath()
    writeFileSync(path, 'what is in it')
    const fd = open(path)
    const [one, other] = pair(type)
    await one.send('here', { descriptors: [fd] })
    const got = (await other.receive({ descriptors: 1 })) ?? assert.fail()
    assert.equal(Buffer.from(got.data).toString(), 'here')
    const [received] = got.descriptors
    assert.ok(received !== undefined && received.number !== fd.number)
    assert.equal(fstatSync(received.number).ino, fstatSync(fd.number).ino)
    assert.equal(fcntl(received.number, constants.F_GETFD, 0), constants.FD_CLOEXEC)
    assert.equal(readFileSync(received.number, 'utf8'), 'what is in it')
    received.close()
  })
}

test('what was not asked for is closed, and the receiver is told', async () => {
  const [one, other] = pair()
  const { reader, writer } = Pipe.create()
  await one.send('x', { descriptors: [writer, writer, writer] })
  writer.close()
  const got = (await other.receive({ descriptors: 1 })) ?? assert.fail()
  assert.equal(got.descriptors.length, 1)
  assert.equal(got.descriptorsLost, true)
  closeAll(got.descriptors)
  assert.equal(await reader.read(), null, 'no writer is left anywhere')
  reader.close()
})

test('reading as bytes closes descriptors that come along', async () => {
  const [one, other] = pair()
  const { reader, writer } = Pipe.create()
  await one.send('x', { descriptors: [writer] })
  writer.close()
  assert.equal((await other.read())?.length, 1)
  assert.equal(await reader.read(), null)
  reader.close()
})

test('descriptors that nobody received are gone with the socket', async () => {
  const [one, other] = pair()
  const { reader, writer } = Pipe.create()
  await one.send('x', { descriptors: [writer] })
  writer.close()
  assert.equal(reader.tryRead(), undefined, 'it is under way')
  other.close()
  assert.equal(await reader.read(), null)
  reader.close()
})

test('253 go with one packet, 254 do not', async () => {
  const fd = open('/dev/null')
  const [one, other] = pair('seqpacket')
  await one.send('all', { descriptors: Array(253).fill(fd) })
  const got = (await other.receive({ descriptors: 253 })) ?? assert.fail()
  assert.deepEqual([got.descriptors.length, got.descriptorsLost], [253, false])
  closeAll(got.descriptors)
  await assert.rejects(one.send('more', { descriptors: Array(254).fill(fd) }), RangeError)
  const packets = UnixDatagram.pair()
  for (const each of packets) cleanUp(() => each.close())
  assert.throws(() => packets[0].sendSync('more', { descriptors: Array(254).fill(fd) }), RangeError)
  await assert.rejects(other.receive({ descriptors: 254 }), RangeError)
})

test('a thousand over a stream are a thousand open files on the other side', async () => {
  const path = await uniquePath()
  writeFileSync(path, 'thousand')
  const fd = open(path)
  const [one, other] = pair()
  const before = descriptors().size
  const sending = one.send('data with them', { descriptors: Array(1000).fill(fd) })
  const got = await other.receiveDescriptors(1000)
  await sending
  assert.equal(got.descriptors.length, 1000)
  assert.equal(descriptors().size, before + 1000)
  const inode = fstatSync(fd.number).ino
  assert.ok(got.descriptors.every(({ number }) => fstatSync(number).ino === inode))
  assert.equal(Buffer.from(got.data).toString(), 'data with them'.slice(0, got.data.length))
  closeAll(got.descriptors)
})

test('on a stream descriptors need data to travel with', async () => {
  const fd = open('/dev/null')
  const [one] = pair()
  await assert.rejects(one.send('', { descriptors: [fd] }), /at least 1 byte/)
  await assert.rejects(one.send('12', { descriptors: Array(600).fill(fd) }), /at least 3 bytes/)
})

test('a receiver that closes half-way leaks nothing, and what came is closed', async () => {
  const fd = open('/dev/null')
  const [one, other] = pair()
  const before = descriptors().size
  const receiving = other.receiveDescriptors(1000)
  await one.send('0123', { descriptors: Array(600).fill(fd) })
  one.close()
  await assert.rejects(receiving, { code: 'EPIPE' })
  assert.equal(descriptors().size, before - 1)
})

test('closed or nonsense descriptors are refused, and nothing is sent', async () => {
  const [one, other] = pair()
  const closed = new Fd(openSync('/dev/null', 'r'))
  closed.close()
  await assert.rejects(one.send('x', { descriptors: [closed] }), { code: 'EBADF' })
  const gone = openSync('/dev/null', 'r')
  closeSync(gone)
  await assert.rejects(one.send('x', { descriptors: [gone] }), { code: 'EBADF' })
  await assert.rejects(one.send('x', { descriptors: ['1' as never] }), /descriptors\[0\]/)
  await assert.rejects(one.send('x', { descriptors: 3 as never }), TypeError)
  assert.equal(other.tryReceive(), undefined)
})

test('credentials of the sender come with every message where they are asked for', async () => {
  const [one, other] = pair('seqpacket')
  other.passCredentials = true
  await one.send('')
  const got = (await other.receive()) ?? assert.fail('an empty packet is no end')
  const self = { pid: process.pid, uid: process.getuid?.(), gid: process.getgid?.() }
  assert.deepEqual(got.credentials, self)
  one.close()
  assert.equal(await other.receive(), null)
  assert.equal(other.passCredentials, true)
})
