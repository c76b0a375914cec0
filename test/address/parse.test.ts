import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Address, formatAddress, parseAddress, schemes } from '#src/address/index.ts'

/** Every form of every scheme; the text is what `formatAddress` prints, too. */
const CANONICAL: readonly [text: string, address: Address][] = [
  ['-', { kind: 'stdio', options: {} }],
  ['-?framing=lines', { kind: 'stdio', options: { framing: 'lines' } }],
  ['fd:0', { kind: 'fd', fd: 0, options: {} }],
  ['fd:2147483647', { kind: 'fd', fd: 2 ** 31 - 1, options: {} }],
  ['fd:3?seals=shrink,future-write', { kind: 'fd', fd: 3, options: { seals: ['shrink', 'future-write'] } }],
  ['fifo:/tmp/lane', { kind: 'fifo', path: '/tmp/lane', options: {} }],
  ['fifo:lane', { kind: 'fifo', path: 'lane', options: {} }],
  [
    'fifo:/tmp/a%3Fb%23c%25d%0Ae%20f?mode=0600&capacity=1M',
    { kind: 'fifo', path: '/tmp/a?b#c%d\ne f', options: { mode: 0o600, capacity: 2 ** 20 } },
  ],
  ['fifo:/tmp/胡同/é', { kind: 'fifo', path: '/tmp/胡同/é', options: {} }],
  ['unix:/run/s', { kind: 'unix', name: '/run/s', abstract: false, options: {} }],
  ['unix:@bus', { kind: 'unix', name: 'bus', abstract: true, options: {} }],
  ['unix:@a%00b/@', { kind: 'unix', name: 'a\0b/@', abstract: true, options: {} }],
  ['unix:%40file', { kind: 'unix', name: '@file', abstract: false, options: {} }],
  [
    'unix:s?type=seqpacket&backlog=5&mode=0000',
    { kind: 'unix', name: 's', abstract: false, options: { type: 'seqpacket', backlog: 5, mode: 0 } },
  ],
  ['sysv-mq:0x1234', { kind: 'sysv-mq', key: { by: 'key', key: 0x1234 }, options: {} }],
  ['sysv-mq:0xffffffff', { kind: 'sysv-mq', key: { by: 'key', key: 2 ** 32 - 1 }, options: {} }],
  ['sysv-mq:0x0', { kind: 'sysv-mq', key: { by: 'key', key: 0 }, options: {} }],
  ['sysv-mq:0x1?type=-7', { kind: 'sysv-mq', key: { by: 'key', key: 1 }, options: { type: -7 } }],
  ['sysv-mq:0x1?except=7', { kind: 'sysv-mq', key: { by: 'key', key: 1 }, options: { except: 7 } }],
  ['sysv-mq:/tmp#a', { kind: 'sysv-mq', key: { by: 'file', path: '/tmp', proj: 97 }, options: {} }],
  ['sysv-sem:./x%23y#255', { kind: 'sysv-sem', key: { by: 'file', path: './x#y', proj: 255 }, options: {} }],
  [
    'sysv-sem:/#7?index=2',
    { kind: 'sysv-sem', key: { by: 'file', path: '/', proj: 7 }, options: { index: 2 } },
  ],
  ['sysv-shm:id:65538', { kind: 'sysv-shm', key: { by: 'id', id: 65538 }, options: {} }],
  ['sysv-shm:id:0?size=4K', { kind: 'sysv-shm', key: { by: 'id', id: 0 }, options: { size: 4096 } }],
  [
    'posix-mq:/jobs?maxmsg=10&msgsize=128&priority=32767',
    { kind: 'posix-mq', name: '/jobs', options: { maxmsg: 10, msgsize: 128, priority: 32767 } },
  ],
  ['posix-sem:/gate?value=0', { kind: 'posix-sem', name: '/gate', options: { value: 0 } }],
  ['posix-shm:/frame?size=3G', { kind: 'posix-shm', name: '/frame', options: { size: 3 * 2 ** 30 } }],
  ['mmap:/tmp/page?offset=0&size=1', { kind: 'mmap', path: '/tmp/page', options: { offset: 0, size: 1 } }],
  ['tcp:localhost:0', { kind: 'tcp', host: 'localhost', port: 0, options: {} }],
  ['tcp:[::1]:65535', { kind: 'tcp', host: '::1', port: 65535, options: {} }],
  ['tcp:[fe80::1%25eth0]:1', { kind: 'tcp', host: 'fe80::1%eth0', port: 1, options: {} }],
  ['tcp:h:1?framing=fixed:64', { kind: 'tcp', host: 'h', port: 1, options: { framing: 'fixed:64' } }],
  ['udp:127.0.0.1:53', { kind: 'udp', host: '127.0.0.1', port: 53, options: {} }],
  ['signal:4711', { kind: 'signal', pid: 4711, options: {} }],
  [
    'signal:1?name=SIGRTMIN+3&value=-42',
    { kind: 'signal', pid: 1, options: { name: 'SIGRTMIN+3', value: -42 } },
  ],
  ['shm:/run/prices', { kind: 'shm', path: '/run/prices', options: {} }],
  ['shm:./prices', { kind: 'shm', path: './prices', options: {} }],
  ['shm:prices?spin=0', { kind: 'shm', name: 'prices', options: { spin: 0 } }],
  ['nats://[::1]:4222/a.*.>', { kind: 'nats', host: '::1', port: 4222, subject: 'a.*.>', options: {} }],
  [
    'nats://h:1/a/b?group=g%26h%3F',
    { kind: 'nats', host: 'h', port: 1, subject: 'a/b', options: { group: 'g&h?' } },
  ],
]

