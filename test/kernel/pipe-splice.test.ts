// Bytes that move inside the kernel: splice, tee, vmsplice.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { createServer, type Server, Socket } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { Mapping, Memfd, Pipe, type PipeWriter } from 'hutong'
import { cleanUp, uniquePath } from '../support/leaks.ts'
import { compiledFixtures } from '../support/paths.ts'

const text = new TextDecoder()

function pipe(options?: Parameters<typeof Pipe.create>[0]): Pipe {
  const made = Pipe.create(options)
  cleanUp(() => made.close())
  return made
}

/** A file of `size` bytes that are not all the same. */
async function file(size: number): Promise<{ path: string; content: Buffer }> {
  const path = await uniquePath()
  const content = Buffer.from(
    Uint32Array.from({ length: Math.ceil(size / 4) }, (_, i) => i * 2_654_435_761).buffer,
  )
  writeFileSync(path, content.subarray(0, size))
  return { path, content: content.subarray(0, size) }
}

/** Bytes that this process has read and written by read(2) and write(2) so far. */
function copied(): number {
  const io = readFileSync('/proc/self/io', 'utf8')
  return Number(/^rchar: (\d+)/m.exec(io)?.[1]) + Number(/^wchar: (\d+)/m.exec(io)?.[1])
}

test('a file goes through a pipe into another file without passing through this process', async () => {
  const { path, content } = await file(3_000_000)
  const [from, to] = [await open(path, 'r'), await open(`${path}.copy`, 'w')]
  const { reader, writer } = pipe()
  const before = copied()
  const filling = (async () => {
    let moved = 0
    for (let n = await writer.spliceFrom(from); n !== null; n = await writer.spliceFrom(from)) moved += n
    writer.close()
    return moved
  })()
  let moved = 0
  for (let n = await reader.spliceTo(to); n !== null; n = await reader.spliceTo(to)) moved += n
  const passed = copied() - before
  assert.equal(await filling, content.length)
  assert.equal(moved, content.length)
  await from.close()
  await to.close()
  assert.ok(content.equals(readFileSync(`${path}.copy`)))
  assert.ok(passed < 100_000, `${passed} bytes were read or written`)
})

test('the synchronous forms move the same bytes', async () => {
  const { path, content } = await file(500_000)
  const [from, to] = [await open(path, 'r'), await open(`${path}.copy`, 'w')]
  const { reader, writer } = pipe()
  for (;;) {
    const moved = writer.spliceFromSync(from, { length: 60_000 })
    if (moved === null) break
    for (let left = moved; left > 0; left -= reader.spliceToSync(to) ?? 0);
  }
  await from.close()
  await to.close()
  assert.ok(content.equals(readFileSync(`${path}.copy`)))
})

test('an offset reads a part of a file and leaves its position alone', async () => {
  const { path, content } = await file(10_000)
  const from = await open(path, 'r')
  const { reader, writer } = pipe()
  assert.equal(await writer.spliceFrom(from, { offset: 5000, length: 100 }), 100)
  assert.equal(writer.spliceFromSync(from.fd, { offset: 9990 }), 10)
  assert.equal(await writer.spliceFrom(from, { offset: 10_000 }), null)
  assert.equal(await writer.spliceFrom(from, { length: 1 }), 1)
  await from.close()
  const expected = Buffer.concat([
    content.subarray(5000, 5100),
    content.subarray(9990),
    content.subarray(0, 1),
  ])
  assert.ok(expected.equals(reader.readSync() ?? Buffer.of()))
})

test('from pipe to pipe, waiting for bytes and for room', async () => {
  const [first, second] = [pipe(), pipe()]
  const moving = first.reader.spliceTo(second.writer)
  await first.writer.write('moved')
  assert.equal(await moving, 5)
  assert.equal(text.decode(second.reader.readSync() ?? undefined), 'moved')
  while (second.writer.tryWrite(new Uint8Array(4096)) !== undefined);
  first.writer.writeSync('waits')
  const waiting = first.reader.spliceTo(second.writer)
  second.reader.readIntoSync(new Uint8Array(65_536))
  assert.equal(await waiting, 5)
  first.writer.close()
  assert.equal(await first.reader.spliceTo(second.writer), null)
})

test('a splice that is given up moves nothing', async () => {
  const [first, second] = [pipe(), pipe()]
  await assert.rejects(first.reader.spliceTo(second.writer, { timeout: 5 }), { name: 'TimeoutError' })
  assert.throws(() => first.reader.spliceToSync(second.writer, { timeout: 5 }), { name: 'TimeoutError' })
  first.writer.writeSync('kept')
  assert.equal(first.reader.queued, 4)
})

test('into a socket, and out of one', async () => {
  const server: Server = createServer((socket) => socket.end('from the server'))
  cleanUp(() => new Promise((resolve) => server.close(resolve)))
  const path = await uniquePath()
  server.listen(path)
  await once(server, 'listening')
  const socket = new Socket()
  socket.pause()
  socket.connect(path)
  await once(socket, 'connect')
  const fd = (socket as unknown as { _handle: { fd: number } })._handle.fd
  const { reader, writer } = pipe()
  assert.equal(await writer.spliceFrom(fd), 15)
  assert.equal(text.decode(reader.readSync() ?? undefined), 'from the server')
  socket.destroy()
})

