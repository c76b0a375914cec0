import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FramingError, type FramingName, framing } from 'hutong/channel'
import { bytes, drained, encoded, text } from './streams.ts'

/** Everything in `stream`, pushed in the pieces that end at `cuts`. */
function decoded(name: FramingName, stream: Uint8Array, cuts: readonly number[]): string[] {
  const decoder = framing(name).decoder()
  const found: string[] = []
  let at = 0
  for (const cut of [...cuts, stream.length]) {
    decoder.push(stream.slice(at, cut))
    found.push(...drained(decoder))
    at = cut
  }
  decoder.end()
  return [...found, ...drained(decoder)]
}

const STREAMS: readonly [name: FramingName, messages: readonly string[], stream: string][] = [
  ['length', ['a', '', 'lane\nhouse', ''], '\x01\0\0\0a\0\0\0\0\x0a\0\0\0lane\nhouse\0\0\0\0'],
  ['lines', ['one', '', 'with return\r', '\0\xff'], 'one\n\nwith return\r\n\0\xff\n'],
  ['fixed:3', ['abc', '\n\n\n', 'def'], 'abc\n\n\ndef'],
]

for (const [name, messages, stream] of STREAMS) {
  test(`${name} puts these bytes on the stream and finds the messages again`, () => {
    assert.equal(text(encoded(name, messages)), stream)
    assert.deepEqual(decoded(name, bytes(stream), []), messages)
  })

  test(`${name} finds the messages wherever the stream is split in two or three`, () => {
    for (let first = 0; first <= stream.length; first++) {
      for (let second = first; second <= stream.length; second++) {
        assert.deepEqual(
          decoded(name, bytes(stream), [first, second]),
          messages,
          `split at ${first}, ${second}`,
        )
      }
    }
  })

  test(`${name} finds the messages in a stream that comes byte by byte`, () => {
    assert.deepEqual(decoded(name, bytes(stream), [...bytes(stream).keys()]), messages)
  })

  test(`${name} does not copy a message to send it, nor one that came in one piece`, () => {
    const message = bytes(messages[0] ?? '')
    assert.ok(framing(name).encode(message).includes(message))
    const chunk = encoded(name, [text(message)])
    const decoder = framing(name).decoder()
    decoder.push(chunk)
    assert.equal(decoder.next()?.buffer, chunk.buffer)
  })
}

test('none gives every chunk as it came', () => {
  assert.deepEqual(decoded('none', bytes('abcdef'), [0, 1, 1, 4]), ['a', 'bcd', 'ef'])
  const message = bytes('abc')
  assert.deepEqual(framing('none').encode(message), [message])
  assert.deepEqual(framing('none').encode(bytes('')), [])
})

test('the last line is given at the end, also without its newline', () => {
  const decoder = framing('lines').decoder()
  decoder.push(bytes('one\ntwo'))
  assert.deepEqual(drained(decoder), ['one'])
  decoder.end()
  decoder.end()
  assert.deepEqual(drained(decoder), ['two'])
  decoder.end()
  assert.deepEqual(drained(decoder), [])
})

test('a stream may end without any message', () => {
  for (const name of ['length', 'lines', 'fixed:3', 'none'] as const)
    assert.deepEqual(decoded(name, bytes(''), []), [])
})

test('a message that the framing cannot carry is refused', () => {
  const newline = { code: 'ERR_FRAMING_REFUSED', message: /newline \(at byte 2\).*use the framing length/ }
  assert.throws(() => framing('lines').encode(bytes('ab\ncd')), newline)
  const size = { code: 'ERR_FRAMING_REFUSED', message: /fixed:4 cannot carry a message of 3 bytes/ }
  assert.throws(() => framing('fixed:4').encode(bytes('abc')), size)
  assert.ok(new FramingError('ERR_FRAMING_REFUSED', 'x') instanceof Error)
})

test('what is buffered is counted', () => {
  for (const name of ['length', 'fixed:64', 'none'] as const) {
    const decoder = framing(name).decoder()
    decoder.push(bytes('\x40\0\0'))
    assert.equal(decoder.buffered, 3)
  }
  const lines = framing('lines').decoder()
  lines.push(bytes('ab'))
  lines.end()
  assert.equal(lines.buffered, 2)
  assert.equal(lines.next()?.length, 2)
  assert.equal(lines.buffered, 0)
})

test('a decoder that was told of the end takes no more', () => {
  for (const name of ['length', 'lines', 'none'] as const) {
    const decoder = framing(name).decoder()
    decoder.end()
    assert.throws(() => decoder.push(bytes('x')), { name: 'TypeError', message: /push after end/ })
  }
})

test('names and bounds of framings are checked', () => {
  for (const name of [
    '',
    'Length',
    'fixed',
    'fixed:',
    'fixed:0',
    'fixed:-1',
    'fixed:1.5',
    'fixed:01',
    'line',
    undefined,
  ]) {
    assert.throws(() => framing(name as FramingName), {
      name: 'TypeError',
      message: /length, lines, fixed:N or none/,
    })
  }
  for (const maxMessage of [0, -1, 1.5, 2 ** 32, Number.NaN, Infinity, '8' as unknown as number]) {
    assert.throws(() => framing('length', { maxMessage }), {
      name: 'RangeError',
      message: /maxMessage must be/,
    })
  }
  assert.throws(() => framing('fixed:4294967296'), RangeError)
  assert.throws(() => framing('fixed:9', { maxMessage: 8 }), {
    name: 'RangeError',
    message: /above maxMessage \(8\)/,
  })
  assert.equal(framing('fixed:8', { maxMessage: 8 }).name, 'fixed:8')
})

test('what is no bytes is refused', () => {
  for (const name of ['length', 'lines', 'fixed:3', 'none'] as const) {
    const strings = 'abc' as unknown as Uint8Array
    assert.throws(() => framing(name).encode(strings), { name: 'TypeError', message: /must be a Uint8Array/ })
    assert.throws(() => framing(name).decoder().push(strings), { name: 'TypeError' })
  }
})
