// Death at each step is tested in test/channel/shm/log.test.ts, in one process; here with real ones: some steps, and all of
// them in `npm run soak -- topic-kill`.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { bytes, publish, subscribe } from 'hutong/channel'
import { fixture } from '../support/child.ts'
import { cleanUp, uniquePath } from '../support/leaks.ts'
import { killPublisher, killSubscriber } from '../support/mortal.ts'
import { numbersOf } from '../support/topic.ts'
import { numbered, numberOf } from '../support/topic-message.ts'

test('a publisher is killed: everybody receives what it had committed, then PeerDiedError', async () => {
  for (const step of [14, 31]) assert.equal(await killPublisher('block', step), true)
  assert.equal(await killPublisher('overwrite', 20), true)
})

test('a subscriber is killed: the publisher and the others go on', async () => {
  assert.equal(await killSubscriber('block', 9), true)
  assert.equal(await killSubscriber('overwrite', 5), true)
})

test('a subscriber that is stopped is not dead: with the policy block it is waited for', async () => {
  const address = `shm:${await uniquePath()}`
  const publisher = publish(address, { codec: bytes, policy: 'block', capacity: 4096 })
  cleanUp(() => publisher.destroy())
  const child = fixture('topic/mortal', ['subscriber', address, 'block', '1000000'])
  await child.line()
  child.process.kill('SIGSTOP')
  let sent = 0
  while (publisher.trySend(numbered(sent, 100)) === true) sent++
  await assert.rejects(publisher.writable(108, { timeout: 50 }), { code: 'ETIMEDOUT' })
  assert.equal(publisher.subscribers, 1)
  child.process.kill('SIGCONT')
  await publisher.writable(108)
  await publisher.close()
  assert.equal((await child.ended).code, 0)
})

test('process.exit() publishes what was sent in that turn, ends the topic and removes its path', async () => {
  const address = `shm:${await uniquePath()}`
  const child = fixture('topic/mortal', ['leaver', address, 'overwrite', '7'])
  await child.line()
  const subscriber = await subscribe(address, { codec: bytes })
  cleanUp(() => subscriber.close())
  child.tell('go')
  assert.deepEqual(await numbersOf(subscriber), [0, 1, 2, 3, 4, 5, 6])
  assert.deepEqual(await subscriber.closed, { reason: 'peer-closed' })
  await child.ended
  assert.equal(existsSync(address.slice(4)), false)
})

test('publisher and subscriber are threads of one process, and block', async () => {
  const address = `shm:${await uniquePath()}`
  const publisher = publish(address, { codec: bytes, policy: 'block', capacity: 4096, spin: 0 })
  cleanUp(() => publisher.destroy())
  const worker = new Worker(new URL('../fixtures/topic/thread.js', import.meta.url), { workerData: address })
  const exited = once(worker, 'exit')
  await once(worker, 'message')
  const received = once(worker, 'message')
  for (let i = 0; i < 500; i++) publisher.sendSync(numbered(i, i % 200), { timeout: 10_000 })
  await publisher.close()
  assert.deepEqual((await received)[0], { messages: 500, sum: (499 * 500) / 2 })
  await exited
})

test('a path that a killed publisher left behind is taken over; one that is in use is not', async () => {
  const address = `shm:${await uniquePath()}`
  const child = fixture('topic/mortal', ['publisher', address, 'block', '1'])
  await child.line()
  assert.throws(() => publish(address, { codec: bytes }), { code: 'EADDRINUSE' })
  child.process.kill('SIGKILL')
  await child.ended
  const publisher = publish(address, { codec: bytes })
  cleanUp(() => publisher.destroy())
  const subscriber = await subscribe(address, { codec: bytes })
  cleanUp(() => subscriber.close())
  await publisher.send(numbered(1, 1))
  assert.equal(numberOf((await subscriber.receive()) as Uint8Array), 1)
})
