// Truncation by a peer, and everything else that arrives as SIGBUS or SIGSEGV.
import assert from 'node:assert/strict'
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
import { Mapping, Memfd } from 'hutong'
import { fixture, start } from '../support/child.ts'
import { compile } from '../support/compile.ts'
import '../support/leaks.ts'
import { uniquePath } from '../support/leaks.ts'
import { root } from '../support/paths.ts'

const MIB = 1 << 20
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const sharedBuffers =
  (major === 22 && minor >= 23) ||
  (major === 24 && minor >= 21) ||
  (major === 26 && minor >= 10) ||
  major > 26

/** A file of 1 MiB of ones, mapped here, and truncated to 0 by another process. */
async function truncated(options: { readonly readOnly?: boolean } = {}): Promise<Mapping> {
  const path = await uniquePath()
  const made = Mapping.create(path, { length: MIB })
  made.bytes.fill(1)
  made.close()
  const mapping = Mapping.open(path, options)
  assert.equal(mapping.bytes[MIB - 1], 1)
  const { code } = await start('truncate', ['-s', '0', path]).ended
  assert.equal(code, 0)
  return mapping
}

test('after a peer truncated the file a view reads zero, and the mapping is lost', async () => {
  const peer = fixture('mapping/peer', [await newFile()])
  assert.equal(await peer.line(), 'ready')
  using mapping = await truncated()
  peer.tell('end')
  await peer.ended
  const copy = new Uint8Array(mapping.buffer)
  assert.equal(mapping.lost, false, 'nobody has touched a missing page yet')
  assert.deepEqual([copy[0], copy[MIB - 1], copy[MIB / 2]], [0, 0, 0])
  assert.equal(mapping.lost, true)
  assert.throws(() => mapping.bytes, { name: 'MappingLostError', code: 'ERR_MAPPING_LOST' })
  assert.throws(() => mapping.view(Uint8Array), { code: 'ERR_MAPPING_LOST' })
  await assert.rejects(mapping.sync(), { code: 'ERR_MAPPING_LOST' })
  assert.throws(() => mapping.resize(1), { code: 'ERR_MAPPING_LOST' })
  copy.fill(7)
  assert.equal(copy[5], 7, 'the view stays usable')
})

async function newFile(): Promise<string> {
  const path = await uniquePath()
  Mapping.create(path, { length: 4096 }).close()
  return path
}

test('a method that meets the hole itself throws', async () => {
  using mapping = await truncated()
  assert.throws(() => mapping.readCString(4096), { code: 'ERR_MAPPING_LOST' })
})

test('every kind of access survives the hole', async () => {
  const accesses: readonly ((bytes: Uint8Array) => unknown)[] = [
    (bytes) => new DataView(bytes.buffer).getFloat64(8),
    (bytes) => bytes.fill(3),
    (bytes) => Buffer.from(bytes),
    (bytes) => bytes.set(new Uint8Array(10), 5000),
    (bytes) => Atomics.add(new Int32Array(bytes.buffer), 3, 1),
    (bytes) => Atomics.compareExchange(new BigInt64Array(bytes.buffer), 1, 0n, 5n),
    (bytes) => bytes.indexOf(9),
    (bytes) => Buffer.from(bytes.buffer).toString('latin1'),
    (bytes) => bytes.slice(100, 200),
    (bytes) => promisify(deflate)(bytes),
  ]
  for (const access of accesses) {
    using mapping = await truncated()
    await access(new Uint8Array(mapping.buffer))
    assert.equal(mapping.lost, true, String(access))
  }
})

test('a system call that reads or writes the missing pages fails with EFAULT and does not crash', async () => {
  using mapping = await truncated()
  const bytes = new Uint8Array(mapping.buffer)
  const path = await newFile()
  const fd = openSync(path, 'r+')
  assert.throws(() => writeSync(fd, bytes, 0, 4096, 0), { code: 'EFAULT' })
  closeSync(fd)
  assert.equal(mapping.lost, false, 'the kernel met the hole, not this process')
})

