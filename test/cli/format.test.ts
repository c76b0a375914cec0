import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatTable } from '#src/cli/format/table.ts'
import { cut, octal, shown, size, width } from '#src/cli/format/text.ts'
import { exactPace } from '#src/cli/lane/pace.ts'

const paint = (_style: string, text: string): string => text
const LEFT = { heading: 'NAME' }
const RIGHT = { heading: 'SIZE', right: true }

test('columns are as wide as their widest cell, numbers at the right, nothing after the last', () => {
  const table = formatTable(
    [LEFT, RIGHT, { heading: 'USERS' }],
    [
      ['a', '1', 'x'],
      ['bcdef', '12345', ''],
    ],
    { columns: undefined, paint },
  )
  assert.equal(table, 'NAME    SIZE  USERS\na          1  x\nbcdef  12345\n')
})

test('on a terminal no line is wider than it is, and a long name leaves room for the rest', () => {
  const rows = [
    ['n'.repeat(100), 'u'.repeat(100)],
    ['短い名前'.repeat(10), 'x'],
  ]
  const lines = formatTable(
    [LEFT, { heading: 'USERS' }],
    rows,
    { columns: 40, paint },
    { headings: false },
  ).split('\n')
  for (const line of lines) assert.ok(width(line) <= 40, line)
  assert.match(lines[0] ?? '', /^n{17}… {2}u+…$/)
})

test('what is wide counts twice, what combines not at all', () => {
  assert.deepEqual(['abc', '胡同', 'é', 'e\u0301'].map(width), [3, 4, 1, 1])
  assert.deepEqual([cut('胡同胡同', 5), cut('abc', 3), cut('abcd', 3)], ['胡同…', 'abc', 'ab…'])
})

test('control characters, line separators and bidirectional marks are escaped; letters are not', () => {
  assert.equal(
    shown('a\n\r\t\x1b[1m\x00\x7f\x9b\u2028\u202e胡'),
    'a\\n\\r\\t\\e[1m\\u{0}\\u{7f}\\u{9b}\\u{2028}\\u{202e}胡',
  )
})

test('sizes read in at most five characters, or exactly', () => {
  const sizes = [0, 1023, 1024, 1536, 10_239, 65_536, 1_048_575, 2 ** 20, 2 ** 40, 2 ** 53]
  assert.deepEqual(
    sizes.map((bytes) => size(bytes)),
    ['0', '1023', '1K', '1.5K', '10K', '64K', '1024K', '1M', '1T', '8P'],
  )
  assert.equal(size(65_537, true), '65537')
  assert.deepEqual([octal(0o600), octal(0o1777)], ['0600', '1777'])
})

test('an exact reader asks for no byte of the next message, however the bytes come', () => {
  const length = exactPace('length')
  const asked: number[] = []
  for (const bytes of [[5, 0], [0, 0], [1, 2], [3, 4, 5], [0, 0, 0, 0], [1, 0, 0, 0], [9]]) {
    asked.push(length.wanted())
    length.took(Uint8Array.from(bytes))
  }
  assert.deepEqual(asked, [4, 2, 5, 3, 4, 4, 1])
  const fixed = exactPace('fixed:3')
  const wanted = [2, 1, 3].map((bytes) => {
    const now = fixed.wanted()
    fixed.took(new Uint8Array(bytes))
    return now
  })
  assert.deepEqual(wanted, [3, 1, 3])
})
