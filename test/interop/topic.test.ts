// Programs in C and Python, with nothing of hutong's but the protocol, that subscribe to a topic.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { bytes, publish } from 'hutong/channel'
import { start } from '../support/child.ts'
import { compileFile } from '../support/compile.ts'
import { uniquePath } from '../support/leaks.ts'
import { root } from '../support/paths.ts'

const folder = join(root, 'examples/interop/topic')
const LANGUAGES = {
  C: () => [compileFile(join(folder, 'peer.c'), 'interop/topic.c')],
  Python: () => ['python3', join(folder, 'peer.py')],
}
const word = (number: number): string => `word${number}`.repeat(1 + (number % 40))

for (const language of ['C', 'Python'] as const) {
  test(`${language} receives every message of a small log, whose publisher waits for it`, async () => {
    const path = await uniquePath()
    await using publisher = publish(`shm:${path}`, { codec: bytes, capacity: 4096, policy: 'block' })
    const [program = '', ...args] = LANGUAGES[language]()
    const peer = start(program, [...args, 'subscribe', path])
    assert.equal(await peer.line(), 'ready')
    for (let i = 0; i < 500; i++) await publisher.send(Buffer.from(word(i)))
    while (publisher.trySendPacked(Buffer.from('aabbcc'), 2) !== true) await publisher.writable(6)
    await publisher.close()
    const { code, stdout, stderr } = await peer.ended
    const expected = [...Array.from({ length: 500 }, (_, i) => word(i)), 'aa', 'bb', 'cc']
    assert.deepEqual([code, stderr], [0, ''])
    assert.equal(stdout, `ready\n${expected.join('\n')}\nlost 0\n`)
  })

  test(`${language} is overtaken, and counts what it has lost`, async () => {
    const path = await uniquePath()
    await using publisher = publish(`shm:${path}`, { codec: bytes, capacity: 4096 })
    const [program = '', ...args] = LANGUAGES[language]()
    const peer = start(program, [...args, 'subscribe', path])
    assert.equal(await peer.line(), 'ready')
    // In one turn, so fast that most of it is written over before the peer has woken up.
    for (let i = 0; i < 20_000; i++) publisher.trySend(Buffer.from(word(i)))
    await publisher.close()
    const { code, stdout, stderr } = await peer.ended
    assert.deepEqual([code, stderr], [0, ''])
    const lines = stdout.trimEnd().split('\n').slice(1)
    const lost = Number(/^lost (\d+)$/.exec(lines.pop() ?? '')?.[1])
    assert.equal(lines.length + lost, 20_000)
    assert.ok(lost > 0)
    // In order, each whole, and the last ones are there.
    const numbers = lines.map((line) => Number(/^word(\d+)/.exec(line)?.[1]))
    assert.deepEqual(lines, numbers.map(word))
    assert.deepEqual(
      numbers,
      [...numbers].sort((a, b) => a - b),
    )
    assert.equal(numbers.at(-1), 19_999)
  })
}
