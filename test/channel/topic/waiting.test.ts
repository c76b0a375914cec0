import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { test } from 'node:test'
import { bytes, type Codec, type PublishOptions, publish, subscribe } from 'hutong/channel'
import { cleanUp, uniquePath } from '../../support/leaks.ts'
import { join, numbersOf, open, upTo } from '../../support/topic.ts'
import { numbered } from '../../support/topic-message.ts'

const text: Codec<string> = {
  name: 'text',
  scratch: false,
  keeps: false,
  encode: (value) => Buffer.from(value),
  decode: (message) => Buffer.from(message).toString(),
}

test('send waits for the slowest, and goes on when that one leaves', async () => {
  const { address, publisher } = await open({ policy: 'block', capacity: 4096 })
  const slow = await join(address)
  const fast = await join(address)
  const received = numbersOf(fast)
  let next = 0
  while (publisher.trySend(numbered(next, 24)) === true) next++
  await assert.rejects(publisher.writable(24, { timeout: 20 }), { code: 'ETIMEDOUT' })
  const sent = publisher.send(numbered(next, 24))
  const later = publisher.send(numbered(next + 1, 24))
  slow.close()
  await Promise.all([sent, later])
  assert.equal(publisher.subscribers, 1)
  await publisher.close()
  assert.deepEqual(await received, upTo(next + 2))
})

test('messages pass through the codec, and one that is too long is refused', async () => {
  const address = `shm:${await uniquePath()}`
  const publisher = publish(`${address}?capacity=8192&mode=0640`, { codec: text })
  cleanUp(() => publisher.destroy())
  const subscriber = await subscribe(address, { codec: text })
  cleanUp(() => subscriber.close())
  assert.equal(statSync(address.slice(4)).mode & 0o777, 0o640)
  assert.equal(publisher.longest, 8192 / 2 - 8192 / 32 - 16)
  const longest = 'x'.repeat(publisher.longest)
  await publisher.send(longest)
  assert.equal(await subscriber.receive(), longest)
  await assert.rejects(publisher.send(`${longest}x`), RangeError)
  assert.throws(() => publisher.trySend(`${longest}x`), RangeError)
  assert.throws(() => publisher.sendSync(`${longest}x`), RangeError)
  publisher.sendSync('')
  assert.equal(subscriber.receiveSync({ timeout: 1000 }), '')
  assert.throws(() => subscriber.receiveSync({ timeout: 5 }), { code: 'ETIMEDOUT' })
})

test('what is closed says so, and the path is gone', async () => {
  const { address, publisher } = await open()
  const subscriber = await join(address)
  const waiting = subscriber.receive()
  subscriber.close()
  subscriber.close()
  await assert.rejects(waiting, { code: 'EBADF' })
  await assert.rejects(subscriber.receive(), { code: 'EBADF' })
  assert.throws(() => subscriber.tryReceive(), { code: 'EBADF' })
  assert.deepEqual(await subscriber.closed, { reason: 'closed' })
  await publisher.close()
  await publisher.close()
  assert.deepEqual(await publisher.closed, { reason: 'closed' })
  await assert.rejects(publisher.send(new Uint8Array(1)), { code: 'EBADF' })
  assert.throws(() => publisher.trySend(new Uint8Array(1)), { code: 'EBADF' })
  assert.equal(existsSync(address.slice(4)), false)
  await assert.rejects(subscribe(address, { codec: bytes }), { code: 'ENOENT' })
})

test('a wait can be given up, and takes nothing', async () => {
  const { address, publisher } = await open()
  const subscriber = await join(address)
  await assert.rejects(subscriber.receive({ timeout: 5 }), { code: 'ETIMEDOUT' })
  const reason = new Error('enough')
  await assert.rejects(subscriber.receive({ signal: AbortSignal.abort(reason) }), reason)
  await publisher.send(Uint8Array.of(7))
  assert.deepEqual(await subscriber.receive(), Uint8Array.of(7))
})

test('misuse names the option', async () => {
  const address = `shm:${await uniquePath()}`
  const wrong = { codec: bytes, policy: 'latest' } as unknown as PublishOptions<Uint8Array>
  assert.throws(() => publish(address, wrong), /policy/)
  assert.throws(() => publish('tcp:127.0.0.1:1', { codec: bytes }), /shm/)
  assert.throws(() => publish(address, { codec: bytes, capacity: 0 }), /capacity/)
  await assert.rejects(subscribe(address, { codec: bytes, from: 'then' as 'now' }), /from/)
  await assert.rejects(subscribe(address, { codec: bytes, loss: 'x' as 'count' }), /loss/)
})
