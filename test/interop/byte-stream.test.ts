// Foreign programs as peers of channels: Python over a Unix socket, the shell over FIFOs and pipes.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { Pipe } from 'hutong'
import { type Channel, type Codec, channelOver, connect, listen } from 'hutong/channel'
import { start } from '../support/child.ts'
import { cleanUp, uniquePath } from '../support/leaks.ts'
import { fixtures } from '../support/paths.ts'

const text: Codec<string> = {
  name: 'text',
  scratch: false,
  keeps: false,
  encode: (value) => Buffer.from(value),
  decode: (bytes) => Buffer.from(bytes).toString(),
}

async function all(channel: Channel<string>): Promise<string[]> {
  const got: string[] = []
  for await (const message of channel) got.push(message)
  return got
}

test('Python sends lines, ends its sending, and still gets the answers', async () => {
  const path = await uniquePath()
  const listener = await listen(`unix:${path}?framing=lines`, { codec: text })
  cleanUp(() => listener.close())
  const python = start('python3', [join(fixtures, 'channel/line-peer.py'), path])
  const channel = await listener.accept()
  assert.equal(channel.peer?.pid, python.pid)
  const lines = await all(channel)
  for (const line of lines) await channel.send(`answer to ${line}`)
  await channel.close()
  assert.deepEqual(lines, ['one', 'two', 'three'])
  const { stdout, stderr } = await python.ended
  assert.deepEqual([stdout, stderr], ['answer to one\nanswer to two\nanswer to three\n', ''])
})

test('the shell writes lines into a FIFO, twice, and reads lines from one', async () => {
  const path = await uniquePath()
  const listener = await listen(`fifo:${path}?framing=lines`, { codec: text })
  cleanUp(() => listener.close())
  for (const word of ['hello', 'again']) {
    const shell = start('sh', ['-c', 'printf "%s\\n%s" "$1" "$2" > "$0"', path, word, 'end'])
    const channel = await listener.accept()
    assert.throws(() => channel.trySend('nobody reads this'), { code: 'EPIPE' })
    assert.deepEqual(await all(channel), [word, 'end'])
    await channel.close()
    assert.equal((await shell.ended).code, 0)
  }
  listener.close()
  const other = await uniquePath()
  const cat = start('sh', ['-c', 'mkfifo "$0" && echo ready && cat "$0"; rm "$0"', other])
  assert.equal(await cat.line(), 'ready')
  const channel = await connect(`fifo:${other}?framing=lines`, { codec: text, wait: true, timeout: 10_000 })
  assert.equal(await channel.receive(), null)
  await channel.send('for the shell')
  await channel.close()
  assert.equal((await cat.ended).stdout, 'ready\nfor the shell\n')
})

test('a filter of the shell: one channel into it, one out of it', async () => {
  const [into, out] = [Pipe.create(), Pipe.create()]
  const tr = start('tr', ['a-z', 'A-Z'], {
    stdio: [into.reader.inherit(), out.writer.inherit(), 'inherit'],
  })
  into.reader.close()
  out.writer.close()
  const lines = { codec: text, framing: 'lines' } as const
  const to = channelOver({ writer: into.writer }, lines)
  const from = channelOver({ reader: out.reader }, lines)
  for (const line of ['some', 'lines']) await to.send(line)
  assert.equal(await to.receive(), null, 'nothing ever comes')
  await to.close()
  assert.deepEqual(await all(from), ['SOME', 'LINES'])
  assert.throws(() => from.trySend('x'), { code: 'EPIPE' })
  assert.deepEqual(await from.closed, { reason: 'peer-closed' })
  await from.close()
  assert.equal((await tr.ended).code, 0)
})
