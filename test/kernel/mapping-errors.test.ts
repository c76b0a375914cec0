// Every errno that can be provoked here, and every argument that can be wrong: a clear error, and nothing left behind.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { EventFd, Fd, Mapping, Memfd, Pipe } from 'hutong'
import { constants } from '#src/sys/constants.ts'
import { errno } from '#src/sys/errno.ts'
import { fallocate, fcntl, ftruncate } from '#src/sys/file.ts'
import { type Memory, memfd_create, mmap } from '#src/sys/memory.ts'
import '../support/leaks.ts'
import { uniquePath } from '../support/leaks.ts'

interface Failure {
  readonly code: string
  readonly message?: RegExp
}
type Case = readonly [what: string, expected: Failure | RegExp, use: () => unknown]

async function table(cases: readonly Case[]): Promise<void> {
  for (const [what, expected, use] of cases) {
    await assert.rejects(async () => use(), expected, what)
  }
}

test('opening: what the path can be wrong with', async () => {
  const [folder, file, fifo, loop] = [
    await uniquePath(),
    await uniquePath(),
    await uniquePath(),
    await uniquePath(),
  ]
  mkdirSync(folder)
  writeFileSync(file, 'x')
  execFileSync('mkfifo', [fifo])
  symlinkSync(loop, loop)
  const long = `/${'x'.repeat(300)}`
  await table([
    ['a directory', { code: 'EISDIR', message: new RegExp(folder) }, () => Mapping.open(folder)],
    ['a directory, read-only', { code: 'EISDIR' }, () => Mapping.open(folder, { readOnly: true })],
    ['a directory to create', { code: 'EEXIST' }, () => Mapping.create(folder, { length: 1 })],
    ['a FIFO', { code: 'ENODEV', message: /not FIFOs/ }, () => Mapping.open(fifo)],
    ['a FIFO, open or create', { code: 'ENODEV' }, () => Mapping.openOrCreate(fifo, { length: 1 })],
    ['not there', { code: 'ENOENT', message: /create makes it/ }, () => Mapping.open(`${file}.none`)],
    ['no folder', { code: 'ENOENT' }, () => Mapping.create(`${file}.none/x`, { length: 1 })],
    ['a file as folder', { code: 'ENOTDIR' }, () => Mapping.open(`${file}/x`)],
    ['a name too long', { code: 'ENAMETOOLONG' }, () => Mapping.create(folder + long, { length: 1 })],
    ['a path too long', { code: 'ENAMETOOLONG' }, () => Mapping.open('/x'.repeat(3000))],
    ['links in a circle', { code: 'ELOOP' }, () => Mapping.open(loop)],
    ['empty path', { code: 'ENOENT' }, () => Mapping.open('')],
    [
      'an empty file',
      { code: 'ENXIO', message: /it has 0/ },
      () => Mapping.open('/proc/self/status', { readOnly: true }),
    ],
    ['beyond the end', { code: 'ENXIO', message: /it has 1/ }, () => Mapping.open(file, { length: 2 })],
    ['offset beyond the end', { code: 'ENXIO' }, () => Mapping.open(file, { offset: 4096 })],
    ['a running program', { code: 'ETXTBSY' }, () => Mapping.open(process.execPath)],
    [
      'a device without size',
      { code: 'ENXIO', message: /say which `length`/ },
      () => Mapping.open('/dev/zero'),
    ],
    [
      'a device that cannot be mapped',
      { code: 'ENODEV', message: /mapping of \/dev\/null/ },
      () => Mapping.open('/dev/null', { length: 1 }),
    ],
  ])
  using zero = Mapping.open('/dev/zero', { length: 4096 })
  assert.equal(zero.bytes[0], 0)
})

