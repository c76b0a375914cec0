import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LostMessagesError } from 'hutong/channel'
import { join, numbersOf, open, upTo } from '../../support/topic.ts'
import { numbered, numberOf } from '../../support/topic-message.ts'

test('with the policy block every subscriber receives every message whole, in order, then the end', async () => {
  const { address, publisher } = await open({ policy: 'block', capacity: 4096, spin: 0 })
  const subscribers = [await join(address), await join(address), await join(address, { spin: 0 })]
  assert.equal(publisher.subscribers, 3)
  const received = subscribers.map(numbersOf)
  for (const i of upTo(1500)) await publisher.send(numbered(i, (i * 37) % 700))
  await publisher.close()
  for (const numbers of await Promise.all(received)) assert.deepEqual(numbers, upTo(1500))
  for (const subscriber of subscribers) {
    assert.deepEqual(await subscriber.closed, { reason: 'peer-closed' })
    assert.equal(subscriber.counters.messages, 1500)
    assert.equal(subscriber.lost, 0)
  }
  const { messages, dropped, waits, refused } = publisher.counters
  assert.deepEqual({ messages, dropped, refused }, { messages: 1500, dropped: 0, refused: 0 })
  assert.ok(waits > 0, 'the publisher waited for room')
})

test('with the policy overwrite a slow subscriber loses the oldest messages and counts them exactly', async () => {
  const { address, publisher } = await open({ capacity: 4096 })
  const subscriber = await join(address)
  let [next, missing, received] = [0, 0, 0]
  for (const round of upTo(40)) {
    for (let i = 0; i < 1 + round * 3; i++) publisher.trySend(numbered(next++, (next * 13) % 90))
    publisher.flush()
    let expected = received + missing
    for (
      let message = subscriber.tryReceive();
      message instanceof Uint8Array;
      message = subscriber.tryReceive()
    ) {
      missing += numberOf(message) - expected
      expected = numberOf(message) + 1
      received++
      assert.equal(subscriber.lost, missing)
    }
    assert.equal(received + missing, next, 'what is there is received up to the newest')
  }
  assert.ok(missing > 0 && received > 0)
  await publisher.close()
  assert.equal(await subscriber.receive(), null)
  assert.equal(subscriber.counters.lost, missing)
})

test('with loss: error a loss is told where it happened, and the next call goes on', async () => {
  const { address, publisher } = await open({ capacity: 4096 })
  const subscriber = await join(address, { loss: 'error' })
  await publisher.send(numbered(0, 8))
  assert.equal(numberOf((await subscriber.receive()) as Uint8Array), 0)
  for (let i = 1; i < 500; i++) publisher.trySend(numbered(i, 8))
  publisher.flush()
  const error = await subscriber.receive().catch((reason: unknown) => reason)
  assert.ok(error instanceof LostMessagesError)
  assert.equal(error.code, 'ERR_LOST_MESSAGES')
  assert.equal(numberOf((await subscriber.receive()) as Uint8Array), 1 + error.lost)
  assert.equal(subscriber.lost, error.lost)
})

test('with the policy drop a message without room is dropped for all, and counted', async () => {
  const { address, publisher } = await open({ policy: 'drop', capacity: 4096 })
  const [slow, other] = [await join(address), await join(address)]
  let taken = 0
  for (const i of upTo(300)) if (publisher.trySend(numbered(i, 24)) === true) taken++
  await publisher.send(numbered(300, 24))
  assert.ok(taken > 0 && taken < 300)
  assert.equal(publisher.counters.dropped, 301 - taken)
  await publisher.close()
  assert.deepEqual(await numbersOf(slow), upTo(taken))
  assert.deepEqual(await numbersOf(other), upTo(taken))
})

test('a late subscriber begins now, or with the oldest message that is left', async () => {
  const { address, publisher } = await open({ capacity: 4096 })
  const first = await join(address, { from: 'oldest' })
  for (const i of upTo(10)) await publisher.send(numbered(i, 8))
  const [now, oldest] = [await join(address), await join(address, { from: 'oldest' })]
  for (let i = 10; i < 200; i++) await publisher.send(numbered(i, 8))
  const late = await join(address, { from: 'oldest' })
  await publisher.close()
  const left = await numbersOf(late)
  assert.deepEqual(left, upTo(200).slice(-left.length))
  assert.ok(left.length > 50)
  assert.equal(late.lost, 0, 'what was gone before it came is no loss')
  for (const [subscriber, begins] of [
    [first, 0],
    [oldest, 0],
    [now, 10],
  ] as const) {
    assert.deepEqual(await numbersOf(subscriber), left)
    assert.equal(subscriber.lost, 200 - left.length - begins)
  }
})

test('a batch is one record: taken packed, one by one, or in arrays', async () => {
  const { address, publisher } = await open()
  const [packed, single, arrays] = [await join(address), await join(address), await join(address)]
  const batch = Buffer.concat(upTo(64).map((i) => numbered(i, 8)))
  assert.equal(publisher.trySendPacked(batch, 16), true)
  publisher.flush()
  const target = new Uint8Array(40 * 16)
  const head = packed.tryReceivePacked(target)
  assert.ok(head)
  assert.deepEqual([head.count, head.size], [40, 16])
  assert.deepEqual(Buffer.from(head.bytes), batch.subarray(0, 640))
  assert.equal(packed.tryReceivePacked(target)?.count, 24)
  assert.equal(packed.tryReceivePacked(target), undefined)
  await publisher.close()
  assert.deepEqual(await numbersOf(single), upTo(64))
  for await (const some of arrays.batches()) assert.deepEqual(some.map(numberOf), upTo(64))
  assert.equal(packed.tryReceivePacked(target), null)
  assert.throws(() => publisher.trySendPacked(batch, 7), RangeError)
})

test('a batch that is overwritten while it is taken is lost as far as it was not taken', async () => {
  const { address, publisher } = await open({ capacity: 4096 })
  const subscriber = await join(address)
  publisher.trySendPacked(Buffer.concat(upTo(20).map((i) => numbered(i, 8))), 16)
  publisher.flush()
  for (const i of upTo(5)) assert.equal(numberOf(subscriber.tryReceive() as Uint8Array), i)
  for (let i = 20; i < 300; i++) publisher.trySend(numbered(i, 8))
  publisher.flush()
  const next = numberOf(subscriber.tryReceive() as Uint8Array)
  assert.equal(next, 5 + subscriber.lost)
})

test('a loan is written in place, and nothing else is sent meanwhile', async () => {
  const { address, publisher } = await open()
  const subscriber = await join(address)
  const loan = publisher.tryLoan(1000)
  assert.ok(loan)
  assert.equal(publisher.trySend(new Uint8Array(1)), undefined)
  const later = publisher.send(Uint8Array.of(9))
  loan.bytes.set([1, 2, 3])
  loan.commit(3)
  await later
  assert.deepEqual(await subscriber.receive(), Uint8Array.of(1, 2, 3))
  assert.deepEqual(await subscriber.receive(), Uint8Array.of(9))
  publisher.tryLoan(8)?.abort()
  await publisher.send(Uint8Array.of(5))
  assert.deepEqual(await subscriber.receive(), Uint8Array.of(5))
})
