import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type PrintValue, print } from '#src/layout/index.ts'

function printed(format: string, ...values: PrintValue[]): string {
  const target = new Uint8Array(200)
  const length = print(target, format, ...values)
  assert.equal(target.indexOf(0), Math.min(length, 199))
  return Buffer.from(target.subarray(0, length)).toString()
}

test('a record is printed in one go', () => {
  assert.equal(printed('%s=%d;%5.2f|%c|%#x|%%', 'temp', -7, 21.456, 'C', 255), 'temp=-7;21.46|C|0xff|%')
  assert.equal(printed('%-6s|%06.2f|%lld', 'né', -1.5, 2n ** 62n), 'né   |-01.50|4611686018427387904')
})

test('the result is the length of the whole text, also when it was cut', () => {
  const target = Buffer.alloc(5, 0xff)
  assert.equal(print(target, '%s', 'sixteen letters!'), 16)
  assert.equal(target.toString('latin1'), 'sixt\0')
})

test('an empty target takes nothing, one byte takes the NUL', () => {
  assert.equal(print(new Uint8Array(0), '%d', 12345), 5)
  const one = Uint8Array.of(9)
  assert.equal(print(one, '%d', 12345), 5)
  assert.deepEqual(one, Uint8Array.of(0))
})

test('bytes behind the NUL are left alone', () => {
  const target = Buffer.alloc(8, 0x7e)
  print(target, 'ab')
  assert.equal(target.toString('latin1'), 'ab\0~~~~~')
})

test('a text of gigabytes is counted, not built', () => {
  const target = new Uint8Array(8)
  assert.equal(print(target, '%2000000000d', 1), 2e9)
  assert.equal(Buffer.from(target).toString(), '       \0')
  assert.equal(print(target, '%.2000000000f', 1), 2e9 + 2)
  assert.equal(print(target, '%#.2000000000g', 1), 2e9 + 1)
  assert.equal(print(target, '%.2000000000e', 0), 2e9 + 6)
  assert.equal(Buffer.from(target).toString(), '0.00000\0')
  assert.throws(() => print(target, '%2000000000d%2000000000d', 1, 1), RangeError)
  assert.throws(() => print(target, '%2147483648d', 1), RangeError)
  assert.throws(() => print(target, '%.2147483648f', 1), RangeError)
  assert.throws(() => print(target, '%*d', 2 ** 31, 1), RangeError)
  assert.throws(() => print(target, '%*d', -(2 ** 31), 1), RangeError)
  assert.throws(() => print(target, '%2147483647d!', 1), RangeError)
})

test('%#g keeps its zeros, also when rounding adds a digit', () => {
  assert.equal(printed('%#g', 999999.9), '1.00000e+06')
  assert.equal(printed('%#.3g', 0.00099996), '0.00100')
})

test('%s takes bytes up to their NUL, and no more than the precision', () => {
  assert.equal(printed('%s', Buffer.from('ab\0cd')), 'ab')
  assert.equal(printed('%.3s', Buffer.from('abcd')), 'abc')
  assert.equal(printed('%s|', 'ab\0cd'), 'ab|')
})

test('a value may lie in the memory that is printed into', () => {
  const target = Buffer.from('abcdef\0\0\0\0\0\0')
  assert.equal(print(target, '[%s]', target.subarray(0, 6)), 8)
  assert.equal(target.toString('latin1'), '[abcdef]\0\0\0\0')
})

test('shared memory can be printed into', () => {
  const target = new Uint8Array(new SharedArrayBuffer(16), 4, 8)
  assert.equal(print(target, '%05d', 42), 5)
  assert.equal(Buffer.from(Uint8Array.from(target)).toString('latin1'), '00042\0\0\0')
})

test('numbers and bigints are the same integer', () => {
  assert.equal(printed('%d %d', 2 ** 40 + 5, 2n ** 40n + 5n), '5 5')
  assert.equal(printed('%ld', 2 ** 60), '1152921504606846976')
  assert.equal(printed('%c%c%c', 65, 65n, 'A'), 'AAA')
})

const REFUSED: readonly [what: string, message: RegExp, format: string, ...values: unknown[]][] = [
  ['an unknown conversion', /unknown conversion %q, at position 3 of the format "ab %q"/, 'ab %q', 1],
  ['%n, which writes', /unknown conversion %n/, '%n', 1],
  ['a length that a conversion does not have', /unknown conversion %hs/, '%hs', 'x'],
  ['long double', /unknown conversion %L/, '%Lf', 1],
  ['numbered arguments', /no conversion follows.*position 0/, '%1$d', 1],
  ['a flag of glibc', /no conversion follows/, "%'d", 1],
  ['a lonely percent sign', /no conversion follows.*position 3/, '100%', 1],
  ['a percent sign with a width', /no conversion follows/, '%5%'],
  ['too few values', /no value is left for %x, at position 3/, '%d %x', 1],
  ['no value for a star', /no value is left for %\*d/, '%*d'],
  ['too many values', /2 more values than the format takes/, '%d', 1, 2, 3],
  ['a string for %d', /value 2 for %d must be an integer, at position 3/, '%s %d', 'a', 'b'],
  ['a fraction for %d', /value 1 for %d must be an integer/, '%d', 1.5],
  ['NaN for %d', /value 1 for %d must be an integer/, '%d', Number.NaN],
  ['undefined for %d', /value 1 for %d must be an integer/, '%d', undefined],
  ['a fraction for a star', /value 1 for %\*d must be an integer/, '%*d', 1.5, 1],
  ['a bigint for %f', /value 1 for %f must be a number/, '%f', 1n],
  ['a string for %f', /value 1 for %5\.1f must be a number/, '%5.1f', '1'],
  ['a number for %s', /value 1 for %s must be a string or bytes/, '%s', 5],
  ['null for %s', /value 1 for %s must be a string or bytes/, '%s', null],
  ['two characters for %c', /must be an integer or one ASCII character/, '%c', 'ab'],
  ['a character of two bytes for %c', /must be an integer or one ASCII character/, '%c', 'é'],
]

for (const [what, message, format, ...values] of REFUSED) {
  test(`${what} is refused, and nothing is written`, () => {
    const target = Buffer.alloc(8, 0x7e)
    assert.throws(() => print(target, format, ...(values as PrintValue[])), { name: 'TypeError', message })
    assert.equal(target.toString(), '~~~~~~~~')
  })
}

test('target and format have to be what they are', () => {
  assert.throws(() => print([] as unknown as Uint8Array, 'x'), /target must be a Uint8Array/)
  assert.throws(() => print(new Uint8Array(1), 5 as unknown as string), /format must be a string/)
})
