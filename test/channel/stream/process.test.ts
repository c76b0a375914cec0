// The other end of a byte stream is a process that exits, is killed, or has nothing left to do.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UnixSocket } from 'hutong'
import { type Channel, channelOver } from 'hutong/channel'
import { type Child, fixture } from '../../support/child.ts'
import { cleanUp } from '../../support/leaks.ts'

type Three = [Channel<Uint8Array>, Channel<Uint8Array>, Channel<Uint8Array>]

function peer(mode: string): [Child, Three] {
  const pairs = [UnixSocket.pair(), UnixSocket.pair(), UnixSocket.pair()]
  const child = fixture('channel/stream-peer', [mode], {
    stdio: ['ignore', 'inherit', 'inherit', ...pairs.map(([, far]) => far.inherit())],
  })
  for (const [, far] of pairs) far.close()
  const channels = pairs.map(([near]) => channelOver(near)) as Three
  cleanUp(() => channels.map((channel) => channel.destroy()))
  return [child, channels]
}

test('what was sent in the turn of process.exit is received, and then an orderly end', async () => {
  const [child, [first, second, third]] = peer('exits')
  await third.send(new Uint8Array(1000))
  let bytes = 0
  for await (const message of second) bytes += message.length
  assert.ok(bytes > 100_000 && bytes % 50_000 === 0, `${bytes} bytes`)
  const got: number[] = []
  for await (const [byte = 0] of first) got.push(byte)
  assert.deepEqual(got, [1, 2, 3])
  assert.equal((await third.receive())?.length, 1)
  assert.equal(await third.receive(), null)
  for (const channel of [first, second, third])
    assert.deepEqual(await channel.closed, { reason: 'peer-closed' })
  assert.equal((await child.ended).code, 0)
})

test('a process that is killed: an end between messages, an error inside one', async () => {
  const [child, [first, second, third]] = peer('stays')
  assert.deepEqual(await first.receive(), Uint8Array.of(1))
  child.process.kill('SIGKILL')
  await child.ended
  assert.equal(await first.receive(), null)
  await assert.rejects(second.receive(), { code: 'ERR_FRAMING_TRUNCATED' })
  assert.equal(await third.receive(), null)
  await assert.rejects(third.send(Uint8Array.of(1)), { code: 'EPIPE' })
})

test('channels that are unreferenced let the process end, after what was sent', async () => {
  const [child, [first]] = peer('ends')
  assert.deepEqual(await first.receive(), Uint8Array.of(1))
  assert.equal(await first.receive(), null)
  assert.equal((await child.ended).code, 0)
})

test('a channel that is forgotten is closed with a warning, but not while somebody waits', async () => {
  const [child, [first]] = peer('forgets')
  const told = Buffer.from((await first.receive()) ?? []).toString()
  assert.match(told, /^8 channel over .* was collected while open/)
  assert.equal((await child.ended).code, 0)
})
