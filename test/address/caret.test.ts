import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AddressError, parseAddress } from '#src/address/index.ts'

function picture(address: string, offset: number): string[] {
  return new AddressError(address, offset, 'wrong').message.split('\n')
}

test('the caret stands under the offending character', () => {
  assert.deepEqual(picture('fifo:/x?moed=1', 8), ['wrong', '  fifo:/x?moed=1', '          ^'])
})

test('the caret stands behind the address when something is missing there', () => {
  assert.deepEqual(picture('fd:', 3), ['wrong', '  fd:', '     ^'])
})

test('wide characters take two columns, combining marks none', () => {
  assert.deepEqual(picture('fd:胡同x', 5), ['wrong', '  fd:胡同x', '         ^'])
  assert.deepEqual(picture('fd:e\u0301x', 5), ['wrong', '  fd:e\u0301x', '      ^'])
})

test('characters that would move others on a terminal are shown as a sign', () => {
  assert.deepEqual(picture('a\u001b[2J\u202eb\ud800', 6), ['wrong', '  a\ufffd[2J\ufffdb\ufffd', '        ^'])
  assert.deepEqual(picture('a\r\nb', 3), ['wrong', '  a\ufffd\ufffdb', '     ^'])
})

test('of a long address only the part around the caret is shown', () => {
  const [, text, caret] = picture(`fifo:/${'x'.repeat(5000)}!${'y'.repeat(5000)}`, 5006)
  assert.equal(text, `  …${'x'.repeat(48)}!${'y'.repeat(47)}…`)
  assert.equal(caret, `${' '.repeat(51)}^`)
})

test('what is no string is refused, too', () => {
  for (const value of [undefined, null, 5, {}, Symbol('x'), ['fd:3']]) {
    assert.throws(() => parseAddress(value as string), {
      code: 'ERR_INVALID_ADDRESS',
      message: /an address is a string/,
    })
  }
})

test('an address that is longer than any name is refused before it is looked at', () => {
  const endless = () => parseAddress(`fifo:/${'a/'.repeat(2 ** 20)}`)
  assert.throws(endless, { code: 'ERR_INVALID_ADDRESS', offset: 16_384 })
})
