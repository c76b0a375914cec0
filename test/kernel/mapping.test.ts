import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { test } from 'node:test'
import { Mapping } from 'hutong'
import { fixture } from '../support/child.ts'
import { freeHugePages, withHugePages } from '../support/huge-pages.ts'
import '../support/leaks.ts'
import { uniquePath } from '../support/leaks.ts'

test('create makes a file of the wanted size with its space reserved, mode 0600, and maps it', async () => {
  const path = await uniquePath()
  using mapping = Mapping.create(path, { length: 10_000 })
  assert.equal(mapping.length, 10_000)
  assert.equal(mapping.created, true)
  assert.equal(mapping.readOnly, false)
  const { size, blocks, mode } = statSync(path)
  assert.equal(size, 10_000)
  assert.ok(blocks * 512 >= 10_000, 'its blocks are allocated')
  assert.equal(mode & 0o777, 0o600)
  assert.throws(() => Mapping.create(path, { length: 1 }), { code: 'EEXIST', syscall: 'open', path })
})

test('what is written through the bytes is in the file, and what is written to the file is in the bytes', async () => {
  const path = await uniquePath()
  using mapping = Mapping.create(path, { length: 4096, mode: 0o640 })
  mapping.bytes.set([104, 117, 116], 100)
  assert.equal(readFileSync(path).toString('latin1', 100, 103), 'hut')
  writeFileSync(path, 'ong', { flag: 'r+' })
  assert.equal(Buffer.from(mapping.bytes.subarray(0, 3)).toString(), 'ong')
  assert.equal(statSync(path).mode & 0o777, 0o640 & ~process.umask())
})

test('two processes share a file mapping', async () => {
  const path = await uniquePath()
  using mapping = Mapping.create(path, { length: 4096 })
  const peer = fixture('mapping/peer', [path])
  assert.equal(await peer.line(), 'ready')
  mapping.view(Int32Array)[0] = 41
  peer.tell('add')
  assert.equal(await peer.line(), 'done')
  assert.equal(mapping.view(Int32Array)[0], 42)
  peer.tell('end')
  assert.equal((await peer.ended).code, 0)
})

test('open maps a whole file, or the part that is asked for', async () => {
  const path = await uniquePath()
  writeFileSync(path, Buffer.alloc(10_000, 'x').fill('y', 4096, 8192))
  using whole = Mapping.open(path)
  assert.equal(whole.length, 10_000)
  using part = Mapping.open(path, { offset: 4096, length: 10 })
  assert.deepEqual([...part.bytes], Array(10).fill(121))
  using rest = Mapping.open(path, { offset: 8192 })
  assert.equal(rest.length, 10_000 - 8192)
})

test('open follows a link; create and openOrCreate do not', async () => {
  const [path, link, dangling] = [await uniquePath(), await uniquePath(), await uniquePath()]
  writeFileSync(path, 'hello')
  symlinkSync(path, link)
  symlinkSync(`${path}.none`, dangling)
  Mapping.open(link).close()
  assert.throws(() => Mapping.create(dangling, { length: 1 }), { code: 'EEXIST' })
  assert.throws(() => Mapping.openOrCreate(link, { length: 1 }), { code: 'ELOOP', path: link })
  assert.throws(() => Mapping.openOrCreate(dangling, { length: 1 }), { code: 'ELOOP', path: dangling })
  assert.equal(existsSync(`${path}.none`), false)
})

test('openOrCreate makes what is missing, keeps what is there, and lengthens what is short', async () => {
  const path = await uniquePath()
  using first = Mapping.openOrCreate(path, { length: 100 })
  assert.equal(first.created, true)
  first.bytes[0] = 7
  using second = Mapping.openOrCreate(path, { length: 50 })
  assert.deepEqual([second.created, second.length, second.bytes[0]], [false, 50, 7])
  assert.equal(statSync(path).size, 100)
  using third = Mapping.openOrCreate(path, { length: 9000 })
  assert.deepEqual([third.length, third.bytes[0], statSync(path).size], [9000, 7, 9000])
})

test('unlink removes the name and close does not', async () => {
  const path = await uniquePath()
  const mapping = Mapping.create(path, { length: 1 })
  mapping.close()
  assert.ok(existsSync(path))
  Mapping.unlink(path)
  assert.ok(!existsSync(path))
  assert.throws(() => Mapping.unlink(path), { code: 'ENOENT', syscall: 'unlink', path })
})

