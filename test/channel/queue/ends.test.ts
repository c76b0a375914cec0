import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consume, holdQueue, produce } from 'hutong/channel'
import { fixture } from '../../support/child.ts'
import { address, messages, numbers, take } from '../../support/jobs.ts'
import '../../support/leaks.ts'

test('what a producer sends just before it closes is given at once', async () => {
  const at = await address()
  await using holder = await holdQueue(at)
  await using worker = await consume(at)
  const producer = await produce(at)
  for (let i = 0; i < 10; i++) producer.trySend(Uint8Array.of(i))
  producer.destroy()
  for (const job of await take(worker, 10)) job.acknowledge()
  await holder.close()
  assert.equal(holder.counters.done, 10)
})

test('close waits for what producers had sent, and nobody connects any more', async () => {
  const at = await address()
  const holder = await holdQueue(at)
  await using worker = await consume(at, numbers)
  await using producer = await produce(at, numbers)
  for (let i = 0; i < 3; i++) await producer.send(i)
  const closed = holder.close()
  await assert.rejects(produce(at), { code: 'ENOENT' })
  const jobs = await take(worker, 3)
  for (const job of jobs) job.acknowledge()
  await closed
  assert.deepEqual(messages(jobs), [0, 1, 2])
  assert.equal(await worker.receive(), null)
  jobs[0]?.acknowledge()
})

test('what came before the end can still be taken, and acknowledged in vain', async () => {
  const at = await address()
  const holder = await holdQueue(at)
  await using worker = await consume(at, { ...numbers, acknowledge: false })
  await using producer = await produce(at, numbers)
  for (let i = 0; i < 3; i++) await producer.send(i)
  while (holder.counters.working < 3) await new Promise(setImmediate)
  holder.destroy()
  const alive = setInterval(() => {}, 1000) // who only waits for the end keeps nothing running
  await worker.closed.finally(() => clearInterval(alive))
  const jobs = await take(worker, 3)
  assert.deepEqual(messages(jobs), [0, 1, 2])
  assert.equal(await worker.receive(), null)
})

test('producers wait beyond so many bytes', async () => {
  const at = await address()
  await assert.rejects(holdQueue(at, { mostBytes: 0 }), RangeError)
  await using holder = await holdQueue(at, { mostBytes: 20_000 })
  await using producer = await produce(at)
  const job = new Uint8Array(10_000)
  const sent = Promise.all(Array.from({ length: 5 }, () => producer.send(job)))
  while (holder.counters.waiting < 2) await new Promise(setImmediate)
  await assert.rejects(producer.send(job, { timeout: 20 }), { code: 'ETIMEDOUT' })
  assert.equal(holder.counters.waiting, 2)
  await using worker = await consume(at, { atOnce: 2 })
  for (let i = 0; i < 5; i++) (await take(worker, 1))[0]?.acknowledge()
  await sent
})

test('a holder that is unreferenced lets the process end', async () => {
  const child = fixture('channel/queue-idle', [await address()])
  const { code, stdout, stderr } = await child.ended
  assert.deepEqual([code, stdout, stderr], [0, 'worked 1\n', ''])
})
