// Hostile addresses: whatever the text, either an address that prints and reads back, or an AddressError that points
// into the text.
import assert from 'node:assert/strict'
import { AddressError, formatAddress, parseAddress, schemes } from '#src/address/index.ts'
import { below, type Random } from '../support/random.ts'
import type { Soak } from './soak.ts'

const ATOMS = [
  ...[...Object.values(schemes)].map(({ example }) => example),
  ...Object.keys(schemes).map((kind) => `${kind}:`),
  ...[
    '?',
    '&',
    '=',
    '%',
    '#',
    ':',
    '/',
    '//',
    '.',
    '..',
    '@',
    '[',
    ']',
    '-',
    '+',
    ' ',
    '\0',
    '\n',
    '\x7f',
    '%00',
  ],
  ...['%2F', '%3F', '%23', '%25', '%ff', '%C3%A9', 'é', '胡同', '😀', '\ud83d', '\ude00', '\ufeff', '\u202e'],
  ...[
    '0',
    '00',
    '1',
    '7',
    '255',
    '65535',
    '65536',
    '2147483648',
    '4294967296',
    '99999999999999999999',
    '1e9',
  ],
  ...[
    '0x',
    '0x1234',
    'id:',
    'mode=',
    'mode=0600',
    'type=7',
    'framing=fixed:9',
    'size=4K',
    'index=2',
    '4G',
    'k',
  ],
  ...['__proto__', 'constructor', 'x'.repeat(108), 'y'.repeat(256), 'nats://', '::1', '127.0.0.1', 'a.b.>'],
]

export const addressSoak: Soak = {
  name: 'address',
  slice: 15,
  async round(random) {
    for (let count = 0; count < 500; count++) check(text(random))
  },
}

function check(address: string): void {
  let once: string
  try {
    once = formatAddress(parseAddress(address))
  } catch (error) {
    assert.ok(error instanceof AddressError, `${JSON.stringify(address)} threw ${String(error)}`)
    assert.equal(error.address, address, `the text of ${JSON.stringify(address)} is no address`)
    assert.ok(error.offset >= 0 && error.offset <= address.length)
    assert.equal(error.message.split('\n').length, 3)
    return
  }
  assert.deepEqual(parseAddress(once), parseAddress(address))
  assert.equal(formatAddress(parseAddress(once)), once)
}

/** A few atoms in a row, or an example with some of its characters changed. */
function text(random: Random): string {
  const parts = Array.from({ length: 1 + below(random, 5) }, () => pick(random, ATOMS))
  const units = parts.join('').split('')
  for (let changes = below(random, 4); changes > 0; changes--) {
    const inserted = below(random, 3) === 0 ? [] : [String.fromCharCode(below(random, 0x180))]
    units.splice(below(random, units.length + 1), below(random, 3), ...inserted)
  }
  return units.join('')
}

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[below(random, items.length)]
  assert.ok(item !== undefined)
  return item
}
