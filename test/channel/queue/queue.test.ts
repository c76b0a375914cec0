import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  BadMessageError,
  bytes,
  connect,
  consume,
  holdQueue,
  produce,
  type QueueWorker,
} from 'hutong/channel'
import { fixture } from '../../support/child.ts'
import { address, messages, numbers, take } from '../../support/jobs.ts'
import '../../support/leaks.ts'

test('each job goes to one worker, and jobs in the order in which they came', async () => {
  const at = await address()
  await using holder = await holdQueue(at)
  await using producer = await produce(at, numbers)
  await using worker = await consume(at, { ...numbers, atOnce: 2 })
  await using other = await consume(at, { ...numbers, atOnce: 2 })
  for (let i = 0; i < 100; i++) await producer.send(i)
  const seen: number[][] = [[], []]
  const work = async (from: QueueWorker<number>, mine: number[] = []): Promise<void> => {
    for await (const job of from) {
      mine.push(job.message)
      job.acknowledge()
      if (seen.flat().length === 100) holder.close()
    }
  }
  await Promise.all([work(worker, seen[0]), work(other, seen[1])])
  const all = seen.flat().sort((a, b) => a - b)
  assert.deepEqual(
    all,
    Array.from({ length: 100 }, (_, i) => i),
  )
  for (const mine of seen)
    assert.deepEqual(
      mine,
      [...mine].sort((a, b) => a - b),
    )
  assert.ok(
    seen.every((mine) => mine.length > 10),
    `${seen.map((mine) => mine.length)}`,
  )
})

test('what a worker had not acknowledged goes to another, first of all and marked', async () => {
  const at = await address()
  await using holder = await holdQueue(at)
  await using producer = await produce(at, numbers)
  for (let i = 0; i < 5; i++) await producer.send(i)
  const first = await consume(at, { ...numbers, atOnce: 3 })
  const [zero, one] = await take(first, 3)
  one?.acknowledge()
  zero?.acknowledge()
  zero?.acknowledge() // a second time does nothing
  await take(first, 2)
  await first.close()
  await using second = await consume(at, numbers)
  const jobs = await take(second, 3)
  assert.deepEqual(messages(jobs), [2, 3, 4])
  assert.deepEqual(
    jobs.map(({ redelivered }) => redelivered),
    [true, true, true],
  )
  for (const job of jobs) job.acknowledge()
  await holder.close()
  assert.equal(holder.counters.done, 5)
  assert.equal(holder.counters.redelivered, 3)
  assert.equal(await second.receive(), null)
})

test('a job that is given back goes to whoever is free', async () => {
  const at = await address()
  await using holder = await holdQueue(at)
  await using producer = await produce(at, numbers)
  await using worker = await consume(at, { ...numbers, atOnce: 1 })
  await producer.send(7)
  const [job] = await take(worker, 1)
  job?.giveBack()
  const [again] = await take(worker, 1)
  assert.deepEqual([again?.message, again?.redelivered], [7, true])
  again?.acknowledge()
  await holder.close()
})

test('a worker that is killed loses nothing', async () => {
  const at = await address()
  await using holder = await holdQueue(at)
  await using producer = await produce(at)
  for (let i = 0; i < 20; i++) await producer.send(Uint8Array.of(i))
  const child = fixture('channel/queue-worker', [at])
  assert.equal(await child.line(), 'has 10')
  child.process.kill('SIGKILL')
  await child.ended
  await using worker = await consume(at)
  const jobs = await take(worker, 20)
  assert.deepEqual(
    jobs.map(({ message }) => message[0]),
    Array.from({ length: 20 }, (_, i) => i),
  )
  assert.ok(jobs.slice(0, 10).every(({ redelivered }) => redelivered))
  for (const job of jobs) job.acknowledge()
  await holder.close()
})

test('when the holder is killed, everybody is told', async () => {
  const at = await address()
  const child = fixture('channel/queue-holder', [at])
  assert.equal(await child.line(), 'holds')
  await using producer = await produce(at)
  await using worker = await consume(at)
  await producer.send(Uint8Array.of(1))
  assert.deepEqual(messages(await take(worker, 1)), [Uint8Array.of(1)])
  child.process.kill('SIGKILL')
  await assert.rejects(worker.receive(), { code: 'ERR_PEER_DIED' })
  assert.equal((await producer.closed).reason, 'peer-died')
  await assert.rejects(producer.send(Uint8Array.of(2)), { code: 'ERR_PEER_DIED' })
})

