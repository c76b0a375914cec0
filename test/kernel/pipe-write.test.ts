// Writes: in order, whole, in any form, given up half-way.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pipe } from 'hutong'
import { constants } from 'hutong/sys'
import { cleanUp } from '../support/leaks.ts'

const text = new TextDecoder()

function pipe(options?: Parameters<typeof Pipe.create>[0]): Pipe {
  const made = Pipe.create(options)
  cleanUp(() => made.close())
  return made
}

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