test('a socket that blocks is waited for without blocking the event loop, and keeps its flags', async () => {
  const child = spawn(process.execPath, [join(compiledFixtures, 'pipe/splice-out.js')])
  cleanUp(() => child.kill('SIGKILL'))
  const ended = once(child, 'close')
  const said: string[] = []
  let got = 0
  child.stderr.setEncoding('utf8').on('data', (line: string) => {
    said.push(line)
    if (said.length === 1) child.stdout.on('data', (chunk) => (got += chunk.length)) // nobody has read before
  })
  assert.deepEqual(await ended, [0, null])
  assert.deepEqual(said, ['alive\n', 'blocking\n'])
  assert.equal(got, 4 << 20)
})

test('a socket of the event loop is filled as it drains', async () => {
  const path = await uniquePath()
  const server: Server = createServer()
  cleanUp(() => new Promise((resolve) => server.close(resolve)))
  server.listen(path)
  await once(server, 'listening')
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const socket = new Socket()
  socket.connect(path)
  const [peer] = await accepted
  const { reader, writer } = pipe()
  const filling = writer.write(new Uint8Array(3_000_000).fill(5)).then(() => writer.close())
  let got = 0
  setTimeout(() => peer.on('data', (chunk) => (got += chunk.length)), 50)
  const fd = (socket as unknown as { _handle: { fd: number } })._handle.fd
  let moved = 0
  for (let n = await reader.spliceTo(fd); n !== null; n = await reader.spliceTo(fd)) moved += n
  await filling
  socket.end()
  await once(peer, 'end')
  assert.deepEqual([moved, got], [3_000_000, 3_000_000])
  peer.destroy()
})

test('closing an end gives up a splice that waits for it', async () => {
  const [first, second] = [pipe(), pipe()]
  const empty = first.reader.spliceTo(second.writer)
  second.writer.close()
  await assert.rejects(empty, { code: 'EBADF' })
  const other = pipe()
  const tee = first.reader.teeTo(other.writer)
  first.reader.close()
  await assert.rejects(tee, { code: 'EBADF' })
})

test('what cannot be spliced, and no part of anything, is refused by name', async () => {
  const { reader, writer } = pipe()
  const wrong: Readonly<Record<string, () => Promise<unknown>>> = {
    target: () => reader.spliceTo('x' as unknown as number),
    source: () => writer.spliceFrom(-1),
    length: () => writer.spliceFrom(0, { length: 0 }),
    offset: () => writer.spliceFrom(0, { offset: -1 }),
    writer: () => reader.teeTo(1 as unknown as PipeWriter),
    mapping: () => writer.vmsplice(new Uint8Array(8) as unknown as Mapping),
  }
  for (const [name, call] of Object.entries(wrong)) {
    await assert.rejects(call, { name: /^(Type|Range)Error$/, message: new RegExp(`^${name} must`) })
  }
  assert.equal(reader.queued, 0)
})

test('tee copies what the pipe holds and leaves it there', async () => {
  const [first, second] = [pipe(), pipe()]
  first.writer.writeSync('twice')
  assert.equal(await first.reader.teeTo(second.writer), 5)
  assert.equal(first.reader.teeToSync(second.writer, { length: 3 }), 3)
  assert.equal(first.reader.queued, 5)
  assert.equal(text.decode(first.reader.readSync() ?? undefined), 'twice')
  assert.equal(text.decode(second.reader.readSync() ?? undefined), 'twicetwi')
  first.writer.close()
  assert.equal(await first.reader.teeTo(second.writer), null)
})

test('vmsplice lays the pages of a mapping into the pipe, and holds the mapping until they are out', async () => {
  const { reader, writer } = pipe()
  const mapping = Mapping.anonymous(8192)
  cleanUp(() => mapping.close())
  mapping.bytes.fill(7)
  assert.equal(await writer.vmsplice(mapping), 8192)
  assert.throws(() => mapping.close(), { code: 'EBUSY', message: /pages in pipe writer/ })
  const got = reader.readSync()
  assert.equal(got?.length, 8192)
  assert.ok(got.every((byte) => byte === 7))
  await writer.drained()
  mapping.close()
})

test('vmsplice of a part larger than the pipe waits for room', async () => {
  const { reader, writer } = pipe()
  const memfd = Memfd.create('pages', { size: 1 << 20 })
  const mapping = memfd.map()
  cleanUp(() => {
    mapping.close()
    memfd.close()
  })
  mapping.bytes.fill(1)
  const laying = writer.vmsplice(mapping, { offset: 4096, length: 500_000 })
  let sum = 0
  while (sum < 500_000) sum += (await reader.read())?.length ?? 0
  assert.equal(await laying, 500_000)
})
