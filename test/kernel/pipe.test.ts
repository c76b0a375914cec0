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

test('large writes go out in parts, in order and never mixed', async () => {
  const { reader, writer } = pipe()
  const sizes = [1_000_000, 3, 300_000, 70_000]
  const writing = Promise.all(sizes.map((size, i) => writer.write(new Uint8Array(size).fill(i + 1))))
  writing.then(() => writer.close())
  const seen: number[] = []
  for await (const chunk of reader) {
    for (const byte of chunk) {
      if (seen.at(-1) !== byte) seen.push(byte)
    }
  }
  assert.deepEqual(await writing, sizes)
  assert.deepEqual(seen, [1, 2, 3, 4])
})

test('up to PIPE_BUF bytes are written all or not at all', () => {
  const { reader, writer } = pipe()
  while (writer.capacity - writer.queued > 4096) writer.tryWrite(new Uint8Array(4096))
  writer.tryWrite(new Uint8Array(1000))
  assert.equal(writer.tryWrite(new Uint8Array(constants.PIPE_BUF)), undefined)
  assert.equal(reader.queued, writer.queued)
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

test('all forms of bytes and text can be written', async () => {
  const { reader, writer } = pipe()
  const bytes = Uint8Array.of(104, 117)
  const forms = [
    'hu',
    bytes,
    bytes.buffer,
    new DataView(bytes.buffer),
    new Uint16Array(bytes.buffer),
    Buffer.from(bytes),
  ]
  for (const data of forms) {
    assert.equal(await writer.write(data), 2)
    assert.equal(text.decode(reader.readSync() ?? undefined), 'hu')
  }
  assert.equal(await writer.write(''), 0)
  assert.equal(writer.writeSync('胡同'), 6)
})

test('the same memory may be written and read again and again, and changed in between', () => {
  const { reader, writer } = pipe()
  const [out, into] = [new Uint8Array(8), new Uint8Array(8)]
  for (let i = 0; i < 100; i++) {
    out.fill(i)
    assert.equal(writer.writeSync(out), 8)
    assert.equal(reader.readIntoSync(into), 8)
    assert.deepEqual(into, out)
  }
  structuredClone(out.buffer, { transfer: [out.buffer] })
  assert.equal(writer.writeSync(out), 0)
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

test('a write that is given up half-way says how many bytes went out', async () => {
  const { reader, writer } = pipe()
  await assert.rejects(writer.write(new Uint8Array(100_000), { timeout: 10 }), {
    name: 'PartialWriteError',
    code: 'ETIMEDOUT',
    bytesWritten: 65_536,
  })
  assert.equal(reader.queued, 65_536)
  assert.throws(() => writer.writeSync('x', { timeout: 5 }), { name: 'TimeoutError' })
})

test('a synchronous write never tears one that waits, and may follow it', async () => {
  const { reader, writer } = pipe()
  const waiting = writer.write(new Uint8Array(100_000))
  assert.throws(() => writer.writeSync('x'), { code: 'EBUSY' })
  assert.equal(writer.tryWrite('x'), undefined)
  for (let got = 0; got < 100_000; ) got += (await reader.read())?.length ?? 0
  await waiting
  assert.equal(writer.writeSync('x'), 1)
})

test('small writes of one turn keep their order and their results, whatever comes between them', async () => {
  const { reader, writer } = pipe()
  const results = [writer.write('a'), writer.write('bc'), writer.write('')]
  writer.writeSync('d')
  results.push(writer.write('e'), writer.write('f'.repeat(5000)), writer.write('g'))
  assert.equal(writer.tryWrite('h'), 1)
  assert.deepEqual(await Promise.all(results), [1, 2, 0, 1, 5000, 1])
  assert.equal(text.decode(reader.readSync() ?? undefined), `abcde${'f'.repeat(5000)}gh`)
  const last = [writer.write('i'), writer.write('j')]
  writer.close()
  assert.deepEqual(await Promise.all(last), [1, 1])
  assert.equal(text.decode(reader.readSync() ?? undefined), 'ij')
})
