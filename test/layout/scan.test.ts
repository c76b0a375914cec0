import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ScanValue, scan } from '#src/layout/index.ts'

function scanned(text: string, format: string): ScanValue[] | null {
  return scan(Buffer.from(text), format)
}

test('a record is read in one go', () => {
  assert.deepEqual(scanned('temp=-7;21.5|C|0xff|%', '%[^=]=%d;%lf|%c|%x|%%'), ['temp', -7, 21.5, 'C', 255])
})

test('what was converted before the first mismatch is given back', () => {
  assert.deepEqual(scanned('1 2 x 4', '%d %d %d %d'), [1, 2])
  assert.deepEqual(scanned('x', '%d'), [])
})

test('the end of the text before anything was converted is null', () => {
  assert.equal(scanned('', '%d'), null)
  assert.equal(scanned('  \n', '%d'), null)
  assert.equal(scanned('5', '%*d %d'), null)
  assert.deepEqual(scanned('5', '%d %d'), [5])
  assert.deepEqual(scanned('', ''), [])
})

test('the text ends with its first NUL, or with its last byte', () => {
  assert.deepEqual(scanned('12\x0034', '%d'), [12])
  assert.deepEqual(scanned('12\0 34', '%d %d'), [12])
  assert.deepEqual(scan(Buffer.from('1234').subarray(0, 2), '%d'), [12])
  assert.equal(scanned('\x0012', '%d'), null)
})

test('64-bit integers are bigints, narrower ones numbers', () => {
  assert.deepEqual(scanned('1 2 3 4 5 6', '%hhd%hd%d%ld%lld%zu'), [1, 2, 3, 4n, 5n, 6n])
})

test('an integer out of range is what strtol makes of it, cut to its type', () => {
  assert.deepEqual(scanned('99999999999999999999 -99999999999999999999', '%ld %ld'), [
    2n ** 63n - 1n,
    -(2n ** 63n),
  ])
  assert.deepEqual(scanned('99999999999999999999 -1', '%lu %lu'), [2n ** 64n - 1n, 2n ** 64n - 1n])
  assert.deepEqual(scanned('99999999999', '%d'), [1215752191])
})

test('%f is a float, %lf a double', () => {
  assert.deepEqual(scanned('0.1 0.1', '%f %lf'), [Math.fround(0.1), 0.1])
})

test('what breaks off is no number, as the C standard has it', () => {
  for (const text of [
    '0x',
    '-0xg',
    '1e',
    '1e+',
    '2.5ex',
    '0x.p1',
    '0x1p',
    'nan(',
    'nan(1-)',
    'infin',
    '+',
    '.',
  ]) {
    assert.deepEqual(scanned(text, '%lf'), [], text)
  }
  assert.deepEqual(scanned('0x', '%x'), [])
  assert.deepEqual(scanned('0xg', '%i'), [])
  assert.deepEqual(scanned('0x1', '%2x'), [])
  assert.deepEqual(scanned('1e5', '%2lf'), [])
  assert.deepEqual(scanned('nan(1_b)x', '%lf%c'), [Number.NaN, 'x'])
})

test('a number of a million digits is read at once', () => {
  const digits = '7'.repeat(1e6)
  assert.deepEqual(scanned(digits, '%d'), [-1])
  assert.deepEqual(scanned(digits, '%lf'), [Infinity])
  assert.deepEqual(scanned(`0.${digits}`, '%lf'), [Number(`0.${'7'.repeat(50)}`)])
  assert.deepEqual(scanned(`0x.${digits}`, '%la'), [Number(0x77777777777777n) / 16 ** 14])
  assert.deepEqual(scanned(`1e${digits}`, '%lf'), [Infinity])
})

test('text is UTF-8, widths count bytes', () => {
  assert.deepEqual(scanned('胡同 é', '%s %s'), ['胡同', 'é'])
  assert.deepEqual(scanned('胡同', '%3c%3s'), ['胡', '同'])
  assert.deepEqual(scan(Uint8Array.of(0x66, 0xff), '%s'), ['f\ufffd'])
})

test('%n gives the bytes read so far', () => {
  assert.deepEqual(scanned('胡 12', '%*s %n%d%n'), [4, 12, 6])
})

test('a set is a range, a list, or what is not in it', () => {
  assert.deepEqual(scanned('abc-]x', '%[a-c]%[]-]%[^]]'), ['abc', '-]', 'x'])
  assert.deepEqual(scanned('12,34', '%2[0-9],%[^,]'), ['12', '34'])
})

test('memory another thread writes to can be read', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(8))
  shared.set(Buffer.from('12 ab'))
  assert.deepEqual(scan(shared, '%d %s'), [12, 'ab'])
})

const REFUSED: readonly [what: string, message: RegExp, format: string][] = [
  ['an unknown conversion', /unknown conversion %q, at position 5 of the format "é 胡 {2}%q"/, 'é 胡  %q'],
  ['a set without an end', /no conversion follows the % .*position 1/, 'a%[abc'],
  ['a set that only closes at its first place', /no conversion follows/, '%[]'],
  ['an inverted set that only closes at its first place', /no conversion follows/, '%[^]'],
  ['a width of zero', /a width is at least 1, unlike that of %0d/, '%0d'],
  ['a lonely percent sign', /no conversion follows.*position 2/, '%d%'],
  ['long double', /unknown conversion %L/, '%Lf'],
  ['a pointer', /unknown conversion %p/, '%p'],
  ['memory of its own', /unknown conversion %m/, '%ms'],
  ['wide text', /unknown conversion %ls/, '%ls'],
  ['a precision', /no conversion follows/, '%.3f'],
]

for (const [what, message, format] of REFUSED) {
  test(`${what} is refused`, () => {
    assert.throws(() => scanned('1', format), { name: 'TypeError', message })
  })
}

test('source and format have to be what they are', () => {
  assert.throws(() => scan('5' as unknown as Uint8Array, '%d'), /source must be a Uint8Array/)
  assert.throws(() => scan(new Uint8Array(1), undefined as unknown as string), /format must be a string/)
})
