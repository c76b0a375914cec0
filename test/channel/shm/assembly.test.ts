// Messages in parts: put together from pieces that the peer may be writing, and believed only as far as they fit.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CorruptPeerError } from '#src/channel/corrupt.ts'
import { Assembly } from '#src/channel/shm/assembly.ts'
import { LEAST_PART, TAG } from '#src/channel/shm/layout.ts'
import { sendParts } from '#src/channel/shm/parts.ts'
import '../../support/leaks.ts'
import { freshRing, LIMIT } from '../../support/ring.ts'

const owner = {
  ringBell: () => {},
  corrupt: (what: string) => new CorruptPeerError('a ring', what),
}

/** A first part: `body`, and the length that the message is said to have. */
function first(body: Uint8Array, total: number): Uint8Array {
  const part = new Uint8Array(body.length + 8)
  part.set(body)
  new DataView(part.buffer).setFloat64(body.length, total, true)
  return part
}

const part = (fill: number): Uint8Array => new Uint8Array(LEAST_PART).fill(fill)

test('a message of any length goes in parts through a small ring', () => {
  const { writer, reader } = freshRing(4096)
  const assembly = new Assembly(owner, LIMIT)
  for (const length of [2041, 4096, 5000, 300_001]) {
    const message = Uint8Array.from({ length }, (_, i) => i % 251)
    let whole: Uint8Array | undefined
    for (let at = 0; whole === undefined; ) {
      at = sendParts(writer, message, at)
      writer.flush()
      while (reader.next() >= 0) {
        whole = assembly.add(reader.view(), reader.tag)
        reader.advance()
      }
    }
    assert.deepEqual(Buffer.from(whole), Buffer.from(message))
  }
  assert.equal(reader.messages, 4)
  assert.equal(reader.messages, writer.messages)
  assert.equal(reader.bytes, 2041 + 4096 + 5000 + 300_001)
  assert.equal(reader.bytes, writer.bytes)
})

test('a message that was given is not written again', () => {
  const assembly = new Assembly(owner, LIMIT)
  const whole = (fill: number) => {
    assembly.add(first(part(fill), LEAST_PART + 1), TAG.first)
    return assembly.add(Uint8Array.of(fill), TAG.last)
  }
  const one = whole(1)
  const two = whole(2)
  assert.deepEqual([one?.[0], two?.[0]], [1, 2])
})

const lies: readonly (readonly [string, readonly (readonly [Uint8Array, number])[]])[] = [
  ['a last part without a first', [[part(0), TAG.last]]],
  ['a middle without a first', [[part(0), TAG.middle]]],
  ['a first part in another message', [1, 2].map((fill) => [first(part(fill), 5000), TAG.first])],
  ['a first part too short for its length', [[new Uint8Array(7), TAG.first]]],
  ['a length that is no number', [[first(part(0), Number.NaN), TAG.first]]],
  ['a length below zero', [[first(part(0), -1), TAG.first]]],
  ['a length with a fraction', [[first(part(0), 1000.5), TAG.first]]],
  ['an infinite length', [[first(part(0), Number.POSITIVE_INFINITY), TAG.first]]],
  ['a length over the limit', [[first(part(0), LIMIT + 1), TAG.first]]],
  ['a part beyond the length', [[first(part(0), LEAST_PART - 1), TAG.first]]],
  [
    'a last part beyond the length',
    [
      [first(part(0), LEAST_PART), TAG.first],
      [part(1), TAG.last],
    ],
  ],
  [
    'an end before the length',
    [
      [first(part(0), 5000), TAG.first],
      [part(1), TAG.last],
    ],
  ],
  ['a part that is hardly one, for a start', [[first(new Uint8Array(0), 5000), TAG.first]]],
  [
    'one that is hardly one, for a middle: there could be as many as there are bytes',
    [
      [first(part(0), LIMIT), TAG.first],
      [new Uint8Array(1), TAG.middle],
    ],
  ],
]

for (const [what, parts] of lies) {
  test(`${what} is the peer's lie`, () => {
    const assembly = new Assembly(owner, LIMIT)
    assert.throws(() => {
      for (const [one, tag] of parts) assembly.add(one, tag)
    }, CorruptPeerError)
  })
}

test('a message that claims to be long takes memory only as its parts come', () => {
  const assembly = new Assembly(owner, 2 ** 40)
  const before = process.memoryUsage().arrayBuffers
  assembly.add(first(part(0), 2 ** 40), TAG.first)
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 22)
})
