// Framings as a foreign program writes them: any sizes of its writes, its mistakes, its ends.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UnixSocket } from 'hutong'
import {
  type Channel,
  type Closed,
  channelOver,
  FramingError,
  framing,
  type OverOptions,
} from 'hutong/channel'
import { cleanUp } from '../../support/leaks.ts'
import { seeded } from '../../support/random.ts'

/** A channel, and the foreign program's end of its socket. */
function withForeigner(options: OverOptions): [Channel<Uint8Array>, UnixSocket] {
  const [ours, foreign] = UnixSocket.pair()
  const channel = channelOver(ours, options)
  cleanUp(() => {
    channel.destroy()
    foreign.close()
  })
  return [channel, foreign]
}

const text = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString()

async function allOf(channel: Channel<Uint8Array>): Promise<string[]> {
  const got: string[] = []
  for await (const message of channel) got.push(text(message))
  return got
}

test('lines, of which the last need not end', async () => {
  const [channel, foreign] = withForeigner({ framing: 'lines' })
  await foreign.write('one\n\ntwo\r\nlast')
  foreign.close()
  assert.deepEqual(await allOf(channel), ['one', '', 'two\r', 'last'])
})

test('lines go out with a newline, and a message that has one is refused', async () => {
  const [channel, foreign] = withForeigner({ framing: 'lines' })
  await channel.send(Buffer.from('one'))
  const refused = { code: 'ERR_FRAMING_REFUSED' }
  assert.throws(() => channel.trySend(Buffer.from('a\nb')), refused)
  await assert.rejects(channel.send(Buffer.from(`${'x'.repeat(100_000)}\n`)), refused)
  const loan = channel.tryLoan(3)
  loan?.bytes.fill(10)
  assert.throws(() => loan?.commit(), refused)
  await channel.send(Buffer.from('x'.repeat(100_000)))
  await channel.close()
  let got = ''
  for await (const chunk of foreign) got += text(chunk)
  assert.equal(got, `one\n${'x'.repeat(100_000)}\n`)
})

test('fixed messages, cut from whatever comes, and packed', async () => {
  const [channel, foreign] = withForeigner({ framing: 'fixed:4' })
  await foreign.write('aaaabbb')
  assert.equal(text(await channel.receive()), 'aaaa')
  assert.equal(channel.tryReceive(), undefined)
  await foreign.write('bccccdddd')
  assert.equal(text(await channel.receive()), 'bbbb')
  const packed = channel.tryReceivePacked(new Uint8Array(64))
  assert.deepEqual([packed?.count, packed?.size, text(packed?.bytes ?? null)], [2, 4, 'ccccdddd'])
  assert.throws(() => channel.trySend(Buffer.from('abc')), { code: 'ERR_FRAMING_REFUSED' })
  assert.equal(channel.trySendPacked(Buffer.from('eeeeffff'), 4), true)
  assert.equal(text(await foreign.read()), 'eeeeffff')
})

test('without framing what comes is given as it comes, and an empty message is refused', async () => {
  const [channel, foreign] = withForeigner({ framing: 'none' })
  await foreign.write('some bytes')
  assert.equal(text(await channel.receive()), 'some bytes')
  assert.throws(() => channel.trySend(new Uint8Array(0)), { code: 'ERR_FRAMING_REFUSED' })
  channel.trySend(Buffer.from('and '))
  channel.trySend(Buffer.from('back'))
  assert.equal(text(await foreign.read()), 'and back')
})

for (const [name, wire] of [
  ['length', [4, 0, 0, 0, 1, 2]],
  ['length', [4, 0]],
  ['fixed:3', [1, 2]],
] as const) {
  test(`${name}: a stream that ends inside a message has failed, after the messages before`, async () => {
    const [channel, foreign] = withForeigner({ framing: name })
    const [whole] = framing(name).encode(new Uint8Array(3).fill(7))
    await foreign.write(Uint8Array.from([...(whole ?? []), ...(name === 'length' ? [7, 7, 7] : []), ...wire]))
    foreign.close()
    assert.equal((await channel.receive())?.length, 3)
    const truncated = (error: unknown): boolean =>
      error instanceof FramingError && error.code === 'ERR_FRAMING_TRUNCATED' && (error.missing ?? 0) > 0
    await assert.rejects(channel.receive(), truncated)
    await assert.rejects(channel.receive(), truncated)
    const { reason, error }: Closed = await channel.closed
    assert.ok(reason === 'failed' && truncated(error))
    assert.throws(() => channel.trySend(new Uint8Array(3)), truncated)
  })
}

for (const [name, wire] of [
  ['length', Uint8Array.of(255, 255, 255, 255)],
  ['lines', Buffer.from('x'.repeat(101))],
] as const) {
  test(`${name}: a message above the limit costs an error and no memory, and the peer is told`, async () => {
    const [channel, foreign] = withForeigner({ framing: name, limit: 100 })
    assert.throws(() => channel.trySend(new Uint8Array(101)), { name: /RangeError|FramingError/ })
    await assert.rejects(channel.send(new Uint8Array(101)), { code: 'ERR_FRAMING_TOO_LONG' })
    await foreign.write(wire)
    await assert.rejects(channel.receive(), { code: 'ERR_FRAMING_TOO_LONG' })
    assert.equal((await channel.closed).reason, 'failed')
    assert.equal(await foreign.read(), null)
  })
}

test('a header that announces much costs nothing before the bytes come', async () => {
  const [channel, foreign] = withForeigner({ framing: 'length' })
  const before = process.memoryUsage().arrayBuffers
  await foreign.write(Uint8Array.of(0, 0, 0, 4, 1, 2, 3)) // 64 MiB
  await assert.rejects(channel.receive({ timeout: 1 }), { code: 'ETIMEDOUT' })
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 20)
  foreign.close()
  await assert.rejects(channel.receive(), { code: 'ERR_FRAMING_TRUNCATED', missing: 2 ** 26 - 3 })
})

for (const name of ['length', 'lines'] as const) {
  test(`${name}: whatever the pieces, the messages are the same`, async () => {
    const next = seeded(7)
    const [channel, foreign] = withForeigner({ framing: name })
    const sizes = [0, 1, 5, 100, 4093, 65_536, 131_072, 200_000, 3, 0, 1_000_000, 2]
    const messages = sizes.map((size, i) => new Uint8Array(size).fill(i + 20))
    const wire = Buffer.concat(messages.flatMap((message) => framing(name).encode(message)))
    const writing = (async () => {
      for (let at = 0; at < wire.length; ) {
        const size = 1 + Math.floor(next() ** 4 * 100_000)
        await foreign.write(wire.subarray(at, at + size))
        at += size
      }
    })()
    for (const message of messages) {
      const got = await channel.receive()
      assert.ok(got !== null && Buffer.compare(got, message) === 0, `${message.length} bytes`)
    }
    await writing
  })
}
