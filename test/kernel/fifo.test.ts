import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Fifo } from 'hutong'
import { start } from '../support/child.ts'
import '../support/leaks.ts'
import { uniquePath } from '../support/leaks.ts'

const O_NONBLOCK = 0o4000
const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString()

/** The status flags of a descriptor's open file description. */
function flagsOf(fd: number): number {
  return Number.parseInt(/flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '', 8)
}

async function fresh(): Promise<Fifo> {
  return Fifo.create(await uniquePath())
}

test('bytes go from writer to reader; the ends know their FIFO', async () => {
  const fifo = await fresh()
  const [reader, writer] = await Promise.all([fifo.openReader(), fifo.openWriter()])
  assert.deepEqual([reader.name, writer.name], [fifo.path, fifo.path])
  assert.equal(`${writer}`, `FIFO writer of ${fifo.path} (fd ${writer.fd})`)
  assert.equal(await writer.write('through the lane'), 16)
  assert.equal(reader.queued, 16)
  assert.equal(text(await reader.read()), 'through the lane')
  writer.close()
  assert.equal(await reader.read(), null)
  reader.close()
  await assert.rejects(reader.read(), { code: 'EBADF', message: /FIFO reader of/ })
})

test('an end has an open file description of its own, non-blocking when it waits, blocking for a child', async () => {
  const fifo = await fresh()
  const [reader, writer] = await Promise.all([fifo.openReader(), fifo.openWriter()])
  await assert.rejects(reader.read({ timeout: 1 }), { name: 'TimeoutError' })
  assert.equal(flagsOf(reader.fd) & O_NONBLOCK, O_NONBLOCK)
  assert.equal(flagsOf(writer.fd) & O_NONBLOCK, 0, 'the other end is not touched')
  const child = start('cat', [], { stdio: [reader.inherit(), 'pipe', 'pipe'] })
  assert.equal(flagsOf(reader.fd) & O_NONBLOCK, 0)
  reader.close()
  await writer.write('for the child')
  writer.close()
  assert.equal((await child.ended).stdout, 'for the child')
})

test('tryOpenReader never waits: reads give null until there is a writer, undefined while it is silent', async () => {
  const fifo = await fresh()
  using reader = fifo.tryOpenReader()
  assert.equal(reader.tryRead(), null)
  assert.equal(await reader.read(), null)
  const writer = fifo.tryOpenWriter()
  assert.equal(reader.tryRead(), undefined)
  const read = reader.read()
  await writer.write('now')
  assert.equal(text(await read), 'now')
  writer.close()
  assert.equal(await reader.read(), null)
})

test('tryOpenWriter without a reader: ENXIO', async () => {
  const fifo = await fresh()
  assert.throws(() => fifo.tryOpenWriter(), {
    code: 'ENXIO',
    path: fifo.path,
    message: /Nobody has this FIFO open for reading/,
  })
})

test('openBoth waits for nobody; while its writer is open nobody sees the end of file', async () => {
  const fifo = await fresh()
  const { reader, writer } = fifo.openBoth()
  assert.deepEqual([flagsOf(reader.fd) & 3, flagsOf(writer.fd) & 3], [0, 1])
  writer.writeSync('to myself')
  assert.equal(text(reader.tryRead()), 'to myself')
  for (const word of ['first', 'second']) {
    const guest = fifo.tryOpenWriter()
    guest.writeSync(word)
    guest.close()
    assert.equal(text(await reader.read()), word)
    assert.equal(reader.tryRead(), undefined, 'the guest has gone, and that is not the end')
  }
  writer.close()
  assert.equal(await reader.read(), null)
  reader.close()
})

test('null when the last writer closes, and bytes again when a new one comes', async () => {
  const fifo = await fresh()
  const opened = [fifo.openWriter(), fifo.openWriter()]
  using reader = await fifo.openReader()
  const [first, second] = await Promise.all(opened)
  await first?.write('1')
  first?.close()
  assert.equal(text(await reader.read()), '1')
  await assert.rejects(reader.read({ timeout: 5 }), { name: 'TimeoutError' }, 'one writer is left')
  second?.close()
  assert.equal(await reader.read(), null)
  assert.equal(reader.readSync(), null, 'and stays so')
  using third = fifo.tryOpenWriter()
  await third.write('3')
  assert.equal(text(await reader.read()), '3')
})

test('openReader again waits for the next writer, while the old end keeps the bytes', async () => {
  const fifo = await fresh()
  const old = fifo.tryOpenReader()
  assert.equal(old.tryRead(), null)
  const next = fifo.openReader()
  const writer = fifo.tryOpenWriter()
  await writer.write('kept')
  using reader = await next
  old.close()
  writer.close()
  assert.equal(text(await reader.read()), 'kept')
  assert.equal(await reader.read(), null)
})

test('EPIPE when the last reader closes, and the process lives on', async () => {
  const fifo = await fresh()
  const [reader, writer] = await Promise.all([fifo.openReader(), fifo.openWriter()])
  using other = fifo.tryOpenReader()
  reader.close()
  await writer.write('there is another')
  other.close()
  await assert.rejects(writer.write('x'), { code: 'EPIPE', syscall: 'write', message: /FIFO writer of/ })
  assert.throws(() => writer.writeSync('x'), { code: 'EPIPE' })
  assert.throws(() => writer.tryWrite('x'), { code: 'EPIPE' })
  writer.close()
})

test('a write that waits for room ends with EPIPE when the reader goes', async () => {
  const fifo = await fresh()
  const [reader, writer] = await Promise.all([fifo.openReader(), fifo.openWriter()])
  const write = writer.write(new Uint8Array(1 << 20))
  setTimeout(() => reader.close(), 5)
  await assert.rejects(write, { code: 'EPIPE' })
  writer.close()
})

test('unlink removes the name only: open ends go on, and a new FIFO of the name is another', async () => {
  const fifo = await fresh()
  const { reader, writer } = fifo.openBoth()
  fifo.unlink()
  assert.throws(() => fifo.unlink(), { code: 'ENOENT', syscall: 'unlink' })
  assert.throws(() => fifo.tryOpenReader(), { code: 'ENOENT' })
  await writer.write('still here')
  const again = Fifo.create(fifo.path)
  using other = again.tryOpenReader()
  assert.equal(other.tryRead(), null)
  assert.equal(text(await reader.read()), 'still here')
  again.unlink()
  reader.close()
  writer.close()
})
