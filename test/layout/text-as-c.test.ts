// The corners, answered by C itself; test/soak/text.ts has the random cases.
import { test } from 'node:test'
import '../support/leaks.ts'
import { comparePrints, compareScans, type PrintCase, type ScanCase } from './c-text.ts'

const STARS = ['12 3', '-12 3', '0 0', '12 -3', '-3 -1'].map((pair) => pair.split(' ').map(Number))
const INTEGERS = [0n, 1n, -1n, 7n, 8n, 127n, 128n, -128n, 255n, 256n, 32768n, 65535n]
const WIDE = [
  2n ** 31n - 1n,
  2n ** 31n,
  -(2n ** 31n),
  2n ** 32n - 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  2n ** 64n - 1n,
]

test('print writes integers of every type as snprintf does', () => {
  const flags = ['', '-', '0', '#', '+', ' ', '-0', '+ ']
  const cases: PrintCase[] = []
  for (const conversion of 'diuoxX') {
    const defined = flags.filter((flag) => !/[+ ]/.test(flag) || 'di'.includes(conversion))
    for (const flag of defined.filter((one) => !one.includes('#') || 'oxX'.includes(conversion))) {
      for (const size of ['', '8', '.0', '.5', '8.3', '1.1']) {
        for (const value of INTEGERS) {
          cases.push({ size: 40, format: `%${flag}${size}${conversion}`, kind: 'i', stars: [], value })
        }
      }
    }
    for (const length of ['hh', 'h', 'l', 'll', 'z', 'j', 't']) {
      for (const value of [...INTEGERS, ...WIDE]) {
        const kind = length.startsWith('h') ? 'i' : 'l'
        const small = kind === 'i' ? BigInt.asIntN(32, value) : value
        cases.push({ size: 40, format: `<%${length}${conversion}>`, kind, stars: [], value: small })
      }
    }
  }
  comparePrints(cases)
})

test('print writes floating-point numbers exactly as snprintf does', () => {
  const values = [
    0,
    -0,
    0.5,
    1.5,
    2.5,
    -2.5,
    0.125,
    0.375,
    1e-4,
    9.9999e-5,
    9.99995e-5,
    1.5e-5,
    0.1,
    1 / 3,
    99.5,
  ]
  const large = [999999.5, 1e15, 1e22, 1e23, 2 ** 53 + 2, Number.MAX_VALUE, Number.MIN_VALUE, 2 ** -1022]
  const cases: PrintCase[] = []
  for (const conversion of 'fFeEgG') {
    for (const precision of ['', '.', '.0', '.1', '.2', '.3', '.17', '.60', '.1100']) {
      for (const flag of ['', '+', ' ', '-12', '012', '+012', '12']) {
        for (const value of [...values, ...large, Infinity, -Infinity, Number.NaN]) {
          cases.push({
            size: 1500,
            format: `%${flag}${precision}${conversion}|`,
            kind: 'd',
            stars: [],
            value,
          })
        }
      }
    }
  }
  for (const format of ['%#.0f', '%#.0e', '%#g', '%#.3g']) {
    for (const value of [0, 3, 1e10, 0.5]) cases.push({ size: 40, format, kind: 'd', stars: [], value })
  }
  comparePrints(cases)
})

test('print cuts text and numbers as snprintf does, at every size', () => {
  const cases: PrintCase[] = []
  for (let size = 0; size < 30; size++) {
    const one = { size, stars: [] }
    cases.push({ ...one, format: 'plain text, %% nothing else', kind: '-' })
    cases.push({ ...one, format: '胡%s同', kind: 's', value: 'é lane €' })
    cases.push({ ...one, format: '[%12s]', kind: 's', value: 'right' })
    cases.push({ ...one, format: '[%-12.3s]', kind: 's', value: 'left' })
    cases.push({ ...one, format: '%+020.3f!', kind: 'd', value: 1234.5678 })
    cases.push({ ...one, format: '%#12.8x!', kind: 'i', value: 0xbeef })
    cases.push({ ...one, format: '%100000d', kind: 'i', value: -5 })
    cases.push({ ...one, format: '%5c%%', kind: 'i', value: 65 + 256 })
    cases.push({ ...one, format: '%c%%', kind: 'i', value: 0 })
    for (const stars of STARS) {
      cases.push({ ...one, format: '[%*.*s]', kind: 's', stars, value: 'starry' })
      cases.push({ ...one, format: '[%0*.*d]', kind: 'i', stars, value: -42 })
      cases.push({ ...one, format: '[%*.*f]', kind: 'd', stars, value: 2.5 })
    }
  }
  comparePrints(cases)
})

