// Messages arrive whole, in order, each once, whatever their length and number.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drain, fill, joined, type Lane, pattern, same } from './lane.ts'

export function messages(lane: Lane): void {
  const name = (what: string): string => `${lane.name}: ${what}`

  test(name('messages of every length arrive whole, in order, both ways at once'), async () => {
    const [one, other] = await joined(lane)
    const { longest } = one
    const lengths = [0, 1, 2, 3, 4, 7, 8, 63, 64, 65, 4095, 4096, longest - 1, longest, longest + 1, 300_000]
    const sending = lengths.flatMap((length, i) => [
      one.send(pattern(length, i)),
      other.send(pattern(length, i + 100)),
    ])
    for (const [i, length] of lengths.entries()) {
      assert.ok(same(await other.receive(), pattern(length, i)), `${length} bytes`)
      assert.ok(same(await one.receive(), pattern(length, i + 100)), `${length} bytes back`)
    }
    await Promise.all(sending)
  })

  test(name('a message of 4 MiB arrives between small ones'), async () => {
    const [one, other] = await joined(lane)
    const all = [pattern(1, 1), new Uint8Array(2 ** 22).fill(7), pattern(0, 2), pattern(5, 3)]
    const sending = Promise.all(all.map((message) => one.send(message)))
    for (const message of all) assert.ok(same(await other.receive(), message))
    await sending
  })

  test(
    name('without room trySend says so, and writable resolves when there is; nothing is lost'),
    async () => {
      const [one, other] = await joined(lane)
      let end = await fill(one, 5000)
      assert.ok(end > 2)
      const writable = one.writable(5000)
      const early = one.trySend(pattern(5000, end))
      assert.ok(early === undefined || lane.steady === false, 'who waits comes first')
      if (early) end++
      const writes = writable.then(() => assert.equal(one.trySend(pattern(5000, end)), true))
      await drain(other, 5000, [0, end])
      await writes
      await drain(other, 5000, [end, end + 1])
    },
  )

  test(name('sends that wait go out in the order of the calls'), async () => {
    const [one, other] = await joined(lane)
    const end = await fill(one, 5000)
    const sending = Promise.all([0, 1, 2].map((more) => one.send(pattern(5000, end + more))))
    await drain(other, 5000, [0, end + 3])
    await sending
    assert.equal(other.tryReceive(), undefined)
  })

  test(name('receives that wait are served in the order of the calls'), async () => {
    const [one, other] = await joined(lane)
    const target = new Uint8Array(8)
    const waiting = [other.receive(), other.receiveInto(target), other.receiveView(), other.receive()]
    assert.equal(other.tryReceive(), undefined, 'who waits comes first')
    for (let i = 0; i < 4; i++) assert.equal(one.trySend(Uint8Array.of(i)), true)
    const [first, length, view, last] = (await Promise.all(waiting)) as [
      Uint8Array,
      number,
      { readonly bytes: Uint8Array; release(): void },
      Uint8Array,
    ]
    assert.deepEqual([first[0], length, target[0], view.bytes[0], last[0]], [0, 1, 1, 2, 3])
    view.release()
  })

  test(
    name('iterating gives every message, one by one or as many as are there, until the peer closes'),
    async () => {
      const [one, other] = await joined(lane)
      for (let i = 0; i < 6; i++) one.trySend(Uint8Array.of(i))
      const got: (number | undefined)[] = []
      for await (const [byte] of other) {
        got.push(byte)
        if (got.length === 3) break
      }
      const closing = one.close()
      for await (const batch of other.batches({ most: 2 })) {
        assert.ok(batch.length === 1 || batch.length === 2)
        for (const [byte] of batch) got.push(byte)
      }
      assert.deepEqual(got, [0, 1, 2, 3, 4, 5])
      await closing
      for await (const _ of other) assert.fail('nothing comes after the end')
    },
  )

  test(name('counters count every message and byte'), async () => {
    const [one, other] = await joined(lane)
    const lengths = [0, 10, 300_000, 1]
    const sending = Promise.all(lengths.map((length) => one.send(pattern(length, 1))))
    for (const _ of lengths) await other.receive()
    await sending
    one.trySendPacked(new Uint8Array(64), 8)
    for (let i = 0; i < 8; i++) await other.receiveInto(new Uint8Array(8))
    const { sent } = one.counters
    const { received } = other.counters
    assert.deepEqual([sent.messages, sent.bytes], [12, 300_075])
    assert.deepEqual([received.messages, received.bytes], [12, 300_075])
    assert.equal(other.counters.sent.messages, 0)
    assert.ok(received.waits >= 0 && sent.wakes >= 0)
  })
}
