// docs/address.md says what the code does.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { AddressError, parseAddress, schemes } from '#src/address/index.ts'
import { root } from '../support/paths.ts'

const guide = readFileSync(join(root, 'docs/address.md'), 'utf8')
const rows = guide
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split(/ ?(?<!\\)\| ?/).map((cell) => cell.replaceAll('\\|', '|')))

test('every scheme is in the table with its example and what it names', () => {
  for (const { example, summary } of Object.values(schemes)) {
    assert.ok(
      rows.some(([, cell, names]) => cell === `\`${example}\`` && names === summary),
      `a row | \`${example}\` | ${summary} |`,
    )
  }
})

test('every option of every scheme is in the table, with its values and its meaning, and no other', () => {
  const inGuide = rows
    .filter(([, , option]) => /^`[a-z]+`$/.test(option ?? ''))
    .flatMap(([, of = '', option, form, summary]) =>
      of.split(' ').map((kind) => [kind, option, form, summary].join(' | ')),
    )
  const inCode = Object.entries(schemes).flatMap(([kind, { options }]) =>
    Object.entries(options).map(([name, { form, summary }]) =>
      [`\`${kind === 'stdio' ? '-' : kind}\``, `\`${name}\``, form, summary].join(' | '),
    ),
  )
  assert.deepEqual(inGuide.sort(), inCode.sort())
})

test('every address in the guide can be read', () => {
  const kinds = Object.keys(schemes).join('|')
  const addresses = [...guide.matchAll(new RegExp(`[\`'\\s]((?:${kinds}):[^\\s\`'…]{2,})[\`'\\n]`, 'g'))].map(
    ([, one = '']) => one,
  )
  assert.ok(addresses.length > 20)
  for (const address of addresses.filter((one) => !one.includes('moed'))) parseAddress(address)
})

test('the error in the guide is the one that is thrown', () => {
  assert.throws(
    () => parseAddress('fifo:/tmp/lane?moed=0600'),
    (error) => error instanceof AddressError && guide.includes(`\`\`\`\n${error.message}\n\`\`\``),
  )
})
