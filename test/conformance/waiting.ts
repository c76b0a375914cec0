// Waiting that is given up loses nothing; blocking forms; what keeps the event loop running.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TimeoutError } from 'hutong'
import { drain, fill, joined, type Lane, pattern, same } from './lane.ts'

const never = new Error('never mind')

export function waiting(lane: Lane): void {
  const name = (what: string): string => `${lane.name}: ${what}`

  test(name('a receive that is given up takes nothing'), async () => {
    const [one, other] = await joined(lane)
    await assert.rejects(other.receive({ timeout: 2 }), TimeoutError)
    const control = new AbortController()
    const { signal } = control
    const waits = [other.receive({ signal }), other.receiveView({ signal }), other.readable({ signal })]
    const outcomes = Promise.allSettled(waits)
    const stays = other.receive()
    control.abort(never)
    for (const outcome of await outcomes) assert.equal(outcome.status === 'rejected' && outcome.reason, never)
    one.trySend(pattern(9, 1))
    one.trySend(pattern(9, 2))
    assert.ok(same(await stays, pattern(9, 1)))
    await assert.rejects(other.receive({ signal }), never)
    assert.ok(same(await other.receive({ timeout: 5000 }), pattern(9, 2)))
  })

  test(name('a send that is given up is not sent, and those behind it are'), async () => {
    const [one, other] = await joined(lane)
    const end = await fill(one, 5000)
    const control = new AbortController()
    const { signal } = control
    const givenUp = Promise.allSettled([
      one.send(pattern(5000, end), { signal }),
      one.writable(5000, { signal }),
      one.send(pattern(5000, end + 1), { timeout: 1 }),
    ])
    const behind = one.send(pattern(5000, 77))
    control.abort(never)
    const outcomes = await givenUp
    for (const [i, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') assert.equal(lane.steady, false)
      else assert.ok(i === 2 ? outcome.reason instanceof TimeoutError : outcome.reason === never)
    }
    await assert.rejects(one.send(pattern(5000, 255), { signal }), never)
    await drain(other, 5000, [0, end])
    const [first, , third] = outcomes
    if (first.status === 'fulfilled') assert.ok(same(await other.receive(), pattern(5000, end)))
    if (third.status === 'fulfilled') assert.ok(same(await other.receive(), pattern(5000, end + 1)))
    assert.ok(same(await other.receive(), pattern(5000, 77)))
    await behind
    assert.equal(other.tryReceive(), undefined)
  })

  test(name('a long message that is given up half way goes whole'), async () => {
    const [one, other] = await joined(lane)
    const control = new AbortController()
    const long = new Uint8Array(2 ** 23).fill(3)
    const sending = one.send(long, { signal: control.signal })
    const behind = one.send(pattern(10, 1))
    control.abort(never)
    await assert.rejects(sending, never)
    assert.ok(same(await other.receive(), long))
    assert.ok(same(await other.receive(), pattern(10, 1)))
    await behind
  })

  test(name('the blocking forms send and receive, and time out'), async () => {
    const [one, other] = await joined(lane)
    assert.throws(() => other.receiveSync({ timeout: 1 }), /TimeoutError: .* timed out after 1 ms/)
    one.sendSync(pattern(100, 1))
    one.trySend(pattern(100, 2))
    one.flush()
    assert.ok(same(other.receiveSync(), pattern(100, 1)))
    assert.equal(other.receiveIntoSync(new Uint8Array(100), { timeout: 1000 }), 100)
    let end = 0
    assert.throws(() => {
      for (; ; end++) one.sendSync(pattern(5000, end), { timeout: 1 })
    }, TimeoutError)
    await drain(other, 5000, [0, end]) // which lets this thread, too, write the rest
    one.sendSync(pattern(10, 0))
    assert.ok(same(other.receiveSync({ timeout: 1000 }), pattern(10, 0)))
  })

  test(name('nonsense is refused, whatever the state'), async () => {
    const [one] = await joined(lane)
    await assert.rejects(one.receive({ timeout: -1 }), RangeError)
    await assert.rejects(one.send(pattern(1, 1), { timeout: Number.NaN }), RangeError)
    assert.throws(() => one.receiveSync({ timeout: -1 }), RangeError)
    assert.throws(() => one.sendSync(pattern(1, 1), { timeout: -1 }), RangeError)
    assert.throws(() => one.trySend('text' as unknown as Uint8Array), TypeError)
    await assert.rejects(one.send('text' as unknown as Uint8Array), TypeError)
    assert.throws(() => one.trySend(new Uint8Array(one.longest + 1)), RangeError)
    assert.throws(() => one.tryLoan(one.longest + 1), RangeError)
    assert.throws(() => one.trySendPacked(new Uint8Array(7), 2), RangeError)
  })
}
