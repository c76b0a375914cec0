import assert from 'node:assert/strict'
import { closeSync, openSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { totalmem } from 'node:os'
import { test } from 'node:test'
import { Memfd, type Seal } from 'hutong'
import { fixture } from '../support/child.ts'
import { freeHugePages, withHugePages } from '../support/huge-pages.ts'
import '../support/leaks.ts'

test('a memfd has a size, a name in /proc, and bytes that its mappings share', () => {
  using memfd = Memfd.create('example', { size: 10_000 })
  assert.equal(memfd.size, 10_000)
  assert.match(readlinkSync(`/proc/self/fd/${memfd.fd}`), /^\/memfd:example/)
  using one = memfd.map()
  using two = memfd.map({ length: 4 })
  one.view(Int32Array)[0] = 77
  assert.equal(two.dataView().getInt32(0, true), 77)
  assert.deepEqual([one.length, two.length], [10_000, 4])
})

test('it is close-on-exec and its space is reserved', () => {
  using memfd = Memfd.create('reserved', { size: 100_000 })
  const info = readFileSync(`/proc/self/fdinfo/${memfd.fd}`, 'utf8')
  assert.ok((Number.parseInt(/flags:\s+(\d+)/.exec(info)?.[1] ?? '0', 8) & 0o2000000) !== 0)
  assert.ok(statSync(`/proc/self/fd/${memfd.fd}`).blocks * 512 >= 100_000)
})

const kernel = readFileSync('/proc/sys/kernel/osrelease', 'utf8').split('.').map(Number)
const noexec = (kernel[0] ?? 0) > 6 || ((kernel[0] ?? 0) === 6 && (kernel[1] ?? 0) >= 3)

test('nobody can make it executable unless asked for', () => {
  using plain = Memfd.create('plain')
  assert.deepEqual(plain.seals, noexec ? ['exec'] : [])
  using executable = Memfd.create('executable', { executable: true })
  assert.deepEqual(executable.seals, [])
})

test('seals hold for everybody and for good', () => {
  using memfd = Memfd.create('sealed', { size: 8192, executable: true })
  memfd.seal('shrink')
  memfd.resize(9000)
  assert.throws(() => memfd.resize(1), { code: 'EPERM', syscall: 'ftruncate' })
  memfd.seal('grow')
  assert.throws(() => memfd.resize(10_000), { code: 'EPERM', syscall: 'fallocate' })
  const writer = memfd.map()
  assert.throws(() => memfd.seal('write'), { code: 'EBUSY', message: /future-write/ })
  memfd.seal('future-write')
  assert.throws(() => memfd.map(), { code: 'EPERM', syscall: 'mmap', message: /readOnly or copyOnWrite/ })
  writer.bytes[5] = 5
  using reader = memfd.map({ readOnly: true })
  assert.equal(reader.bytes[5], 5)
  writer.bytes[5] = 6
  assert.equal(reader.bytes[5], 6, 'live')
  writer.close()
  memfd.seal('write', 'seal')
  assert.deepEqual(memfd.seals, ['seal', 'shrink', 'grow', 'write', 'future-write'])
  assert.throws(() => memfd.seal('exec'), { code: 'EPERM' })
  assert.throws(() => reader.resize(1), /TypeError/)
})

test('one that is not sealable refuses every seal', () => {
  using memfd = Memfd.create('open', { sealable: false })
  assert.ok(memfd.seals.includes('seal'))
  assert.throws(() => memfd.seal('shrink'), { code: 'EPERM' })
})

test('another process receives it as a descriptor and cannot truncate what is sealed', async () => {
  using memfd = Memfd.create('passed', { size: 4096 })
  using mapping = memfd.map()
  memfd.seal('shrink', 'grow')
  const child = fixture('memfd-child', [], { stdio: ['ignore', 'pipe', 'pipe', memfd.fd] })
  const { code, stdout, stderr } = await child.ended
  assert.deepEqual([stderr, code], ['', 0])
  assert.equal(stdout, 'shrink,grow EPERM\n')
  assert.equal(mapping.readCString(), 'from the child')
})

test('a descriptor of something else is refused and stays open', () => {
  const fd = openSync('/dev/null', 'r')
  assert.throws(() => Memfd.from(fd), { code: 'EINVAL', message: /no memfd/ })
  closeSync(fd)
  assert.throws(() => Memfd.from(fd), { code: 'EBADF' })
  assert.throws(() => Memfd.from(-1), /RangeError: fd/)
  assert.throws(() => Memfd.from('3' as never), /TypeError: fd/)
})

test('huge pages: from the reserved pool, or an error that says so', () => {
  const make = (): Memfd => Memfd.create('huge', { size: 2 << 20, hugePages: '2MB' })
  withHugePages(0, () => {
    if (freeHugePages() === 0) return assert.throws(make, { code: 'ENOMEM', message: /nr_hugepages/ })
    using memfd = make()
    using mapping = memfd.map()
    mapping.bytes.fill(1)
  })
})

test('wrong arguments are refused by name', () => {
  const bad: readonly [() => unknown, RegExp][] = [
    [() => Memfd.create(7 as never), /TypeError: name must be a string/],
    [() => Memfd.create('a\0b'), /NUL/],
    [() => Memfd.create('n'.repeat(250)), /RangeError: name must be at most 249 bytes/],
    [() => Memfd.create('胡'.repeat(84)), /RangeError: name must be at most 249 bytes/],
    [() => Memfd.create('x', { size: -1 }), /RangeError: size/],
    [() => Memfd.create('x', { size: 1.5 }), /RangeError: size/],
    [() => Memfd.create('x', { size: '1' as never }), /TypeError: size/],
    [() => Memfd.create('x', { hugePages: '3MB' as never }), /TypeError: hugePages/],
    [() => Memfd.create('x', { sealable: 1 as never }), /TypeError: sealable/],
  ]
  for (const [use, message] of bad) assert.throws(use, message)
  using memfd = Memfd.create('x')
  assert.throws(() => memfd.seal('wrote' as Seal), /TypeError: seal must be one of seal, shrink, grow/)
  assert.throws(() => memfd.seal('toString' as Seal), /TypeError: seal/)
  assert.throws(() => memfd.resize(-1), /RangeError: size/)
  assert.throws(() => memfd.map(), { code: 'ENXIO', message: /it has 0/ })
})

test('more memory than there is is an error, before the kernel looks for it', () => {
  const size = totalmem() * 2
  assert.throws(() => Memfd.create('vast', { size }), {
    code: 'ENOMEM',
    message: /more than the \d+ that are free/,
  })
  using memfd = Memfd.create('vast', { size: 4096 })
  assert.throws(() => memfd.resize(size), { code: 'ENOMEM' })
  assert.equal(memfd.size, 4096)
})

test('the name is 249 bytes at most, empty too', () => {
  Memfd.create('n'.repeat(249)).close()
  Memfd.create('').close()
})

test('after close every use is EBADF, and mappings go on', () => {
  const memfd = Memfd.create('closed', { size: 4096 })
  using mapping = memfd.map()
  memfd.close()
  memfd.close()
  for (const use of [
    () => memfd.size,
    () => memfd.seals,
    () => memfd.seal('write'),
    () => memfd.resize(1),
    () => memfd.map(),
    () => memfd.fd,
  ])
    assert.throws(use, { code: 'EBADF' })
  mapping.bytes[0] = 1
  assert.equal(mapping.bytes[0], 1)
})