test('arguments of the wrong type or size are refused by name, before any system call', async () => {
  const path = await uniquePath()
  const wrong = <T>(value: unknown): T => value as T
  await table([
    ['path number', /TypeError: path must be a string, not number/, () => Mapping.open(wrong(7))],
    ['path undefined', /TypeError: path/, () => Mapping.create(wrong(undefined), { length: 1 })],
    ['path NUL', /RangeError: path must not contain NUL/, () => Mapping.open('/tmp/a\0b')],
    ['unlink NUL', /RangeError: path must not contain NUL/, () => Mapping.unlink('a\0')],
    ['no options', /TypeError: options/, () => Mapping.create(path, wrong(undefined))],
    ['no length', /TypeError: length must be a number, not undefined/, () => Mapping.create(path, wrong({}))],
    [
      'length 0',
      /RangeError: length must be a whole number, 1 or more, not 0/,
      () => Mapping.create(path, { length: 0 }),
    ],
    ['length -1', /RangeError: length/, () => Mapping.anonymous(-1)],
    ['length NaN', /RangeError: length/, () => Mapping.anonymous(Number.NaN)],
    ['length 1.5', /RangeError: length/, () => Mapping.anonymous(1.5)],
    ['length 2^60', /RangeError: length/, () => Mapping.anonymous(2 ** 60)],
    ['length Infinity', /RangeError: length/, () => Mapping.anonymous(Number.POSITIVE_INFINITY)],
    ['length bigint', /TypeError: length must be a number, not bigint/, () => Mapping.anonymous(wrong(1n))],
    [
      'offset 1',
      /RangeError: offset must be a multiple of the page size \(\d+\), not 1/,
      () => Mapping.open(path, { offset: 1 }),
    ],
    ['offset -4096', /RangeError: offset/, () => Mapping.open(path, { offset: -4096 })],
    ['offset string', /TypeError: offset/, () => Mapping.open(path, { offset: wrong('0') })],
    [
      'mode',
      /RangeError: mode must be at most 0o7777/,
      () => Mapping.create(path, { length: 1, mode: 0o20000 }),
    ],
    ['mode string', /TypeError: mode/, () => Mapping.create(path, { length: 1, mode: wrong('644') })],
    [
      'readOnly',
      /TypeError: readOnly must be true or false, not string/,
      () => Mapping.open(path, { readOnly: wrong('yes') }),
    ],
    [
      'both',
      /TypeError: readOnly and copyOnWrite exclude/,
      () => Mapping.open(path, { readOnly: true, copyOnWrite: true }),
    ],
    [
      'create readOnly',
      /TypeError: readOnly: a new file/,
      () => Mapping.create(path, { length: 1, readOnly: true }),
    ],
    [
      'hugePages',
      /TypeError: hugePages must be true, '2MB' or '1GB'/,
      () => Mapping.anonymous(1, { hugePages: wrong('4KB') }),
    ],
    ['shared', /TypeError: shared/, () => Mapping.anonymous(1, { shared: wrong(1) })],
    ['of nothing', /(Type|Range)Error/, () => Mapping.of(wrong(undefined))],
    ['of -1', /RangeError|EBADF/, () => Mapping.of(-1)],
  ])
  assert.throws(() => readFileSync(path), { code: 'ENOENT' }, 'nothing was made')
})

