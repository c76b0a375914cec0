// What can be read, written and advised in a mapping.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Mapping } from 'hutong'
import '../support/leaks.ts'
import { uniquePath } from '../support/leaks.ts'

test('views have the type, place and length that was asked for', () => {
  using mapping = Mapping.anonymous(64)
  mapping.bytes.set([1, 0, 0, 0, 2, 0, 0, 0], 8)
  assert.deepEqual([...mapping.view(Int32Array, 8, 2)], [1, 2])
  assert.equal(mapping.view(Float64Array, 16).length, 6)
  assert.equal(mapping.view(BigUint64Array, 8, 1)[0], 0x2_0000_0001n)
  assert.equal(mapping.dataView(8).getUint32(4, true), 2)
  assert.equal(mapping.dataView(8, 4).byteLength, 4)
  assert.equal(mapping.view(Uint8Array, 64).length, 0)
  assert.equal(mapping.view(Int32Array).buffer, mapping.buffer)
})

test('a view that does not fit is refused by the name of its argument', () => {
  using mapping = Mapping.anonymous(64)
  assert.throws(
    () => mapping.view(Int32Array, 2),
    /RangeError: offset must be a multiple of 4 for Int32Array/,
  )
  assert.throws(() => mapping.view(Int32Array, 60, 2), RangeError)
  assert.throws(() => mapping.view(Int32Array, -4), /RangeError: offset/)
  assert.throws(() => mapping.view(Int32Array, 0, 1.5), /RangeError: length/)
  assert.throws(() => mapping.view(Int32Array, 68), RangeError)
  assert.throws(() => mapping.dataView(65), RangeError)
  assert.throws(() => mapping.dataView(Number.NaN), /RangeError: offset/)
})

test('C strings and formatted text are written and read in place', () => {
  using mapping = Mapping.anonymous(32)
  assert.equal(mapping.writeCString('胡同', 8), 7)
  assert.equal(mapping.readCString(8), '胡同')
  assert.equal(mapping.readCString(8, 3), '胡')
  assert.equal(mapping.print(16, '%d/%s', 42, 'x'.repeat(40)), 43)
  assert.equal(mapping.bytes[31], 0, 'cut, with its NUL')
  assert.deepEqual(mapping.scan(16, '%d/%2s'), [42, 'xx'])
  assert.equal(mapping.scan(31, '%d'), null)
  assert.throws(() => mapping.print(33, 'x'), /RangeError: offset must be at most 32/)
  assert.throws(() => mapping.readCString(33), /RangeError: offset/)
})

test('sync and syncSync take parts anywhere in the mapping', async () => {
  const path = await uniquePath()
  using mapping = Mapping.create(path, { length: 100_000 })
  mapping.bytes.fill(1)
  await mapping.sync()
  await mapping.sync({ offset: 5000, length: 1, timeout: 10_000 })
  mapping.syncSync()
  mapping.syncSync({ offset: 99_999 })
  await assert.rejects(mapping.sync({ offset: 100_001 }), RangeError)
  await assert.rejects(mapping.sync({ signal: AbortSignal.abort('no') }), (reason) => reason === 'no')
  assert.throws(() => mapping.syncSync({ length: 100_001 }), RangeError)
})

test('advice changes how pages behave', async () => {
  using mapping = Mapping.anonymous(4 << 20)
  mapping.bytes[4096] = 1
  mapping.advise('dontneed', { offset: 4096, length: 4096 })
  assert.equal(mapping.bytes[4096], 0)
  for (const advice of ['hugepage', 'nohugepage', 'sequential', 'random', 'normal', 'willneed'] as const) {
    mapping.advise(advice)
  }
  mapping.advise('populate-write', { length: 1 << 20 })
  assert.throws(() => mapping.advise('faster' as 'normal'), /TypeError: advice must be one of normal, random/)
})

test('locked pages are counted as locked', () => {
  using mapping = Mapping.anonymous(1 << 20)
  const locked = (): number =>
    Number(/VmLck:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? -1)
  const before = locked()
  mapping.lockPages()
  assert.equal(locked(), before + 1024)
  mapping.unlockPages({ length: 512 << 10 })
  assert.equal(locked(), before + 512)
})