test('pages before the new end stay shared', async () => {
  using memfd = Memfd.create('partly', { size: 4 * 4096 })
  using mapping = memfd.map()
  using other = memfd.map()
  const { bytes } = mapping
  memfd.resize(4096)
  assert.equal(bytes[2 * 4096], 0)
  other.bytes[10] = 9
  assert.equal(bytes[10], 9)
  assert.equal(mapping.lost, true)
  assert.equal(other.lost, false)
})

test('a mapping that is lost closes, and its object can be mapped again', async () => {
  using memfd = Memfd.create('again', { size: 8192 })
  const mapping = memfd.map()
  const { bytes } = mapping
  memfd.resize(0)
  bytes[0] = 1
  assert.equal(mapping.lost, true)
  mapping.close()
  assert.equal(mapping.lost, true, 'still known')
  memfd.resize(8192)
  using fresh = memfd.map()
  assert.deepEqual([fresh.lost, fresh.bytes[0]], [false, 0])
})

test('a read-only mapping is guarded in the same way', async () => {
  using mapping = await truncated({ readOnly: true })
  const bytes = new Uint8Array(mapping.buffer)
  assert.equal(bytes[0], 0)
  bytes[1] = 1
  assert.throws(() => mapping.bytes, { code: 'ERR_MAPPING_LOST' })
})

const headers = join(root, 'node_modules/node-api-headers/include')
const faultAddon = (): string => compile('mapping-fault.c', '-shared', '-fPIC', `-I${headers}`)
const libc = readFileSync('/proc/self/maps', 'utf8').includes('musl') ? 'musl' : 'glibc'
const addon = join(root, `prebuilds/linux-${process.arch}-${libc}/hutong.node`)

async function scene(
  name: string,
  ...args: readonly string[]
): Promise<{ code: number | null; signal: string | null }> {
  const { code, signal, stdout, stderr } = await fixture('mapping/guard', [name, ...args]).ended
  if (code !== null) assert.deepEqual([stderr, stdout], ['', 'alive\n'])
  return { code, signal }
}

test('a fault that is none of ours still kills, with its own signal', async () => {
  assert.deepEqual(await scene('foreign SIGSEGV', faultAddon()), { code: null, signal: 'SIGSEGV' })
  assert.deepEqual(await scene('foreign SIGBUS', faultAddon()), { code: null, signal: 'SIGBUS' })
  assert.deepEqual(await scene('sent SIGSEGV'), { code: null, signal: 'SIGSEGV' })
})

test('WebAssembly out of bounds still throws', async () => {
  assert.deepEqual(await scene('wasm'), { code: 0, signal: null })
})

test('a listener for SIGBUS and SIGSEGV hears what is sent, and the guard goes on', async () => {
  for (const when of ['before', 'after']) {
    const { signal, stdout } = await fixture('mapping/guard', [`listener ${when}`]).ended
    assert.deepEqual(
      [stdout, signal],
      ['heard SIGBUS,SIGSEGV\n', 'SIGBUS'],
      'SIGBUS kills once nobody listens',
    )
  }
})

test('two threads that meet a hole at the same time both go on', async () => {
  assert.deepEqual(await scene('two threads'), { code: 0, signal: null })
  if (sharedBuffers) assert.deepEqual(await scene('two threads', 'shared'), { code: 0, signal: null })
})

test('two copies of the addon in one process guard their own mappings', async () => {
  assert.deepEqual(await scene('second copy', await uniquePath(), addon), { code: 0, signal: null })
})

test('the guard outlives the worker that brought it', async () => {
  const { code, signal, stdout, stderr } = await fixture('mapping/late', [await uniquePath()]).ended
  if (!sharedBuffers) return assert.match(stderr, /needs Node 22\.23, 24\.21, 26\.10/)
  assert.deepEqual([stderr, stdout, code, signal], ['', 'alive\n', 0, null])
})
