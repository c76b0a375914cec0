import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { Pipe, type PipeReader, type PipeWriter } from 'hutong'
import { type Framing, framing, receiveMessages, sendMessage } from 'hutong/channel'
import { start } from '../support/child.ts'
import { cleanUp } from '../support/leaks.ts'
import { fixtures } from '../support/paths.ts'

const text = new TextDecoder()

function pipe(): Pipe {
  const made = Pipe.create()
  cleanUp(() => made.close())
  return made
}

async function all(reader: PipeReader, how: Framing): Promise<string[]> {
  const messages: string[] = []
  for await (const message of receiveMessages(reader, how)) messages.push(text.decode(message))
  return messages
}

/** Starts `program` with its standard input and output on pipes of ours. */
function through(program: string, ...args: string[]): { to: PipeWriter; from: PipeReader } {
  const [there, back] = [pipe(), pipe()]
  start(program, args, { stdio: [there.reader.inherit(), back.writer.inherit(), 'inherit'] })
  there.reader.close()
  back.writer.close()
  return { to: there.writer, from: back.reader }
}

test('sort is a peer of lines', async () => {
  const { to, from } = through('sort')
  const lines = framing('lines')
  for (const message of ['pear', 'fig', 'apple']) await sendMessage(to, message, { framing: lines })
  to.close()
  assert.deepEqual(await all(from, lines), ['apple', 'fig', 'pear'])
})

test('a Python program is a peer of length, also for messages larger than the pipe', async () => {
  const { to, from } = through('python3', join(fixtures, 'channel/length-peer.py'))
  const length = framing('length')
  const sent = ['', 'hutong', 'two\nlines', 'x'.repeat(1_000_000)]
  const received = all(from, length)
  for (const message of sent) await sendMessage(to, message, { framing: length })
  to.close()
  assert.deepEqual(
    await received,
    sent.map((message) => message.toUpperCase()),
  )
})

test('messages that are sent side by side stay whole and in order', async () => {
  const { reader, writer } = pipe()
  const length = framing('length')
  const received = all(reader, length)
  const sent = Array.from({ length: 20 }, (_, i) => String(i).repeat(i % 2 === 0 ? 100_000 : 3))
  await Promise.all(sent.map((message) => sendMessage(writer, message, { framing: length })))
  writer.close()
  assert.deepEqual(await received, sent)
})

test('what the framing cannot carry is refused before anything is written', async () => {
  const { reader, writer } = pipe()
  await assert.rejects(sendMessage(writer, 'two\nlines', { framing: framing('lines') }), {
    code: 'ERR_FRAMING_REFUSED',
  })
  assert.equal(reader.queued, 0)
})

test('a stream that ends inside a message gives the messages before it, then the error', async () => {
  const { reader, writer } = pipe()
  writer.writeSync(Uint8Array.of(1, 0, 0, 0, 65, 9, 0, 0, 0, 66))
  writer.close()
  const messages = receiveMessages(reader, framing('length'))
  assert.equal(text.decode((await messages.next()).value ?? undefined), 'A')
  await assert.rejects(messages.next(), { code: 'ERR_FRAMING_TRUNCATED', missing: 8 })
})

test('waiting for a message can be timed and aborted', async () => {
  const { reader } = pipe()
  await assert.rejects(receiveMessages(reader, framing('lines'), { timeout: 5 }).next(), {
    name: 'TimeoutError',
  })
  const reason = new Error('enough')
  await assert.rejects(
    receiveMessages(reader, framing('lines'), { signal: AbortSignal.abort(reason) }).next(),
    reason,
  )
})
