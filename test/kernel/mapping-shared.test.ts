// Mappings as SharedArrayBuffers, where Node can make them; a clear error where it cannot.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { Mapping, Memfd } from 'hutong'
import '../support/leaks.ts'
import { compiledFixtures } from '../support/paths.ts'

function supported(): boolean {
  try {
    Mapping.anonymous(1, { shared: true }).close()
    return true
  } catch (error) {
    assert.match(
      String(error),
      /EOPNOTSUPP: .*`shared` needs Node 22\.23, 24\.21, 26\.10 or newer; this is \d/,
    )
    return false
  }
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const from: Readonly<Record<number, number>> = { 22: 23, 24: 21, 26: 10 }

test('`shared` works from Node 22.23, 24.21 and 26.10 on, and says so before', () => {
  const least = from[major]
  if (least !== undefined) assert.equal(supported(), minor >= least)
  else assert.equal(supported(), major > 26)
})

const areas = (name: string): number =>
  readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .filter((line) => line.includes(`memfd:${name}`)).length

test('a failed `shared` leaves nothing mapped', () => {
  using memfd = Memfd.create('refused', { size: 4096 })
  if (supported()) return
  assert.throws(() => memfd.map({ shared: true }), { code: 'EOPNOTSUPP' })
  assert.equal(areas('refused'), 0)
})

test('a worker and another mapping of the object see the same bytes', async () => {
  if (!supported()) return
  using memfd = Memfd.create('posted', { size: 4096 })
  using plain = memfd.map()
  using mapping = memfd.map({ shared: true })
  assert.ok(mapping.buffer instanceof SharedArrayBuffer)
  assert.equal(mapping.shared, true)
  const worker = new Worker(join(compiledFixtures, 'mapping/shared-worker.js'))
  worker.postMessage(mapping.buffer)
  const numbers = mapping.view(Int32Array)
  for (let i = 0; i < 1000; i++) Atomics.add(numbers, 0, 1)
  assert.notEqual(Atomics.wait(numbers, 1, 0, 20_000), 'timed-out')
  assert.equal(plain.view(Int32Array)[0], 2000)
  await once(worker, 'exit')
})

test('after close it stays with whoever holds it, and goes with the last reference', async () => {
  if (!supported()) return
  using memfd = Memfd.create('held', { size: 4096 })
  let bytes: Uint8Array | undefined = closed(memfd)
  assert.equal(bytes[0], 7)
  assert.equal(areas('held'), 1)
  bytes = undefined
  // A process started without --expose-gc cannot ask for it, but memory that is allocated brings it about.
  for (let tries = 0; tries < 500 && areas('held') > 0; tries++) {
    Buffer.alloc(8 << 20)
    await sleep(1)
  }
  assert.equal(areas('held'), 0)
})

function closed(memfd: Memfd): Uint8Array {
  const mapping = memfd.map({ shared: true })
  const { bytes } = mapping
  bytes[0] = 7
  mapping.close()
  assert.throws(() => mapping.bytes, { code: 'EBADF' })
  return bytes
}

test('a shared mapping is guarded and can be read-only', () => {
  if (!supported()) return
  using memfd = Memfd.create('both', { size: 8192 })
  using reader = memfd.map({ shared: true, readOnly: true })
  const { bytes } = reader
  bytes[0] = 1
  assert.throws(() => reader.bytes, { code: 'ERR_READ_ONLY_WRITE' })
  memfd.resize(0)
  assert.equal(bytes[0], 0)
  assert.throws(() => reader.bytes, { code: 'ERR_MAPPING_LOST' })
})
