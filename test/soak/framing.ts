// Random messages through every framing, in random pieces: each comes out whole, once, in order.
import assert from 'node:assert/strict'
import { type FrameDecoder, type FramingName, framing } from 'hutong/channel'
import { below, type Random } from '../support/random.ts'
import type { Soak } from './soak.ts'

export const framingSoak: Soak = {
  name: 'framing',
  slice: 20,
  async round(random) {
    for (const name of ['length', 'lines', `fixed:${1 + below(random, 3000)}`] as const) check(random, name)
    garbage(random)
  },
}

function check(random: Random, name: FramingName): void {
  const messages = Array.from({ length: below(random, 40) }, () => message(random, name))
  const parts = messages.flatMap((one) => framing(name).encode(one))
  const decoder = framing(name).decoder()
  const found: Uint8Array[] = []
  for (const piece of pieces(random, Buffer.concat(parts))) {
    decoder.push(piece)
    if (below(random, 3) > 0) drain(decoder, found)
  }
  drain(decoder, found)
  decoder.end()
  drain(decoder, found)
  assert.equal(decoder.buffered, 0)
  assert.deepEqual(
    found.map((one) => Buffer.from(one).toString('latin1')),
    messages.map((one) => Buffer.from(one).toString('latin1')),
  )
}

/** Bytes nobody framed: messages or a FramingError, never more than came in. */
function garbage(random: Random): void {
  const decoder = framing('length', { maxMessage: 5000 }).decoder()
  const stream = Uint8Array.from({ length: below(random, 3000) }, () =>
    below(random, 4) === 0 ? below(random, 256) : 0,
  )
  const found: Uint8Array[] = []
  try {
    for (const piece of pieces(random, stream)) {
      decoder.push(piece)
      drain(decoder, found)
    }
    decoder.end()
  } catch (error) {
    assert.equal((error as Error).name, 'FramingError')
  }
  assert.ok(found.reduce((sum, { length }) => sum + 4 + length, 0) <= stream.length)
}

function drain(decoder: FrameDecoder, found: Uint8Array[]): void {
  for (let one = decoder.next(); one !== undefined; one = decoder.next()) found.push(one)
}

function message(random: Random, name: FramingName): Uint8Array {
  const most = below(random, 6) === 0 ? 20_000 : 40
  const length = name.startsWith('fixed:') ? Number(name.slice(6)) : below(random, most)
  const lowest = name === 'lines' ? 11 : 0
  return Uint8Array.from({ length }, () => lowest + below(random, 256 - lowest))
}

/** Each a copy, as from a read: from single bytes to 64 KiB. */
function* pieces(random: Random, stream: Uint8Array): Generator<Uint8Array> {
  const most = 2 ** below(random, 17)
  for (let at = 0; at < stream.length; ) {
    const piece = stream.slice(at, at + 1 + below(random, most))
    at += piece.length
    yield piece
  }
}
