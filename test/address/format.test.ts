import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Address, AddressError, formatAddress } from '#src/address/index.ts'

/** Objects that the type allows, or that JavaScript lets through, but no text says. */
const NO_ADDRESS: readonly [what: string, address: unknown][] = [
  ['a port out of range', { kind: 'tcp', host: 'h', port: 65536, options: {} }],
  ['a port that is a fraction', { kind: 'tcp', host: 'h', port: 1.5, options: {} }],
  ['a host with a port in it', { kind: 'tcp', host: 'h:1', port: 2, options: {} }],
  ['an empty path', { kind: 'fifo', path: '', options: {} }],
  ['a path with a NUL', { kind: 'fifo', path: '/a\0b', options: {} }],
  ['a path with half a character', { kind: 'fifo', path: '/a\ud800', options: {} }],
  ['a channel name with a slash', { kind: 'shm', name: 'a/b', options: {} }],
  ['a channel path without a slash', { kind: 'shm', path: 'ab', options: {} }],
  ['a POSIX name with two slashes', { kind: 'posix-mq', name: '/a/b', options: {} }],
  ['a key of 33 bits', { kind: 'sysv-mq', key: { by: 'key', key: 2 ** 32 }, options: {} }],
  [
    'a file key that reads as an id',
    { kind: 'sysv-mq', key: { by: 'file', path: 'id:5', proj: 1 }, options: {} },
  ],
  ['a mode that is text', { kind: 'fifo', path: '/x', options: { mode: '0600' } }],
  ['an option of another scheme', { kind: 'fifo', path: '/x', options: { size: 1 } }],
  ['options that contradict', { kind: 'sysv-mq', key: { by: 'id', id: 1 }, options: { type: 1, except: 1 } }],
  ['seals out of order', { kind: 'fd', fd: 1, options: { seals: ['write', 'seal'] } }],
  ['a part too much', { kind: 'fd', fd: 1, path: '/x', options: {} }],
  ['a part too few', { kind: 'sysv-mq', options: {} }],
  ['a path that is a number', { kind: 'fifo', path: 5, options: {} }],
  ['no options', { kind: 'fd', fd: 1 }],
  ['an unknown kind', { kind: 'constructor', options: {} }],
]

for (const [what, address] of NO_ADDRESS) {
  test(`${what} is refused`, () => {
    assert.throws(() => formatAddress(address as Address), AddressError)
  })
}

test('an option that is undefined is left out', () => {
  const options: object = { mode: undefined, capacity: 4096 }
  assert.equal(formatAddress({ kind: 'fifo', path: '/x', options }), 'fifo:/x?capacity=4K')
})

test('an address is one token: nothing in it separates words or moves a cursor', () => {
  const path = '/\u0001 \t\u00a0\u2028\u202e\ufeff&=+/x'
  const text = formatAddress({ kind: 'fifo', path, options: {} })
  assert.equal(text, 'fifo:/%01%20%09%C2%A0%E2%80%A8%E2%80%AE%EF%BB%BF&=+/x')
})
