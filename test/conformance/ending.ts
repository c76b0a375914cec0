// How channels end, and what is still received then.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { descriptors } from '../support/leaks.ts'
import { drain, fill, joined, type Lane, over, pattern, same } from './lane.ts'

export function ending(lane: Lane): void {
  const name = (what: string): string => `${lane.name}: ${what}`

  test(
    name('close sends what waits for room; the peer receives it all, then null; both are told why'),
    async () => {
      const [one, other] = await joined(lane)
      const end = await fill(one, 5000)
      const waiting = [one.send(pattern(5000, end)), one.send(pattern(5000, end + 1))]
      const closing = one.close()
      await drain(other, 5000, [0, end + 2])
      await Promise.all([...waiting, closing, one.close()])
      assert.equal(await other.receive(), null)
      assert.equal(other.tryReceive(), null)
      assert.equal(await other.receiveView(), null)
      assert.deepEqual(
        [await over(one), await over(other)],
        [{ reason: 'closed' }, { reason: 'peer-closed' }],
      )
      await other.close()
      assert.deepEqual(await over(other), { reason: 'peer-closed' })
    },
  )

  test(name('destroy rejects what waits with EBADF; what was handed over still arrives'), async () => {
    const [one, other] = await joined(lane)
    let end = await fill(one, 5000)
    const outcomes = Promise.allSettled([one.receive(), one.readable(), one.send(pattern(5000, end))])
    one.destroy()
    one.destroy()
    for (const [i, outcome] of (await outcomes).entries()) {
      if (i === 2 && lane.steady === false && outcome.status === 'fulfilled') end++
      else assert.equal(outcome.status === 'rejected' && outcome.reason.code, 'EBADF')
    }
    await drain(other, 5000, [0, end])
    assert.equal(await other.receive(), null)
    assert.deepEqual(await over(other), { reason: 'peer-closed' })
  })

  test(name('after its own close every method is EBADF, and close does nothing'), async () => {
    const [one] = await joined(lane)
    await one.close()
    const gone = { code: 'EBADF' }
    assert.throws(() => one.trySend(pattern(1, 1)), gone)
    assert.throws(() => one.sendSync(pattern(1, 1)), gone)
    assert.throws(() => one.tryLoan(1), gone)
    assert.throws(() => one.flush(), gone)
    assert.throws(() => one.tryReceive(), gone)
    assert.throws(() => one.receiveSync(), gone)
    assert.throws(() => one.tryReceivePacked(new Uint8Array(1)), gone)
    for (const call of [one.send(pattern(1, 1)), one.writable(), one.receive(), one.readable()]) {
      await assert.rejects(call, gone)
    }
    await one.close()
    assert.ok(one.counters)
    assert.ok(one.label)
  })

  test(name('once the peer has closed sending is EPIPE, and what it sent before is received'), async () => {
    const [one, other] = await joined(lane)
    await fill(other, 5000)
    await one.send(pattern(3, 3))
    one.destroy() // although it has not received what was sent to it
    assert.deepEqual(await over(other), { reason: 'peer-closed' })
    const broken = { code: 'EPIPE' }
    assert.throws(() => other.trySend(pattern(1, 1)), broken)
    await assert.rejects(other.send(pattern(1, 1)), broken)
    await assert.rejects(other.send(pattern(300_000, 1)), broken)
    assert.throws(() => other.sendSync(pattern(1, 1)), broken)
    assert.ok(same(await other.receive(), pattern(3, 3)))
    assert.equal(other.receiveSync(), null)
    await other.readable()
  })

  test(name('who waits for room is told when the peer closes'), async () => {
    const [one, other] = await joined(lane)
    const end = await fill(one, 5000)
    const waiting = [one.send(pattern(5000, end)), one.writable(5000), one.send(pattern(300_000, 0))]
    const outcomes = Promise.allSettled(waiting)
    other.destroy()
    for (const outcome of await outcomes) {
      if (lane.steady === false && outcome.status === 'fulfilled') continue
      assert.equal(outcome.status === 'rejected' && outcome.reason.code, 'EPIPE')
    }
    assert.equal(await one.receive(), null)
  })

  test(name('both sides close at once'), async () => {
    const [one, other] = await joined(lane)
    one.trySend(pattern(1, 1))
    other.trySend(pattern(1, 1))
    await Promise.all([one.close(), other.close()])
  })

  test(name('200 channels leave no descriptor behind'), async () => {
    const before = descriptors().size
    for (let i = 0; i < 200; i += 4) {
      const four = await Promise.all([joined(lane), joined(lane), joined(lane), joined(lane)])
      for (const [one, other] of four) {
        one.trySend(pattern(10, i))
        assert.ok(same(await other.receive(), pattern(10, i)))
        one.destroy()
        assert.equal(await other.receive(), null)
        await other.close()
      }
    }
    assert.ok(descriptors().size <= before + 8, 'but for what is being closed')
  })
}
