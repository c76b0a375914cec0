// Read-only mappings: no write through a view reaches anybody, none goes unnoticed, none kills.
import assert from 'node:assert/strict'
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { Mapping, Memfd } from 'hutong'
import { fixture } from '../support/child.ts'
import '../support/leaks.ts'
import { uniquePath } from '../support/leaks.ts'

const PAGE = 4096

test('a peer sees nothing of a stray write, and the next method reports and undoes it', async () => {
  const path = await uniquePath()
  using writer = Mapping.create(path, { length: 4 * PAGE })
  writer.bytes.fill(1)
  using reader = Mapping.open(path, { readOnly: true })
  const { bytes } = reader
  bytes[PAGE] = 99
  assert.equal(bytes[PAGE], 99)
  assert.equal(writer.bytes[PAGE], 1)
  assert.throws(() => reader.view(Uint8Array), { name: 'ReadOnlyWriteError', code: 'ERR_READ_ONLY_WRITE' })
  assert.equal(bytes[PAGE], 1, 'undone')
  assert.equal(reader.view(Uint8Array)[PAGE], 1)
  writer.bytes[PAGE] = 2
  assert.equal(bytes[PAGE], 2, 'live again')
})

test('every way of writing is caught', () => {
  using memfd = Memfd.create('stray', { size: 4 * PAGE })
  const writes: readonly ((mapping: Mapping) => unknown)[] = [
    (mapping) => mapping.bytes.fill(1),
    (mapping) => Atomics.store(mapping.view(Int32Array), 0, 1),
    (mapping) => Atomics.add(mapping.view(Int32Array), 0, 1),
    (mapping) => mapping.dataView().setFloat64(PAGE - 4, 1.5),
    (mapping) => mapping.bytes.set([1, 2, 3], PAGE - 1),
    (mapping) => mapping.bytes.copyWithin(0, 1),
    (mapping) => mapping.view(BigInt64Array).reverse(),
  ]
  using reference = memfd.map()
  for (const write of writes) {
    using mapping = memfd.map({ readOnly: true })
    write(mapping)
    assert.throws(() => mapping.bytes, { code: 'ERR_READ_ONLY_WRITE' }, String(write))
    assert.ok(
      reference.bytes.every((byte) => byte === 0),
      String(write),
    )
  }
  using mapping = memfd.map({ readOnly: true })
  assert.throws(() => mapping.writeCString('no'), { code: 'ERR_READ_ONLY_WRITE' })
  assert.throws(() => mapping.print(0, '%d', 1), { code: 'ERR_READ_ONLY_WRITE' })
})

test('pages that were not written stay live to the updates of another process', async () => {
  const path = await uniquePath()
  writeFileSync(path, Buffer.alloc(2 * PAGE, 1))
  const peer = fixture('mapping/peer', [path])
  assert.equal(await peer.line(), 'ready')
  using reader = Mapping.open(path, { readOnly: true })
  const { bytes } = reader
  bytes[0] = 50
  peer.tell('fill 9')
  assert.equal(await peer.line(), 'done')
  assert.deepEqual([bytes[0], bytes[1], bytes[PAGE]], [50, 1, 9])
  assert.throws(() => reader.bytes, { code: 'ERR_READ_ONLY_WRITE' })
  assert.deepEqual([bytes[0], bytes[1], bytes[PAGE]], [9, 9, 9])
  peer.tell('end')
  assert.equal((await peer.ended).code, 0)
})

test('the kernel refuses to write into it: EFAULT', async () => {
  const path = await uniquePath()
  writeFileSync(path, 'hello')
  using reader = Mapping.open(path, { readOnly: true })
  const fd = openSync(path, 'r')
  assert.throws(() => readSync(fd, reader.bytes), { code: 'EFAULT' })
  closeSync(fd)
  assert.equal(reader.readCString(), 'hello')
})

test('a sealed object can be mapped to read, and for a private copy', () => {
  using memfd = Memfd.create('sealed', { size: PAGE })
  const writer = memfd.map()
  writer.writeCString('fixed')
  writer.close()
  memfd.seal('write', 'shrink', 'grow', 'seal')
  using reader = memfd.map({ readOnly: true })
  assert.equal(reader.readCString(), 'fixed')
  reader.bytes[0] = 0
  assert.throws(() => reader.readCString(), { code: 'ERR_READ_ONLY_WRITE' })
  assert.equal(reader.readCString(), 'fixed')
  using copy = memfd.map({ copyOnWrite: true })
  copy.bytes[0] = 70
  assert.equal(copy.readCString(), 'Fixed')
  assert.throws(() => memfd.map(), { code: 'EPERM', message: /readOnly or copyOnWrite/ })
})

test('many stray writes do not use up the areas a process may have', () => {
  using memfd = Memfd.create('striped', { size: 4096 * PAGE })
  using reader = memfd.map({ readOnly: true })
  const { bytes } = reader
  for (let page = 0; page < 4096; page += 2) bytes[page * PAGE] = 1
  assert.throws(() => reader.bytes, { code: 'ERR_READ_ONLY_WRITE' })
  assert.ok(bytes.every((byte) => byte === 0))
})

test('a read-only mapping is not resized', () => {
  using memfd = Memfd.create('fixed', { size: PAGE })
  using reader = memfd.map({ readOnly: true })
  assert.throws(() => reader.resize(1), /TypeError: .*read-only: map the object again/)
})