/** A type letter of the peer for each length. */
const LENGTHS = { hh: 'b', h: 'h', '': 'i', l: 'l', ll: 'l', z: 'l', j: 'l' }

test('scan reads integers as sscanf does', () => {
  const bounds = [...WIDE, 2n ** 63n, 2n ** 64n, -(2n ** 63n) - 1n, -(2n ** 64n), -(2n ** 31n) - 1n].map(
    String,
  )
  const plain = '0 - + +-1 00012 -0 12abc 0x1f 0X1F -0x1 017 08 ff FFFFFFFFFFFFFFFFF'.split(' ')
  const long = ['9'.repeat(99), `-${'9'.repeat(99)}`, '0'.repeat(99), `${'0'.repeat(99)}7`]
  const cases: ScanCase[] = []
  for (const source of ['', ' ', '- 1', '  \t\n\v\f\r42', ...plain, ...bounds, ...long]) {
    for (const conversion of 'diuoxX') {
      for (const [length, kind] of Object.entries(LENGTHS)) {
        const kinds = 'di'.includes(conversion) ? kind : kind.toUpperCase()
        cases.push({ source, format: `%${length}${conversion}`, kinds })
      }
      cases.push({ source, format: `%*${conversion}%n`, kinds: 'n' })
    }
  }
  for (const width of [1, 2, 3, 4, 9]) {
    cases.push({ source: '-12345 678', format: `%${width}d%${width}i%n`, kinds: 'iin' })
  }
  compareScans(cases)
})

test('scan reads floating-point numbers as sscanf does, to the last bit', () => {
  const forms = '. - -. .5 5. 1e5 1E+5 1e-5 e5 inf -INF infi infinit Infinityx nan na in'.split(' ')
  const hex = '0x1p4 0x1.8 -0X0.8P-1 0x1.fffffep127 0x1.ffffffp127 0x1p-149 0x1p-150 0x1.8p-150'.split(' ')
  const small = '0x1p-1074 0x1p-1075 0x1.000001p-1075 0x3p-1075 0x1.8p-1073 0x0.fffffffffffff8p-1022'.split(
    ' ',
  )
  const tie = '1.000000059604644775390625' // halfway between two floats
  const zeros = '0'.repeat(900)
  const ties = [
    tie,
    `${tie}1`,
    `${tie}${zeros}`,
    `${tie}${zeros}1`,
    '16777217',
    '16777219',
    '9007199254740993',
  ]
  const doubles = [`9007199254740993.${zeros}`, `9007199254740993.${zeros}1`, '9007199254740995']
  const largest = '3.4028235677973366e38 3.4028235677973365e38 1.7976931348623158e308 1.7976931348623159e308'
  const least =
    '4.9e-324 2.4703282292062327e-324 2.4703282292062328e-324 2.2250738585072011e-308 1e-320 7e-46'
  const far = `1e400 1e-400 1e99999999999 -1e-99999999999 0e99999999999 0.${zeros}1e901 ${zeros}1e1`
  const ends = [largest, least, far, `${'1'.repeat(1500)}e-1480`].join(' ').split(' ')
  const cases: ScanCase[] = []
  for (const source of ['', ' ', ...forms, ...hex, ...small, ...ties, ...doubles, ...ends]) {
    cases.push({ source, format: '%f%n', kinds: 'fn' })
    cases.push({ source, format: '%lf%n', kinds: 'dn' })
    cases.push({ source, format: '%*f%n', kinds: 'n' })
  }
  for (const width of [1, 2, 3, 4, 9]) {
    cases.push({ source: '-12.5 infinity', format: `%${width}f%${width}lf`, kinds: 'fd' })
  }
  compareScans(cases)
})

test('scan tells the end of the text from a mismatch as sscanf does', () => {
  const sources = ['', ' ', 'a', 'ab', 'abc', '%', ' %', '5', '5 6', ' x', 'é', 'éx']
  const kindsOf = {
    ...{ '': '', ' ': '', abc: '', 'a c': '', '%%': '', ' %%x': '', '%*d': '' },
    ...{ '%d': 'i', '%*d %d': 'i', '%n': 'n', ' %n': 'n', '%d%n %n': 'inn', 'a%d': 'i' },
    ...{ '%c': 't', '%3c': 't', ' %c': 't', '%*c%c': 't', 'é%c': 't', '%s': 't', '%1s%s': 'tt' },
    ...{ '%[a]': 't', '%[^a]': 't', '%*[a]%n': 'n', '%[é]': 't' },
  }
  const formats = Object.entries(kindsOf)
  compareScans(sources.flatMap((source) => formats.map(([format, kinds]) => ({ source, format, kinds }))))
})
