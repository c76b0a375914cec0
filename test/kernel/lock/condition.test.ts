import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Condition, Mapping, Mutex } from 'hutong'
import { freshStock, stockPeer } from '../../support/fresh-stock.ts'
import { below, seeded } from '../../support/random.ts'
import { attachStock, consume, produce, untilWaiting } from '../../support/stock.ts'

test('wait unlocks the mutex, and holds it again when it is notified', async () => {
  const { mutex, condition } = await freshStock()
  using held = await mutex.lock()
  const waiting = condition.wait(held)
  {
    using mine = mutex.tryLock()
    assert.ok(mine !== undefined, 'it is free while the other waits')
    assert.equal(condition.notify(), 1)
  }
  assert.equal(await waiting, held, 'the same object, which is held again')
  assert.equal(mutex.tryLock(), undefined)
  held.unlock()
  assert.throws(() => held.unlock(), { code: 'EPERM' })
})

test('notify wakes as many as it is told, those who have waited longest first, and says how many', async () => {
  const stock = await freshStock()
  const { mutex, condition } = stock
  const woken: number[] = []
  const waits: Promise<unknown>[] = []
  for (let index = 0; index < 5; index++) {
    const held = await mutex.lock()
    waits.push(
      condition.wait(held).then(() => {
        woken.push(index)
        held.unlock()
      }),
    )
    await untilWaiting(stock, index + 1)
  }
  assert.equal(condition.notify(2), 2)
  await Promise.all(waits.slice(0, 2))
  assert.deepEqual([woken.toSorted(), condition.waiting], [[0, 1], 3])
  assert.equal(condition.notifyAll(), 3)
  await Promise.all(waits)
  assert.deepEqual([woken.length, condition.waiting, condition.notify()], [5, 0, 0])
})

