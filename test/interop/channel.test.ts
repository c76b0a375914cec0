// Programs in C and Python, with nothing of hutong's but the protocol, at the other end of a channel.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { bytes, type Channel, listen } from 'hutong/channel'
import { start } from '../support/child.ts'
import { compileFile } from '../support/compile.ts'
import { uniquePath } from '../support/leaks.ts'
import { root } from '../support/paths.ts'

const folder = join(root, 'examples/interop/channel')
const LANGUAGES = {
  C: () => [compileFile(join(folder, 'peer.c'), 'interop/channel.c')],
  Python: () => ['python3', join(folder, 'peer.py')],
}
const words = Array.from({ length: 300 }, (_, i) => `word${i}`.repeat(1 + (i % 60)))

/** Serves one peer, which asks `words`, and gives what it printed. */
async function withPeer(
  language: keyof typeof LANGUAGES,
  serve: (channel: Channel<Uint8Array>) => Promise<void>,
): Promise<string> {
  const path = await uniquePath()
  using listener = await listen(`shm:${path}`, { codec: bytes, capacity: 4096 })
  const [program = '', ...args] = LANGUAGES[language]()
  const peer = start(program, [...args, 'ask', path, ...words])
  await using channel = await listener.accept()
  assert.equal(channel.peer?.pid, peer.pid)
  await serve(channel)
  const { code, stdout, stderr } = await peer.ended
  assert.deepEqual([code, stderr], [0, ''])
  return stdout
}

for (const language of ['C', 'Python'] as const) {
  test(`${language} asks through a small ring, message by message`, async () => {
    const printed = await withPeer(language, async (channel) => {
      for await (const question of channel) {
        await channel.send(Buffer.from(Buffer.from(question).toString().toUpperCase()))
      }
      assert.equal((await channel.closed).reason, 'peer-closed')
    })
    assert.equal(printed, words.map((word) => `${word.toUpperCase()}\n`).join(''))
  })

  test(`${language} reads batches, and waits for room`, async () => {
    const printed = await withPeer(language, async (channel) => {
      // All answers at once, five to a batch, before the questions: the peer sees more than its ring holds.
      const packed = Buffer.from('abcdefghij')
      for (let sent = 0; sent < words.length; ) {
        if (channel.trySendPacked(packed, 2) === true) sent += 5
        else await channel.writable(packed.length)
      }
      let questions = 0
      for await (const _ of channel) questions++
      assert.equal(questions, words.length)
    })
    assert.equal(printed, 'ab\ncd\nef\ngh\nij\n'.repeat(words.length / 5))
  })
}
