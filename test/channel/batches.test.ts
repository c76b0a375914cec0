import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BadMessageError, bytes, channelPair, connect, json } from 'hutong/channel'
import '../support/leaks.ts'

test('a batch is given before the error that ends it', async () => {
  const [near, remote] = channelPair({ codec: bytes })
  const far = await connect(remote.detach(), { codec: { ...json<number>(), name: 'bytes' } })
  for (const text of ['1', '2', '{', '4']) await near.send(Buffer.from(text))
  const batches = far.batches()
  assert.deepEqual((await batches.next()).value, [1, 2])
  await assert.rejects(batches.next(), BadMessageError)
  assert.deepEqual((await far.batches().next()).value, [4])
  far.destroy()
  near.destroy()
})
