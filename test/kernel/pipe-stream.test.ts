// Ends as Node streams and as web streams.
import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { test } from 'node:test'
import { Pipe } from 'hutong'
import { cleanUp } from '../support/leaks.ts'

function pipe(): Pipe {
  const made = Pipe.create()
  cleanUp(() => made.close())
  return made
}

test('a Node stream reads to the end and then closes its end', async () => {
  const { reader, writer } = pipe()
  const reading = text(reader.stream())
  await writer.write('one, ')
  await writer.write('two')
  writer.close()
  assert.equal(await reading, 'one, two')
  assert.equal(reader.closed, true)
})

test('a Node stream writes with back-pressure, and its end is the end of the pipe', async () => {
  const { reader, writer } = pipe()
  const stream = writer.stream({ highWaterMark: 1000 })
  assert.equal(stream.write(Buffer.alloc(200_000, 'x')), false)
  stream.end('!')
  let length = 0
  for await (const chunk of reader) length += chunk.length
  assert.equal(length, 200_001)
  assert.equal(writer.closed, true)
})

test('streams join two pipes', async () => {
  const [first, second] = [pipe(), pipe()]
  const joined = pipeline(first.reader.stream(), second.writer.stream())
  const reading = text(second.reader.stream())
  await first.writer.write('x'.repeat(300_000))
  first.writer.close()
  assert.equal((await reading).length, 300_000)
  await joined
})

test('a broken pipe is the error of the stream', async () => {
  const { reader, writer } = pipe()
  reader.close()
  await assert.rejects(pipeline(['x'], writer.stream()), { code: 'EPIPE' })
  assert.equal(writer.closed, true)
})

test('destroying a stream ends what waits and closes the end', async () => {
  const [first, second] = [pipe(), pipe()]
  const readable = first.reader.stream()
  readable.read()
  const writable = second.writer.stream()
  writable.on('error', () => {})
  writable.write(Buffer.alloc(1_000_000))
  for (const stream of [readable, writable]) {
    const closed = new Promise((resolve) => stream.once('close', resolve))
    stream.destroy()
    await closed
  }
  assert.deepEqual([first.reader.closed, second.writer.closed], [true, true])
})

test('web streams read, also into given memory, and close', async () => {
  const { reader, writer } = pipe()
  writer.writeSync('hutong')
  const stream = reader.webStream()
  const byob = stream.getReader({ mode: 'byob' })
  const { value } = await byob.read(new Uint8Array(3))
  assert.equal(Buffer.from(value ?? []).toString(), 'hut')
  byob.releaseLock()
  writer.close()
  assert.equal(await text(stream), 'ong')
  assert.equal(reader.closed, true)
})

test('web streams write, close, and end with an abort', async () => {
  const [first, second] = [pipe(), pipe()]
  const writing = first.writer.webStream().getWriter()
  const reading = text(first.reader.stream())
  await writing.write('one')
  await writing.close()
  assert.equal(await reading, 'one')
  const stuck = second.writer.webStream().getWriter()
  const failed = assert.rejects(stuck.write(new Uint8Array(1_000_000)))
  await stuck.abort(new Error('enough'))
  await failed
  assert.equal(second.writer.closed, true)
})

test('cancelling a web stream closes the end', async () => {
  const { reader, writer } = pipe()
  await reader.webStream().cancel()
  assert.equal(reader.closed, true)
  assert.throws(() => writer.writeSync('x'), { code: 'EPIPE' })
})