test('an anonymous mapping is zero-filled memory of its own', () => {
  using mapping = Mapping.anonymous(100_000, { populate: true })
  assert.equal(mapping.length, 100_000)
  assert.ok(mapping.bytes.every((byte) => byte === 0))
  assert.equal(mapping.fd, undefined)
})

test('copyOnWrite shows the file and keeps what is written to itself', async () => {
  const path = await uniquePath()
  writeFileSync(path, 'original')
  chmodSync(path, 0o400)
  using mapping = Mapping.open(path, { copyOnWrite: true })
  mapping.bytes[0] = 0x4f
  assert.equal(Buffer.from(mapping.bytes).toString(), 'Original')
  assert.equal(readFileSync(path, 'utf8'), 'original')
  assert.throws(() => mapping.resize(20), /TypeError: .*copy-on-write/)
})

test('resize grows file and mapping, detaches the old views, and keeps the bytes', async () => {
  const path = await uniquePath()
  using mapping = Mapping.create(path, { length: 100 })
  const old = mapping.bytes
  old[99] = 9
  mapping.resize(20_000)
  assert.deepEqual([mapping.length, mapping.bytes[99], statSync(path).size], [20_000, 9, 20_000])
  assert.deepEqual([old.length, old[99]], [0, undefined])
  mapping.resize(10)
  assert.deepEqual([mapping.length, statSync(path).size], [10, 20_000])
  mapping.resize(5, { truncate: true })
  assert.deepEqual([mapping.bytes.length, statSync(path).size], [5, 5])
})

test('resize keeps the contents of an anonymous mapping', () => {
  using mapping = Mapping.anonymous(8192)
  mapping.bytes[8191] = 1
  mapping.resize(5000)
  mapping.resize(9000)
  assert.deepEqual([mapping.bytes[8191], mapping.length], [0, 9000])
})

test('a file that grew is mapped whole when it is opened again', async () => {
  const path = await uniquePath()
  Mapping.create(path, { length: 10 }).close()
  truncateSync(path, 50_000)
  using mapping = Mapping.open(path)
  assert.equal(mapping.length, 50_000)
})

test('huge pages come from the reserved pool, and the error says so when it is empty', (t) => {
  withHugePages(0, () => {
    if (freeHugePages() > 0) return t.diagnostic('huge pages are set aside here')
    assert.throws(
      () => Mapping.anonymous(4 << 20, { hugePages: '2MB' }),
      (error: NodeJS.ErrnoException) => error.code === 'ENOMEM' && error.message.includes('nr_hugepages'),
    )
  })
})

test('a mapping that is held refuses to close and to resize, and says what holds it', () => {
  const mapping = Mapping.anonymous(4096)
  const release = mapping.hold('a lock')
  const again = mapping.hold('a pipe')
  assert.throws(() => mapping.close(), { code: 'EBUSY', message: /held by a lock, a pipe/ })
  assert.throws(() => mapping.resize(1), { code: 'EBUSY' })
  assert.deepEqual(mapping.holders, ['a lock', 'a pipe'])
  assert.equal(mapping.bytes.length, 4096)
  release()
  release()
  assert.throws(() => mapping.close(), { code: 'EBUSY', message: /held by a pipe/ })
  again()
  mapping.close()
})

test('after close every method fails with EBADF, and closing again is nothing', async () => {
  const mapping = Mapping.anonymous(4096)
  mapping.close()
  mapping.close()
  const uses: readonly (() => unknown)[] = [
    () => mapping.bytes,
    () => mapping.buffer,
    () => mapping.view(Uint8Array),
    () => mapping.dataView(),
    () => mapping.readCString(),
    () => mapping.print(0, 'x'),
    () => mapping.resize(1),
    () => mapping.syncSync(),
    () => mapping.advise('normal'),
    () => mapping.lockPages(),
    () => mapping.unlockPages(),
    () => mapping.hold('x'),
  ]
  for (const use of uses) assert.throws(use, { code: 'EBADF' })
  await assert.rejects(mapping.sync(), { code: 'EBADF' })
  assert.deepEqual([mapping.closed, mapping.length, mapping.lost], [true, 0, false])
})