test('mmap(2): the errors that a descriptor or a size can bring', async () => {
  const path = await uniquePath()
  writeFileSync(path, 'hello')
  using readable = new Fd(openSync(path, 'r'))
  using writable = new Fd(openSync(path, 'w+'))
  using memfd = Memfd.create('sealed', { size: 4096 })
  memfd.seal('write')
  using event = EventFd.create()
  using pipe = Pipe.create()
  writeFileSync(path, 'hello')
  const closed = new Fd(openSync(path, 'r'))
  closed.close()
  await table([
    ['EACCES: open for reading only', { code: 'EACCES' }, () => Mapping.of(readable)],
    ['EPERM: sealed', { code: 'EPERM', message: /readOnly or copyOnWrite/ }, () => memfd.map()],
    ['an eventfd', { code: 'ENXIO' }, () => Mapping.of(event.fd)],
    ['ENODEV: an eventfd', { code: 'ENXIO' }, () => Mapping.of(event.fd, { length: 10 })],
    ['a pipe', { code: 'ENXIO' }, () => Mapping.of(pipe.reader.fd)],
    ['EBADF: closed', { code: 'EBADF' }, () => Mapping.of(closed)],
    ['EBADF: no such descriptor', { code: 'EBADF' }, () => Mapping.of(1_000_000)],
    ['ENXIO: beyond the end', { code: 'ENXIO' }, () => Mapping.of(writable, { offset: 1 << 20, length: 1 })],
  ])
  const { PROT_READ, PROT_WRITE, MAP_PRIVATE, MAP_ANONYMOUS, MAP_HUGETLB } = constants
  const calls: readonly [what: string, result: Memory | number, expected: string][] = [
    ['nothing', mmap(0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 'EINVAL'],
    ['neither shared nor private', mmap(4096, PROT_READ, MAP_ANONYMOUS, -1, 0), 'EINVAL'],
    ['an offset amid a page', mmap(4096, PROT_READ, MAP_PRIVATE, writable.number, 1), 'EINVAL'],
    ['a closed descriptor', mmap(4096, PROT_READ, MAP_PRIVATE, 1_000_000, 0), 'EBADF'],
    ['past any file', mmap(16384, PROT_READ, MAP_PRIVATE, writable.number, 2 ** 63 - 8192), 'EOVERFLOW'],
    ['8 TiB at once', mmap(2 ** 43, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 'ENOMEM'],
    ['more than may rest', mmap(2 ** 45, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 'ENOMEM'],
    ['huge pages of a file', mmap(4096, PROT_READ, MAP_PRIVATE | MAP_HUGETLB, writable.number, 0), 'EINVAL'],
  ]
  for (const [what, result, expected] of calls) assert.equal(result, -(errno[expected] ?? 0), what)
})

test('madvise(2), msync(2), mlock(2): what they refuse', async () => {
  using anonymous = Mapping.anonymous(8192)
  using memfd = Memfd.create('advice', { size: 8192 })
  using mapping = memfd.map()
  using reader = memfd.map({ readOnly: true })
  await table([
    ['EINVAL: nothing to remove in private pages', { code: 'EINVAL' }, () => anonymous.advise('remove')],
    [
      'EINVAL: a read-only mapping takes no writes',
      { code: 'EINVAL' },
      () => reader.advise('populate-write'),
    ],
    ['outside', /RangeError: offset 8193/, () => mapping.advise('normal', { offset: 8193 })],
    ['outside', /RangeError/, () => mapping.syncSync({ offset: 4096, length: 4097 })],
    ['negative', /RangeError: offset/, () => mapping.lockPages({ offset: -1 })],
    ['NaN', /RangeError: length/, () => mapping.unlockPages({ length: Number.NaN })],
  ])
  mapping.bytes[4096] = 1
  mapping.advise('remove', { offset: 4096 })
  assert.equal(mapping.bytes[4096], 0)
  mapping.lockPages()
  assert.throws(() => mapping.advise('dontneed'), { code: 'EINVAL' }, 'locked pages are needed')
  mapping.unlockPages()
})

test('memfd_create(2), fcntl(2) seals, ftruncate(2), fallocate(2): errors of the calls themselves', async () => {
  const negative = (name: string): number => -(errno[name] ?? 0)
  using memfd = Memfd.create('calls', { size: 4096, executable: true })
  using pipe = Pipe.create()
  const path = await uniquePath()
  writeFileSync(path, 'x')
  using readable = new Fd(openSync(path, 'r'))
  using writable = new Fd(openSync(path, 'r+'))
  const { F_ADD_SEALS, F_GET_SEALS, FALLOC_FL_PUNCH_HOLE, MFD_ALLOW_SEALING } = constants
  const calls: readonly [what: string, result: number, expected: string][] = [
    ['name too long', memfd_create('n'.repeat(250), 0), 'EINVAL'],
    ['unknown flags', memfd_create('x', 0x4000), 'EINVAL'],
    ['closed descriptor, seals', fcntl(-1, F_GET_SEALS, 0), 'EBADF'],
    ['seals of a pipe', fcntl(pipe.reader.fd, F_GET_SEALS, 0), 'EINVAL'],
    ['unknown seal', fcntl(memfd.fd, F_ADD_SEALS, 0x4000), 'EINVAL'],
    ['seals of a file', fcntl(writable.number, F_ADD_SEALS, 1), 'EINVAL'],
    ['seals without the right to write', fcntl(readable.number, F_ADD_SEALS, 1), 'EPERM'],
    ['truncate to less than nothing', ftruncate(memfd.fd, -1), 'EINVAL'],
    ['truncate a pipe', ftruncate(pipe.reader.fd, 1), 'EINVAL'],
    ['truncate a closed descriptor', ftruncate(-1, 1), 'EBADF'],
    ['truncate for reading only', ftruncate(readable.number, 0), 'EINVAL'],
    ['allocate nothing', fallocate(memfd.fd, 0, 0, 0), 'EINVAL'],
    ['allocate before the start', fallocate(memfd.fd, 0, -1, 1), 'EINVAL'],
    ['allocate in a pipe', fallocate(pipe.writer.fd, 0, 0, 1), 'ESPIPE'],
    ['allocate with a closed descriptor', fallocate(-1, 0, 0, 1), 'EBADF'],
    ['allocate for reading only', fallocate(readable.number, 0, 0, 1), 'EBADF'],
    ['allocate past any file', fallocate(writable.number, 0, 2 ** 62, 2 ** 62), 'EFBIG'],
    ['an unknown mode', fallocate(memfd.fd, FALLOC_FL_PUNCH_HOLE, 0, 1), 'EOPNOTSUPP'],
  ]
  for (const [what, result, expected] of calls) assert.equal(result, negative(expected), what)
  const sealable = memfd_create('sealable', MFD_ALLOW_SEALING)
  assert.equal(ftruncate(sealable, 8192), 0)
  for (const [seal, size, expected] of [
    ['F_SEAL_SHRINK', 1, 'EPERM'],
    ['F_SEAL_GROW', 9999, 'EPERM'],
  ] as const) {
    assert.equal(fcntl(sealable, F_ADD_SEALS, constants[seal]), 0)
    assert.equal(ftruncate(sealable, size), negative(expected), seal)
  }
  assert.equal(fcntl(sealable, F_ADD_SEALS, constants.F_SEAL_SEAL), 0)
  assert.equal(fcntl(sealable, F_ADD_SEALS, constants.F_SEAL_WRITE), negative('EPERM'))
  closeSync(sealable)
})
