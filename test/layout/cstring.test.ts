import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCString, writeCString } from '#src/layout/index.ts'

test('a string ends at its NUL, at max, or at the end of the bytes', () => {
  const bytes = Buffer.from('lane\0house')
  assert.equal(readCString(bytes), 'lane')
  assert.equal(readCString(bytes, 5), 'house')
  assert.equal(readCString(bytes, 5, 2), 'ho')
  assert.equal(readCString(bytes, 4), '')
  assert.equal(readCString(bytes, 10), '')
  assert.equal(readCString(bytes, 0, 0), '')
  assert.equal(readCString(bytes, 6, 100), 'ouse')
})

test('UTF-8 is read, what is none becomes a sign, a byte order mark stays', () => {
  assert.equal(readCString(Buffer.from('胡同\0')), '胡同')
  assert.equal(readCString(Uint8Array.of(0x61, 0xff, 0x62)), 'a\ufffdb')
  assert.equal(readCString(Buffer.from('\ufeffx')), '\ufeffx')
})

test('shared memory is read and written', () => {
  const bytes = new Uint8Array(new SharedArrayBuffer(16), 3, 9)
  assert.equal(writeCString(bytes, '胡同', 1), 7)
  assert.equal(readCString(bytes, 1), '胡同')
})

test('text is written with its NUL, and nothing behind it', () => {
  const bytes = Buffer.alloc(8, 0x7e)
  assert.equal(writeCString(bytes, 'abc', 2), 4)
  assert.equal(bytes.toString('latin1'), '~~abc\0~~')
})

test('text that does not fit is cut between code points, at every size', () => {
  const fitting = ['', 'a', 'a', 'aé', 'aé', 'aé', 'aé胡', 'aé胡', 'aé胡', 'aé胡', 'aé胡😀', 'aé胡😀z']
  for (const [room, expected] of fitting.entries()) {
    const bytes = Buffer.alloc(room + 1, 0xff)
    assert.equal(writeCString(bytes, 'aé胡😀z'), 12)
    assert.equal(readCString(bytes), expected)
    assert.equal(bytes[Buffer.byteLength(expected)], 0)
  }
  assert.equal(writeCString(new Uint8Array(0), 'aé胡😀z'), 12)
})

test('half a character is written as a sign', () => {
  const bytes = new Uint8Array(8)
  assert.equal(writeCString(bytes, 'a\ud800'), 5)
  assert.equal(readCString(bytes), 'a\ufffd')
})

test('a text with a NUL is refused', () => {
  assert.throws(() => writeCString(new Uint8Array(8), 'a\0b'), {
    name: 'TypeError',
    message: /NUL at position 1/,
  })
})

test('offsets and bounds have to be whole and inside', () => {
  const bytes = new Uint8Array(4)
  for (const offset of [-1, 5, 1.5, Number.NaN, Infinity]) {
    assert.throws(() => readCString(bytes, offset), {
      name: 'RangeError',
      message: /offset must be .* from 0 to 4/,
    })
    assert.throws(() => writeCString(bytes, 'x', offset), RangeError)
  }
  for (const max of [-1, 1.5, Number.NaN])
    assert.throws(() => readCString(bytes, 0, max), /max must be a whole number/)
  assert.throws(() => readCString('x' as unknown as Uint8Array), /bytes must be a Uint8Array/)
  assert.throws(() => writeCString(bytes, 5 as unknown as string), /text must be a string/)
})
