// What pipe(7) says of blocking, the end of the stream and broken pipes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pipe } from 'hutong'
import { constants, fcntl } from 'hutong/sys'
import { cleanUp } from '../support/leaks.ts'

const text = new TextDecoder()

function pipe(options?: Parameters<typeof Pipe.create>[0]): Pipe {
  const made = Pipe.create(options)
  cleanUp(() => made.close())
  return made
}

function fill({ writer }: Pipe): number {
  let filled = 0
  for (
    let put = writer.tryWrite(new Uint8Array(4096));
    put !== undefined;
    put = writer.tryWrite(new Uint8Array(4096))
  ) {
    filled += put
  }
  return filled
}

test('a read waits while the pipe is empty and a writer remains', async () => {
  const { reader, writer } = pipe()
  let answered = false
  const reading = reader.read().finally(() => {
    answered = true
  })
  assert.equal(reader.tryRead(), undefined)
  await sleep(20)
  assert.equal(answered, false)
  await writer.write('hello')
  assert.equal(text.decode((await reading) ?? undefined), 'hello')
})

test('the end comes when the last writer has closed, after what it wrote', async () => {
  const { reader, writer } = pipe()
  writer.writeSync('last words')
  writer.close()
  assert.equal(text.decode(reader.readSync() ?? undefined), 'last words')
  assert.equal(reader.readSync(), null)
  assert.equal(reader.tryRead(), null)
  assert.equal(await reader.read(), null)
  assert.equal(await reader.readInto(new Uint8Array(1)), null)
})

test('a reader that waits sees the end', async () => {
  const { reader, writer } = pipe()
  const reading = reader.read()
  writer.close()
  assert.equal(await reading, null)
})

test('once the last reader has closed a write is EPIPE, and the process survives SIGPIPE', async () => {
  const { reader, writer } = pipe()
  reader.close()
  assert.throws(() => writer.writeSync('x'), { name: 'SysError', code: 'EPIPE', syscall: 'write' })
  assert.throws(() => writer.tryWrite('x'), { code: 'EPIPE' })
  await assert.rejects(writer.write('x'), { code: 'EPIPE' })
})

test('a writer that waits for room gets EPIPE, and learns how much was out', async () => {
  const made = pipe()
  fill(made)
  const waiting = made.writer.write('x')
  made.reader.close()
  await assert.rejects(waiting, { code: 'EPIPE' })

  const other = pipe()
  const large = other.writer.write(new Uint8Array(1_000_000))
  other.reader.close()
  await assert.rejects(large, (error: Error & { bytesWritten?: number; code?: string }) => {
    assert.deepEqual([error.name, error.code, error.bytesWritten], ['PartialWriteError', 'EPIPE', 65_536])
    return true
  })
})

test('a full pipe takes no more until it is read', async () => {
  const made = pipe()
  assert.equal(fill(made), made.writer.capacity)
  assert.equal(made.reader.queued, made.writer.capacity)
  const waiting = made.writer.write('more')
  assert.equal(made.writer.tryWrite('more'), undefined)
  made.reader.readIntoSync(new Uint8Array(65_536))
  assert.equal(await waiting, 4)
})

test('what was read is never written to again', async () => {
  const { reader, writer } = pipe()
  const chunks: Uint8Array[] = []
  for (let i = 0; i < 50; i++) {
    await writer.write(new Uint8Array(i % 2 === 0 ? 50_000 : 10).fill(i))
    const chunk = i % 3 === 0 ? reader.readSync() : await reader.read()
    assert.ok(chunk)
    chunks.push(chunk)
  }
  for (const [i, chunk] of chunks.entries()) assert.ok(chunk.every((byte) => byte === i))
})

test('reading is limited by max, and by the memory that is given', async () => {
  const { reader, writer } = pipe()
  writer.writeSync('0123456789')
  assert.equal(text.decode((await reader.read({ max: 2 })) ?? undefined), '01')
  assert.equal(text.decode(reader.readSync({ max: 3 }) ?? undefined), '234')
  const target = new Uint8Array(4)
  assert.equal(reader.tryReadInto(target.subarray(1)), 3)
  assert.deepEqual([...target], [0, 53, 54, 55])
  assert.equal(await reader.readInto(target), 2)
})

test('in packet mode one read takes what one write put in, and loses the rest of it', () => {
  const { reader, writer } = pipe({ packets: true })
  assert.equal(writer.packets, true)
  writer.writeSync('one')
  writer.writeSync('second')
  assert.equal(text.decode(reader.readSync() ?? undefined), 'one')
  assert.equal(text.decode(reader.readSync({ max: 3 }) ?? undefined), 'sec')
  assert.equal(reader.tryRead(), undefined)
})

test('capacity is rounded up to a power of two pages and says what the pipe holds', () => {
  const made = pipe({ capacity: 100_000 })
  assert.equal(made.reader.capacity, 131_072)
  made.writer.capacity = 4096
  assert.equal(fill(made), 4096)
})

test('queued counts what waits to be read, from both ends', () => {
  const { reader, writer } = pipe()
  assert.equal(reader.queued, 0)
  writer.writeSync('12345')
  assert.deepEqual([reader.queued, writer.queued], [5, 5])
})

test('the name is the kernel’s, the same at both ends', () => {
  const { reader, writer } = pipe()
  assert.match(reader.name, /^pipe:\[\d+\]$/)
  assert.equal(writer.name, reader.name)
})

test('descriptors are born close-on-exec', () => {
  const { reader, writer } = pipe()
  for (const { fd } of [reader, writer]) assert.equal(fcntl(fd, constants.F_GETFD, 0), constants.FD_CLOEXEC)
})

test('a timeout or an abort takes nothing and leaves the next read its bytes', async () => {
  const { reader, writer } = pipe()
  const reason = new Error('enough')
  const control = new AbortController()
  const aborted = reader.read({ signal: control.signal })
  control.abort(reason)
  await assert.rejects(aborted, reason)
  await assert.rejects(reader.read({ timeout: 5 }), { name: 'TimeoutError' })
  assert.throws(() => reader.readSync({ timeout: 5 }), { name: 'TimeoutError' })
  assert.throws(() => reader.readIntoSync(new Uint8Array(1), { timeout: 0 }), { name: 'TimeoutError' })
  writer.writeSync('still here')
  assert.equal(text.decode((await reader.read()) ?? undefined), 'still here')
})
