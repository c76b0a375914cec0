// Loans, views, packed messages, memory of the caller's; codecs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BadMessageError, type Codec } from 'hutong/channel'
import { drain, fill, joined, joinedWith, type Lane, over, pattern, same } from './lane.ts'

/** Numbers up to 127 as one byte; written in place where there is a place. */
const small: Codec<number> = {
  name: 'small',
  scratch: true,
  keeps: false,
  encode(value) {
    if (!(value >= 0 && value < 128)) throw new RangeError(`value must be 0 to 127, not ${value}`)
    return scratch.fill(value)
  },
  encodeInto(value, target) {
    if (!(value >= 0 && value < 128)) throw new RangeError(`value must be 0 to 127, not ${value}`)
    if (target.length < 2) return -1
    target.fill(value, 0, 2)
    return 2
  },
  decode([byte = 255, check]) {
    if (byte > 127 || byte !== check) throw new TypeError(`${byte} is not small`)
    return byte
  },
}
const scratch = new Uint8Array(2)
/** The bytes of `small`, and others. */
const raw: Codec<number> = { ...small, encode: (value) => Uint8Array.of(value, value), encodeInto: () => -1 }

export function inPlace(lane: Lane): void {
  const name = (what: string): string => `${lane.name}: ${what}`

  test(name('a loan is a message once it is committed, and nothing once it is aborted'), async () => {
    const [one, other] = await joined(lane)
    const loan = one.tryLoan(100)
    assert.ok(loan)
    assert.equal(one.trySend(pattern(1, 1)), undefined, 'nothing else is sent meanwhile')
    const behind = one.send(pattern(7, 7))
    loan.bytes.set(pattern(60, 5))
    loan.commit(60)
    assert.throws(() => loan.commit(), Error)
    assert.ok(same(await other.receive(), pattern(60, 5)))
    await behind
    assert.ok(same(await other.receive(), pattern(7, 7)))
    const unwanted = one.tryLoan(10)
    const next = one.send(pattern(8, 8))
    unwanted?.bytes.fill(1)
    unwanted?.abort()
    unwanted?.abort()
    await next
    assert.ok(same(await other.receive(), pattern(8, 8)))
  })

  test(name('a view stays as it is while later messages come, until it is released'), async () => {
    const [one, other] = await joined(lane)
    one.trySend(pattern(1000, 1))
    one.trySend(pattern(1000, 2))
    const view = await other.receiveView()
    const second = await other.receiveView()
    assert.ok(view && second)
    const end = await fill(one, 3000)
    for (let i = 0; i < end; i++) {
      assert.ok(same(view.bytes, pattern(1000, 1)))
      assert.ok(same(await other.receive(), pattern(3000, i)))
    }
    assert.ok(same(second.bytes, pattern(1000, 2)))
    view.release()
    view.release()
    second.release()
    const sending = one.send(pattern(300_000, 3))
    const long = await other.receiveView()
    assert.ok(same(long?.bytes, pattern(300_000, 3)))
    long?.release()
    await sending
  })

  test(name('a target that is too short is a RangeError, and the message stays'), async () => {
    const [one, other] = await joined(lane)
    one.trySend(pattern(10, 1))
    await assert.rejects(other.receiveInto(new Uint8Array(9)), RangeError)
    assert.throws(() => other.tryReceiveInto(new Uint8Array(0)), RangeError)
    const target = new Uint8Array(12)
    assert.equal(other.tryReceiveInto(target), 10)
    assert.ok(same(target.subarray(0, 10), pattern(10, 1)))
    const waits = other.receiveInto(new Uint8Array(3))
    one.trySend(pattern(4, 2))
    await assert.rejects(waits, RangeError)
    assert.ok(same(await other.receive(), pattern(4, 2)))
  })

  test(name('packed messages are sent together and are as many messages'), async () => {
    const [one, other] = await joined(lane)
    const packed = pattern(64 * 50, 9)
    assert.equal(one.trySendPacked(packed, 64), true)
    assert.ok(same(await other.receive(), packed.subarray(0, 64)))
    const target = new Uint8Array(64 * 50)
    let at = 64
    while (at < packed.length) {
      await other.readable()
      const got = other.tryReceivePacked(target)
      assert.ok(got && got.size === 64 && got.bytes.length === got.count * 64)
      assert.ok(same(got.bytes, packed.subarray(at, at + got.bytes.length)))
      at += got.bytes.length
    }
    assert.equal(at, packed.length)
    assert.equal(other.tryReceivePacked(target), undefined)
    assert.equal(one.trySendPacked(new Uint8Array(0), 8), true)
    one.destroy()
    await over(other)
    assert.equal(other.tryReceivePacked(target), null)
  })

  test(name('values go through the codec, in place or not, also where there is little room'), async () => {
    const [one, other] = await joinedWith(lane, small)
    for (let i = 0; i < 100; i++) await one.send(i)
    for (let i = 0; i < 100; i++) assert.equal(await other.receive(), i)
    const [filled, drained] = await joined(lane)
    const end = await fill(filled, 777)
    await drain(drained, 777, [0, end])
    assert.throws(() => one.trySend(200), RangeError)
    await assert.rejects(one.send(-1), RangeError)
    one.sendSync(5)
    assert.equal(other.receiveSync(), 5)
  })

  test(
    name('a message that is none of the codec is a BadMessageError, and the next one is received'),
    async () => {
      const [one, other] = await joinedWith(lane, raw)
      const { decode } = small
      assert.equal(other.tryReceive(), undefined)
      for (const value of [1, 200, 2, 201, 3]) await one.send(value)
      assert.equal(await other.receive(), 1)
      const bad = (error: unknown): boolean =>
        error instanceof BadMessageError && error.code === 'ERR_BAD_MESSAGE'
      await assert.rejects(other.receive(), bad)
      assert.equal(await other.receive(), 2)
      await assert.rejects(async () => {
        for await (const value of other) assert.fail(`${value}`)
      }, bad)
      assert.equal(await other.receive(), 3)
      assert.throws(() => decode(Uint8Array.of(255)), TypeError)
    },
  )
}