/** Other ways to write an address, and the form it is printed in. */
const LOOSE: readonly [text: string, canonical: string][] = [
  ['sysv-mq:4660', 'sysv-mq:0x1234'],
  ['sysv-mq:0x00001234', 'sysv-mq:0x1234'],
  ['sysv-mq:0XABCDEF', 'sysv-mq:0xabcdef'],
  ['sysv-mq:0', 'sysv-mq:0x0'],
  ['sysv-shm:/tmp#97', 'sysv-shm:/tmp#a'],
  ['sysv-shm:/tmp#0x61', 'sysv-shm:/tmp#a'],
  ['sysv-shm:/tmp#!', 'sysv-shm:/tmp#33'],
  ['fifo:/tmp/my lane', 'fifo:/tmp/my%20lane'],
  ['fifo:/tmp/a#b', 'fifo:/tmp/a%23b'],
  ['fifo:/tmp/%61%2f%e8%83%a1', 'fifo:/tmp/a/胡'],
  ['fifo:/x?mode=777', 'fifo:/x?mode=0777'],
  ['fifo:/x?capacity=64k', 'fifo:/x?capacity=64K'],
  ['fifo:/x?capacity=65536', 'fifo:/x?capacity=64K'],
  ['fifo:/x?capacity=65537', 'fifo:/x?capacity=65537'],
  ['fifo:/x?framing=%6Cines', 'fifo:/x?framing=lines'],
  ['fd:1?seals=write,seal', 'fd:1?seals=seal,write'],
  ['signal:1?name=USR1', 'signal:1?name=SIGUSR1'],
]

for (const [text, address] of CANONICAL) {
  test(`${text} is read and printed the same`, () => {
    assert.deepEqual(parseAddress(text), address)
    assert.equal(formatAddress(address), text)
  })
}

for (const [text, canonical] of LOOSE) {
  test(`${text} is the same as ${canonical}`, () => {
    assert.equal(formatAddress(parseAddress(text)), canonical)
    assert.deepEqual(parseAddress(text), parseAddress(canonical))
  })
}

test('the example of every scheme is an address of that kind, printed as it is written', () => {
  for (const [kind, { example }] of Object.entries(schemes)) {
    const address = parseAddress(example)
    assert.equal(address.kind, kind)
    assert.equal(formatAddress(address), example)
  }
})

test('names may fill what the kernel allows, in bytes', () => {
  const long = (bytes: number) => '胡'.repeat(Math.floor(bytes / 3)) + 'x'.repeat(bytes % 3)
  parseAddress(`posix-mq:/${long(255)}`)
  parseAddress(`posix-shm:/${long(255)}`)
  parseAddress(`posix-sem:/${long(251)}`)
  parseAddress(`unix:/${long(106)}`)
  parseAddress(`unix:@${long(107)}`)
  parseAddress(`shm:${long(64)}`)
  parseAddress(`shm:/${long(106)}`)
  parseAddress(`fifo:/${long(255)}`)
  parseAddress(`fifo:${`/${'y'.repeat(254)}`.repeat(16)}/${'z'.repeat(14)}`)
})
