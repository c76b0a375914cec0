import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { Mapping, Memfd, PosixSemaphore } from 'hutong'
import { fixture } from '../../support/child.ts'
import { cleanUp, uniquePath } from '../../support/leaks.ts'
import {
  freshSemaphore,
  nameOf,
  semaphoreName,
  semaphorePeer,
  untilWaiting,
} from '../../support/semaphore.ts'

const isRoot = process.getuid?.() === 0

test('sem_open: a name that it does not allow is refused, and nothing is made', () => {
  for (const name of ['', 'x', '/', '//x', '/a/b', '/a\0b', '/.', '/..', `/${'n'.repeat(252)}`]) {
    assert.throws(() => PosixSemaphore.create(name), /RangeError: name must be/, JSON.stringify(name))
    assert.throws(() => PosixSemaphore.unlink(name), /RangeError: name must be/)
  }
  for (const name of [undefined, 7, null]) {
    assert.throws(() => PosixSemaphore.open(name as never), /TypeError: name must be a string/)
  }
})

test('sem_open: the longest name works, for glibc too', async () => {
  const name = semaphoreName().padEnd(252, 'x')
  cleanUp(() => rmSync(`/dev/shm/sem.${name.slice(1)}`, { force: true }))
  PosixSemaphore.create(name, { value: 4 }).close()
  assert.equal((await semaphorePeer('value', name).ended).stdout, '4\n')
  PosixSemaphore.unlink(name)
})

test('sem_open: wrong options are refused by name', () => {
  const bad: readonly [unknown, RegExp][] = [
    [null, /TypeError: options/],
    [{ value: '1' }, /TypeError: value must be a number/],
    [{ value: -1 }, /RangeError: value/],
    [{ value: 0.5 }, /RangeError: value/],
    [{ value: 2 ** 31 }, /RangeError: value must be at most 2147483647/],
    [{ mode: 0o10000 }, /RangeError: mode/],
  ]
  for (const [options, message] of bad) {
    assert.throws(() => PosixSemaphore.create('/hutong-never', options as never), message)
    assert.throws(() => PosixSemaphore.openOrCreate('/hutong-never', options as never), message)
  }
})

test('sem_open: EEXIST, ENOENT, and what is no semaphore', () => {
  const name = semaphoreName()
  const path = `/dev/shm/sem.${name.slice(1)}`
  assert.throws(() => PosixSemaphore.open(name), { code: 'ENOENT', syscall: 'sem_open', path })
  PosixSemaphore.create(name).close()
  assert.throws(() => PosixSemaphore.create(name), { code: 'EEXIST', syscall: 'sem_open', path })
  truncateSync(path, 31)
  assert.throws(() => PosixSemaphore.open(name), { code: 'EINVAL', syscall: 'sem_open', path })
  writeFileSync(path, Buffer.alloc(32))
  assert.throws(() => PosixSemaphore.open(name), { code: 'EINVAL' })
  writeFileSync(path, Buffer.alloc(32, 0xff))
  assert.throws(() => PosixSemaphore.open(name), { code: 'EINVAL' })
  rmSync(path)
  execFileSync('mkfifo', [path])
  assert.throws(() => PosixSemaphore.open(name), { code: 'EINVAL' })
  rmSync(path)
  symlinkSync('/dev/shm/nowhere', path)
  assert.throws(() => PosixSemaphore.open(name), { code: 'ELOOP' })
  assert.throws(() => PosixSemaphore.openOrCreate(name), { code: 'ELOOP' })
  rmSync(path)
  mkdirSync(path)
  assert.throws(() => PosixSemaphore.open(name), { code: 'EISDIR' })
  rmSync(path, { recursive: true })
})

test('sem_open, sem_unlink: EMFILE, EACCES of another user; a wait that is unref holds up no end', {
  skip: !isRoot && 'needs root',
}, async () => {
  const semaphore = freshSemaphore()
  const { code, stderr } = await fixture('semaphore/denied', [nameOf(semaphore)]).ended
  assert.deepEqual([code, stderr], [0, ''])
})

test('sem_unlink: ENOENT', () => {
  assert.throws(() => PosixSemaphore.unlink(semaphoreName()), { code: 'ENOENT', syscall: 'sem_unlink' })
})

test('sem_post: EOVERFLOW above SEM_VALUE_MAX, here and in C', async () => {
  const semaphore = freshSemaphore(PosixSemaphore.maxValue - 1)
  semaphore.post()
  assert.throws(() => semaphore.post(), { code: 'EOVERFLOW', syscall: 'sem_post' })
  assert.equal((await semaphorePeer('post', nameOf(semaphore)).ended).stdout, 'sem_post: EOVERFLOW\n')
  assert.equal(semaphore.value, PosixSemaphore.maxValue)
})