test('producers wait while the holder has enough, and nothing is lost', async () => {
  const at = await address()
  await using holder = await holdQueue(at, { most: 10 })
  await using producer = await produce(at)
  const job = new Uint8Array(100)
  let sent = 0
  while (producer.trySend(job) === true) sent++ // its ring is full
  const rest = Promise.all(Array.from({ length: 200 }, () => producer.send(job)))
  await using worker = await consume(at)
  for (const one of await take(worker, sent + 200)) one.acknowledge()
  await rest
  await holder.close()
  assert.equal(holder.counters.done, sent + 200)
})

test('jobs longer than a ring come whole', async () => {
  const at = await address()
  await using holder = await holdQueue(at)
  await using producer = await produce(at)
  await using worker = await consume(at)
  const sizes = [0, 1, 2039, 2040, 5000, 100_000, 3]
  const sending = Promise.all(sizes.map((size) => producer.send(new Uint8Array(size).fill(size & 255))))
  for (const job of await take(worker, sizes.length)) {
    const size = sizes.shift() ?? -1
    assert.deepEqual(job.message, new Uint8Array(size).fill(size & 255))
    job.acknowledge()
  }
  await sending
  await holder.close()
})

test('without acknowledgement a job is done when it is received', async () => {
  const at = await address()
  await using holder = await holdQueue(at)
  await using producer = await produce(at, numbers)
  const worker = await consume(at, { ...numbers, acknowledge: false })
  for (let i = 0; i < 3; i++) await producer.send(i)
  await take(worker, 3)
  await worker.close()
  await holder.close()
  assert.deepEqual([holder.counters.done, holder.counters.redelivered], [3, 0])
})

test('a job that is no value of the codec is an error once, and the next is received', async () => {
  const at = await address()
  await using holder = await holdQueue(at)
  // A producer that says json and sends something else.
  await using producer = await produce(at, { codec: { ...bytes, name: 'json' } })
  await using worker = await consume(at, numbers)
  await producer.send(Buffer.from('{'))
  await producer.send(Buffer.from('8'))
  await assert.rejects(worker.receive(), BadMessageError)
  const [job] = await take(worker, 1)
  assert.equal(job?.message, 8)
  job?.acknowledge()
  await holder.close()
  assert.equal(holder.counters.done, 2)
})

test('a closing holder waits for jobs, and gives up when told to', async () => {
  const at = await address()
  const holder = await holdQueue(at)
  await using producer = await produce(at, numbers)
  await producer.send(1)
  await using worker = await consume(at, numbers)
  await take(worker, 1)
  await assert.rejects(holder.close({ timeout: 1 }), { code: 'ETIMEDOUT' })
  assert.equal(await worker.receive(), null)
  assert.equal((await producer.closed).reason, 'peer-closed')
})

test('who comes with another codec, or breaks the protocol, is sent away alone', async () => {
  const at = await address()
  const errors: string[] = []
  await using holder = await holdQueue(at, { onError: ({ message }) => errors.push(message) })
  await using producer = await produce(at, numbers)
  await using worker = await consume(at, numbers)
  const stranger = await produce(at)
  assert.equal((await stranger.closed).reason, 'peer-closed')
  stranger.destroy()
  const queue = { ...bytes, name: 'queue' }
  const hello = Uint8Array.of(2, 0, 0, 0, 1, 0, 0, 0, ...Buffer.from('json'))
  const liars = [
    [Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from('json'))],
    [Uint8Array.of(1)],
    [hello.with(4, 0)], // takes no job at once
    [hello, Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0)], // has done a job that it never had
    [hello, Uint8Array.of(4)],
    [hello.with(0, 1), Uint8Array.of(3)],
    [hello.with(0, 1), Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0)],
  ]
  for (const frames of liars) {
    const liar = await connect(at, { codec: queue })
    for (const frame of frames) await liar.send(frame)
    assert.equal((await liar.closed).reason, 'peer-closed')
    liar.destroy()
  }
  assert.equal(errors.length, liars.length + 1, errors.join('\n'))
  await producer.send(5)
  const [job] = await take(worker, 1)
  assert.equal(job?.message, 5)
  job?.acknowledge()
  await holder.close()
})
