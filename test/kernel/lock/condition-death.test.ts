// Waiters and notifiers that are killed at each step of include/hutong/condition.h: whoever lives goes on.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Child } from '../../support/child.ts'
import { freshStock, stockPeer } from '../../support/fresh-stock.ts'
import { consume, produce, type Stock, untilWaiting } from '../../support/stock.ts'

async function killed(peer: Child): Promise<void> {
  assert.equal((await peer.ended).signal, 'SIGKILL')
}

/** One who is killed at `step` of its wait, having waited longer than the one that is to get the item. */
async function bereaved(step: string): Promise<{ stock: Stock; peer: Child; taking: Promise<boolean> }> {
  const stock = await freshStock()
  const peer = stockPeer('consume', stock.path, 1, step)
  await untilWaiting(stock)
  const taking = consume(stock)
  await untilWaiting(stock, 2)
  return { stock, peer, taking }
}

for (const step of ['wait: woken', 'end: locked', 'end: free']) {
  test(`a waiter that is killed at "${step}" was notified: the item goes to another`, async () => {
    const { stock, peer, taking } = await bereaved(step)
    await produce(stock)
    await killed(peer)
    // Who dies with the lock is found by whoever locks it next.
    assert.equal(await taking, step !== 'wait: woken')
    assert.deepEqual([...stock.counts, stock.condition.waiting], [0, 1, 0])
  })
}

for (const step of ['begin: claimed', 'begin: waiting', 'wait: unlocked']) {
  test(`a waiter that is killed at "${step}" is not counted, and gets nothing`, async () => {
    const stock = await freshStock(1)
    await killed(stockPeer('consume', stock.path, 1, step))
    assert.equal(stock.condition.waiting, 0)
    assert.equal(stock.condition.notify(), 0)
    const taking = consume(stock) // in the only place there is
    await untilWaiting(stock)
    assert.equal(await produce(stock), 1)
    await taking
  })
}

for (const step of ['notify: chosen', 'notify: marked']) {
  test(`a notifier that is killed at "${step}" leaves nobody asleep who was notified`, async () => {
    const stock = await freshStock()
    const taking = consume(stock)
    await untilWaiting(stock)
    await killed(stockPeer('produce', stock.path, 1, step))
    // Not notified yet: the item is there all the same, for the next who says so.
    if (step === 'notify: chosen') assert.equal(stock.condition.notify(), 1)
    await taking
    assert.deepEqual([...stock.counts], [0, 1])
  })
}

test('one who is killed while it passes on what a dead one was given leaves nobody asleep', async () => {
  const { stock, peer, taking } = await bereaved('wait: woken')
  await produce(stock)
  await killed(peer)
  await stockPeer('produce', stock.path, 1, 'recover: delivered').ended // unless ours was first to pass it on
  await taking
  await consume(stock)
  assert.deepEqual([...stock.counts], [0, 2])
  const again = consume(stock)
  await untilWaiting(stock)
  await produce(stock)
  await again
})

test('a waiter that is killed in its sleep is not counted, and its place is free', async () => {
  const stock = await freshStock(2)
  const peers = [stockPeer('consume', stock.path, 1), stockPeer('consume', stock.path, 1)]
  await untilWaiting(stock, 2)
  for (const peer of peers) {
    peer.process.kill('SIGKILL')
    await peer.ended
  }
  assert.equal(stock.condition.waiting, 0)
  assert.equal(stock.condition.notifyAll(), 0)
  const taking = [consume(stock), consume(stock)]
  await untilWaiting(stock, 2)
  await produce(stock)
  await produce(stock)
  await Promise.all(taking)
})

test('when the holder of the mutex dies, those who wait wake and are told', async () => {
  const stock = await freshStock()
  using held = await stock.mutex.lock()
  const waiting = stock.condition.wait(held)
  const peer = stockPeer('hold', stock.path)
  assert.equal(await peer.line(), 'held')
  peer.process.kill('SIGKILL')
  await waiting
  assert.equal(held.ownerDied, true)
  held.makeConsistent()
})