test('sem_init: bad memory, offsets and values are named', () => {
  using mapping = Mapping.anonymous(4096)
  const bad: readonly [unknown, unknown, RegExp][] = [
    [mapping, 4, /RangeError: offset must be a multiple of 8 for a semaphore, not 4/],
    [mapping, 4072, /RangeError: offset must leave room for the 32 bytes of a semaphore in 4096, not 4072/],
    [mapping, 8192, /RangeError: offset must leave room/],
    [mapping, -8, /RangeError: offset/],
    [mapping, '8', /TypeError: offset must be a number/],
    [mapping, undefined, /TypeError: offset/],
    [mapping.bytes, 0, /TypeError: memory must be a Mapping or a SharedArrayBuffer/],
    [mapping.buffer, 0, /TypeError: memory/],
    [undefined, 0, /TypeError: memory/],
    [new SharedArrayBuffer(24), 0, /RangeError: offset must leave room/],
  ]
  for (const [memory, offset, message] of bad) {
    assert.throws(() => PosixSemaphore.initialize(memory as never, offset as never), message)
    assert.throws(() => PosixSemaphore.at(memory as never, offset as never), message)
  }
  assert.throws(() => PosixSemaphore.initialize(mapping, 0, 2 ** 31), /RangeError: value must be at most/)
  assert.ok(mapping.bytes.every((byte) => byte === 0))
})

test('sem_wait: EINVAL where there is no semaphore, or one of a single process', async () => {
  const path = await uniquePath()
  using mapping = Mapping.create(path, { length: 4096 })
  assert.throws(() => PosixSemaphore.at(mapping, 0), { code: 'EINVAL', message: /not initialised/ })
  mapping.bytes.fill(0xee)
  assert.throws(() => PosixSemaphore.at(mapping, 0), { code: 'EINVAL', message: /no semaphore of glibc/ })
  assert.equal((await semaphorePeer('init', `${path}:64`, 1, 'private').ended).code, 0)
  assert.throws(() => PosixSemaphore.at(mapping, 64), { code: 'EINVAL', message: /pshared/ })
})

test('memory that cannot be written is refused', () => {
  using memfd = Memfd.create('semaphore', { size: 4096 })
  using mapping = memfd.map({ readOnly: true })
  assert.throws(() => PosixSemaphore.at(mapping, 0), /TypeError: memory must be writable for a semaphore/)
})

test('after close every use is EBADF, and what waits rejects with it', async () => {
  const semaphore = freshSemaphore()
  const waiting = Promise.allSettled([semaphore.wait(), semaphore.wait()])
  await untilWaiting(semaphore, 2)
  using other = PosixSemaphore.open(nameOf(semaphore))
  semaphore.close()
  semaphore.close()
  assert.equal(other.waiting, 0, 'none is left behind')
  for (const outcome of await waiting) {
    assert.ok(outcome.status === 'rejected')
    assert.match(`${outcome.reason}`, /EBADF: .*closed while an operation waited/)
  }
  for (const use of ['value', 'waiting'] as const) assert.throws(() => semaphore[use], { code: 'EBADF' })
  for (const use of ['tryWait', 'waitSync', 'post'] as const)
    assert.throws(() => semaphore[use](), { code: 'EBADF' })
  await assert.rejects(semaphore.wait(), { code: 'EBADF' })
  assert.equal(semaphore.closed, true)
})

test('a mapping does not close while somebody waits in it; after that, what lay in it is EBADF', async () => {
  const mapping = Mapping.anonymous(4096)
  const semaphore = PosixSemaphore.initialize(mapping, 0)
  const waiting = semaphore.wait()
  await untilWaiting(semaphore)
  for (const act of [() => mapping.close(), () => mapping.resize(8192)]) {
    assert.throws(act, { code: 'EBUSY', message: /held by operations that wait on semaphore at offset 0/ })
  }
  semaphore.post()
  await waiting
  mapping.resize(8192)
  assert.throws(() => semaphore.post(), { code: 'EBADF', message: /has been closed or resized/ })
  const later = PosixSemaphore.at(mapping, 0)
  const given = assert.rejects(later.wait(), { code: 'EBADF' })
  later.close()
  mapping.close()
  await given
  assert.throws(() => later.value, { code: 'EBADF' })
})

test('a semaphore that somebody truncated under us is lost, not waited for', async () => {
  const semaphore = freshSemaphore(1)
  truncateSync(`/dev/shm/sem.${nameOf(semaphore).slice(1)}`, 0)
  for (const use of [() => semaphore.tryWait(), () => semaphore.waitSync(), () => semaphore.value]) {
    assert.throws(use, { code: 'ERR_MAPPING_LOST' })
  }
  await assert.rejects(semaphore.wait(), { code: 'ERR_MAPPING_LOST' })
  assert.throws(() => semaphore.post(), { code: 'ERR_MAPPING_LOST' })
})

test('wrong wait options are refused', async () => {
  const semaphore = freshSemaphore(1)
  for (const timeout of [-1, Number.NaN, '5']) {
    await assert.rejects(semaphore.wait({ timeout: timeout as never }), /(Type|Range)Error: timeout/)
    assert.throws(() => semaphore.waitSync({ timeout: timeout as never }), /(Type|Range)Error: timeout/)
  }
  await assert.rejects(semaphore.wait({ signal: {} as never }), /TypeError: signal/)
  assert.equal(semaphore.value, 1)
})
