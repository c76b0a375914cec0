// Streams that end too early, or say that they are longer than anybody wants them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FramingName, framing } from 'hutong/channel'
import { bytes, drained, encoded, text } from './streams.ts'

const TRUNCATED: readonly [name: FramingName, stream: string, missing: number, message: RegExp][] = [
  ['length', '\x01', 3, /ended inside the length of a message: 3 bytes are missing/],
  ['length', '\x01\0\0', 1, /1 byte is missing/],
  ['length', '\x05\0\0\0', 5, /inside a message of 5 bytes: 5 bytes are missing/],
  ['length', '\x05\0\0\0abcd', 1, /inside a message of 5 bytes: 1 byte is missing/],
  ['fixed:4', 'abcde', 3, /inside a message of 4 bytes: 3 bytes are missing/],
]

for (const [name, stream, missing, message] of TRUNCATED) {
  const error = { name: 'FramingError', code: 'ERR_FRAMING_TRUNCATED', missing, message }

  test(`${name} that ends after ${JSON.stringify(stream)} lacks ${missing}`, () => {
    const decoder = framing(name).decoder()
    decoder.push(bytes(stream))
    drained(decoder)
    assert.throws(() => decoder.end(), error)
    assert.throws(() => decoder.next(), error)
    assert.throws(() => decoder.end(), error)
    assert.throws(() => decoder.push(bytes('x')), error)
  })

  test(`${name}: the messages before ${JSON.stringify(stream)} come before the error`, () => {
    const whole = encoded(name, ['full', '4444'])
    const decoder = framing(name).decoder()
    decoder.push(Buffer.concat([whole, bytes(stream)]))
    decoder.end()
    assert.deepEqual(
      [decoder.next(), decoder.next()].map((one) => text(one ?? bytes('none'))),
      ['full', '4444'],
    )
    const rest = name === 'fixed:4' ? [decoder.next()] : []
    assert.equal(rest.length, name === 'fixed:4' ? 1 : 0)
    assert.throws(() => decoder.next(), error)
  })
}

test('a length beyond maxMessage is refused in its turn, and for good', () => {
  for (const [length, header] of [
    [9, '\x09\0\0\0'],
    [2 ** 32 - 1, '\xff\xff\xff\xff'],
    [0x20544547, 'GET '],
  ] as const) {
    const decoder = framing('length', { maxMessage: 8 }).decoder()
    decoder.push(bytes(`\x02\0\0\0ok${header}12345678`))
    assert.equal(text(decoder.next() ?? bytes('')), 'ok')
    const message = new RegExp(`received message of ${length} bytes is longer than maxMessage \\(8\\)`)
    const error = { name: 'FramingError', code: 'ERR_FRAMING_TOO_LONG', message }
    for (let again = 0; again < 2; again++) assert.throws(() => decoder.next(), error)
    assert.throws(() => decoder.push(bytes('more')), error)
    assert.throws(() => decoder.end(), error)
  }
})

test('a message as long as maxMessage passes, one byte more does not', () => {
  const eight = { maxMessage: 8 }
  for (const name of ['length', 'lines'] as const) {
    const stream = Buffer.concat(framing(name, eight).encode(bytes('12345678')))
    const decoder = framing(name, eight).decoder()
    decoder.push(stream)
    assert.deepEqual(drained(decoder), ['12345678'])
    const long = { code: 'ERR_FRAMING_TOO_LONG', message: /of 9 bytes is longer than maxMessage \(8\)/ }
    assert.throws(() => framing(name, eight).encode(bytes('123456789')), long)
    decoder.push(encoded(name, ['123456789']))
    assert.throws(() => decoder.next(), long)
  }
})

test('a line without an end is refused as soon as it is too long', () => {
  const decoder = framing('lines', { maxMessage: 8 }).decoder()
  decoder.push(bytes('12345678'))
  assert.equal(decoder.next(), undefined)
  decoder.push(bytes('9'))
  assert.throws(() => decoder.next(), { code: 'ERR_FRAMING_TOO_LONG', message: /line of at least 9 bytes/ })
})

test('announced bytes cost no memory before they come', () => {
  const before = process.memoryUsage().arrayBuffers
  const decoders = Array.from({ length: 200 }, () => framing('length').decoder())
  for (const decoder of decoders) {
    decoder.push(bytes('\0\0\0\x04')) // 64 MiB
    assert.equal(decoder.next(), undefined)
  }
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 20)
})