test('after a timeout and after an abort the mutex is held again', async () => {
  const { mutex, condition } = await freshStock()
  using held = await mutex.lock()
  await assert.rejects(condition.wait(held, { timeout: 5 }), { name: 'TimeoutError' })
  assert.equal(mutex.tryLock(), undefined)
  const controller = new AbortController()
  const waiting = condition.wait(held, { signal: controller.signal })
  const other = mutex.tryLock()
  controller.abort(new Error('enough'))
  let ended = false
  const outcome = assert.rejects(waiting, /enough/).then(() => {
    ended = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(ended, false, 'an abort does not hurry who holds the mutex')
  other?.unlock()
  await outcome
  assert.equal(mutex.tryLock(), undefined)
  assert.throws(() => condition.waitSync(held, { timeout: 5 }), { name: 'TimeoutError' })
  assert.equal(mutex.tryLock(), undefined)
  assert.equal(condition.waiting, 0)
})

test('a notification that races with an abort is not lost: it is delivered, or nobody was notified', async () => {
  const stock = await freshStock()
  const { mutex, condition } = stock
  const random = seeded(5)
  let delivered = 0
  for (let round = 0; round < 200; round++) {
    using held = await mutex.lock()
    const controller = new AbortController()
    const waiting = condition.wait(held, { signal: controller.signal }).then(
      () => 1,
      () => 0,
    )
    for (let turn = below(random, 3); turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve))
    let notified = 0
    if (below(random, 2) === 0) {
      controller.abort()
      notified = condition.notify()
    } else {
      notified = condition.notify()
      controller.abort()
    }
    assert.equal(await waiting, notified, `round ${round}`)
    delivered += notified
  }
  assert.ok(delivered > 0)
})

test('we and C bring and take', async () => {
  const stock = await freshStock()
  const consumer = stockPeer('consume', stock.path, 2)
  await untilWaiting(stock)
  assert.equal(await produce(stock), 1)
  assert.equal(await consumer.line(), 'took')
  await untilWaiting(stock)
  await produce(stock)
  assert.equal((await consumer.ended).code, 0)
  const taking = [consume(stock), consume(stock)]
  await untilWaiting(stock, 2)
  assert.equal((await stockPeer('produce', stock.path, 2).ended).code, 0)
  await Promise.all(taking)
  assert.deepEqual([...stock.counts], [0, 4])
})

test('we attach to what C made, and C waits no longer than it wants', async () => {
  const stock = await freshStock()
  stock.mapping.bytes.fill(0)
  assert.throws(() => attachStock(stock.mapping, stock.path), { code: 'ERR_NOT_A_LOCK' })
  assert.equal((await stockPeer('init', stock.path, 8).ended).code, 0)
  const { mutex, condition } = attachStock(stock.mapping, stock.path)
  assert.equal((await stockPeer('wait', stock.path).ended).stdout, 'ETIMEDOUT\n')
  using held = await mutex.lock()
  const waiting = condition.wait(held)
  assert.equal((await stockPeer('produce', stock.path, 1).ended).code, 0)
  await waiting
})

test('many items among many takers, in C and here, are taken once each', async () => {
  const stock = await freshStock()
  const [EACH, ITEMS] = [150, 600]
  const peers = [0, 1].map(() => stockPeer('consume', stock.path, EACH))
  const here = [0, 1].map(async () => {
    for (let item = 0; item < EACH; item++) await consume(stock)
  })
  const bringer = stockPeer('produce', stock.path, ITEMS / 2)
  for (let item = 0; item < ITEMS / 2; item++) await produce(stock)
  await Promise.all([...here, ...peers.map(({ ended }) => ended), bringer.ended])
  assert.deepEqual([...stock.counts], [0, ITEMS])
  assert.equal(stock.condition.waiting, 0)
})

test('waitSync blocks this thread until another thread or process notifies', async () => {
  const stock = await freshStock()
  const bringer = stockPeer('produce', stock.path, 1)
  using held = stock.mutex.lockSync()
  while (stock.counts[0] === 0) stock.condition.waitSync(held)
  assert.equal(stock.counts[0], 1)
  held.unlock()
  await bringer.ended
})

test('a worker that is terminated waits no more, and what it was given goes to another', async () => {
  const stock = await freshStock()
  const worker = new Worker(new URL('../../fixtures/condition/worker.js', import.meta.url), {
    workerData: stock.path,
  })
  await untilWaiting(stock)
  const taking = consume(stock)
  await untilWaiting(stock, 2)
  await produce(stock) // the worker has waited longer, and is too busy to act on it
  await worker.terminate()
  await taking
  assert.equal(stock.condition.waiting, 0)
  assert.equal(stock.condition.notify(), 0)
})

test('as many wait as there is room for', async () => {
  const stock = await freshStock(1)
  const { mutex, condition } = stock
  using first = await mutex.lock()
  const waiting = condition.wait(first)
  await untilWaiting(stock)
  const second = await mutex.lock()
  await assert.rejects(condition.wait(second), {
    code: 'EAGAIN',
    message: /initialize it with more `waiters`/,
  })
  assert.equal(mutex.tryLock(), undefined, 'who could not wait holds it still')
  condition.notify()
  second.unlock()
  await waiting
})

test('a mapping does not close while somebody waits in it', async () => {
  const stock = await freshStock()
  using held = await stock.mutex.lock()
  const waiting = stock.condition.wait(held)
  assert.throws(() => stock.mapping.close(), {
    code: 'EBUSY',
    message: /held by .*an operation that waits for the condition at offset 64/,
  })
  stock.condition.notify()
  await waiting
  held.unlock()
  stock.mapping.close()
  assert.throws(() => stock.condition.notify(), { code: 'EBADF' })
  assert.throws(() => stock.condition.waiting, { code: 'EBADF' })
})

test('misuse is named', async () => {
  using mapping = Mapping.anonymous(4096)
  const mutex = Mutex.initialize(mapping, 0)
  const condition = Condition.initialize(mapping, 128, { waiters: 2 })
  assert.deepEqual([Condition.sizeFor(2), Condition.sizeFor(), Condition.alignment], [192, 64 + 32 * 64, 64])
  for (const [offset, waiters, message] of [
    [32, 2, /RangeError: offset must be a multiple of 64 for a condition, not 32/],
    [4032, 2, /RangeError: offset must leave room for the 192 bytes of a condition in 4096/],
    [64, 0, /RangeError: waiters/],
    [64, 2001, /RangeError: waiters must be at most 2000/],
    [64, '2', /TypeError: waiters/],
  ] as const) {
    assert.throws(() => Condition.initialize(mapping, offset, { waiters: waiters as number }), message)
  }
  assert.throws(() => Condition.at(mapping, 1024), { code: 'ERR_NOT_A_LOCK' })
  using held = mutex.lockSync()
  for (const wrong of [undefined, {}, mutex]) {
    await assert.rejects(condition.wait(wrong as never), /TypeError: held must be what a Mutex gave/)
  }
  for (const count of [0, -1, 0.5, Number.NaN])
    assert.throws(() => condition.notify(count), /RangeError: count/)
  assert.throws(() => condition.waitSync(held, { timeout: -1 }), /RangeError: timeout/)
  await assert.rejects(condition.wait(held, { signal: AbortSignal.abort() }), { name: 'AbortError' })
  assert.equal(mutex.tryLock(), undefined, 'misuse leaves the mutex held')
  held.unlock()
  await assert.rejects(condition.wait(held), { code: 'EPERM' })
  assert.equal(condition.waiting, 0)
})
