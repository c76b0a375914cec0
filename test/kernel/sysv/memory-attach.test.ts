// SysvMemory: attaching and detaching, through the same machinery as any Mapping.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { closeSync, openSync, read as readFile, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { deflate } from 'node:zlib'
import { type Mapping, SysvMemory } from 'hutong'
import { quarantine } from '#src/sys/memory.ts'
import { fixture } from '../../support/child.ts'
import { cleanUp } from '../../support/leaks.ts'

const PAGE = 4096
const MIB = 1 << 20

function made(size: number): SysvMemory {
  const memory = SysvMemory.createPrivate({ size })
  cleanUp(() => memory.remove())
  return memory
}

test('attached several times, all see the same bytes', () => {
  const memory = made(2 * PAGE)
  using first = memory.attach()
  using second = memory.attach({ populate: true })
  using reader = memory.attach({ readOnly: true })
  assert.equal(memory.stat().attached, 3)
  first.bytes[PAGE] = 1
  second.bytes[1] = 2
  assert.deepEqual([reader.bytes[PAGE], reader.bytes[1], first.bytes[1]], [1, 2, 2])
  assert.deepEqual([first.readOnly, reader.readOnly, first.fd], [false, true, undefined])
})

test('closing detaches at once, whoever keeps a view, and the addresses rest', () => {
  const memory = made(3 * PAGE)
  const mapping = memory.attach()
  const { bytes, length } = mapping
  const numbers = mapping.view(Int32Array)
  assert.equal(length, 3 * PAGE)
  const before = quarantine()
  mapping.close()
  mapping.close()
  assert.equal(memory.stat().attached, 0)
  assert.deepEqual([bytes.length, bytes[0], numbers[0], mapping.length], [0, undefined, undefined, 0])
  bytes[0] = 1
  assert.throws(() => mapping.bytes, { code: 'EBADF' })
  assert.ok(quarantine().slots >= before.slots)
})

// ArrayBuffer.prototype.transfer came with Node 22.
if ('transfer' in ArrayBuffer.prototype) {
  test('a buffer that was moved reads zeros after close, and the segment is detached all the same', () => {
    const memory = made(PAGE)
    const mapping = memory.attach()
    mapping.bytes.fill(7)
    const buffer = mapping.buffer as ArrayBuffer & { transfer(): ArrayBuffer }
    const moved = new Uint8Array(buffer.transfer())
    mapping.close()
    assert.equal(memory.stat().attached, 0)
    moved.fill(9)
    using again = memory.attach()
    assert.equal(again.bytes[0], 7, 'what was moved away reaches nobody')
  })
}

test('zlib and fs in flight over a segment that is detached touch nobody', async () => {
  const memory = made(MIB)
  const file = openSync(process.execPath, 'r')
  const works: readonly ((bytes: Uint8Array) => Promise<unknown>)[] = [
    (bytes) => promisify(deflate)(bytes),
    (bytes) => promisify(readFile)(file, bytes, 0, MIB, 0),
  ]
  for (const work of works) {
    const mapping = memory.attach()
    const { bytes } = mapping
    for (let i = 0; i < MIB; i += 3) bytes[i] = i ^ (i >> 9)
    const inFlight = work(bytes).catch(() => {})
    mapping.close()
    assert.equal(memory.stat().attached, 0)
    const other = made(MIB).attach()
    await inFlight
    assert.ok(other.bytes.every((byte) => byte === 0))
    other.close()
    while (bytes.length > 0) await sleep(1)
  }
  closeSync(file)
})

/** Collects garbage until nobody has the segment attached. */
async function detached(memory: SysvMemory): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  while (memory.stat().attached > 0) {
    collect()
    await sleep(1)
  }
}

test('a mapping that nobody refers to any more is detached', async () => {
  const memory = made(PAGE)
  const warned = once(process, 'warning')
  ;(() => memory.attach().bytes.fill(1))()
  await detached(memory)
  const [warning] = await warned
  assert.equal(warning.code, 'HUTONG_LEAK')
})

test('read only: no way of writing reaches the segment, and the next method says so and undoes it', () => {
  const memory = made(4 * PAGE)
  using writer = memory.attach()
  const writes: readonly ((mapping: Mapping) => unknown)[] = [
    (mapping) => mapping.bytes.fill(1),
    (mapping) => Atomics.store(mapping.view(Int32Array), 0, 1),
    (mapping) => Atomics.add(mapping.view(Int32Array), 0, 1),
    (mapping) => mapping.dataView().setFloat64(PAGE - 4, 1.5),
    (mapping) => mapping.bytes.set([1, 2, 3], PAGE - 1),
    (mapping) => mapping.view(BigInt64Array).fill(1n),
  ]
  for (const write of writes) {
    using reader = memory.attach({ readOnly: true })
    const { bytes } = reader
    write(reader)
    assert.throws(
      () => reader.bytes,
      { name: 'ReadOnlyWriteError', code: 'ERR_READ_ONLY_WRITE' },
      String(write),
    )
    assert.ok(writer.bytes.every((byte) => byte === 0))
    assert.ok(bytes.every((byte) => byte === 0))
    writer.bytes[PAGE] = 2
    assert.equal(bytes[PAGE], 2, 'live again')
    writer.bytes[PAGE] = 0
    assert.equal(memory.stat().attached, 2)
  }
  using reader = memory.attach({ readOnly: true })
  assert.throws(() => reader.writeCString('no'), { code: 'ERR_READ_ONLY_WRITE' })
  assert.throws(() => reader.resize(1), /TypeError: .*size of a segment cannot be changed/)
})

test('read only: the pages that were not written stay live, the written one keeps what it had', () => {
  const memory = made(3 * PAGE)
  using writer = memory.attach()
  writer.bytes.fill(1)
  const reader = memory.attach({ readOnly: true })
  const { bytes } = reader
  bytes[PAGE] = 50
  writer.bytes.fill(2)
  assert.deepEqual([bytes[0], bytes[PAGE], bytes[PAGE + 1], bytes[2 * PAGE]], [2, 50, 1, 2])
  reader.close() // also with the private page in it
  assert.equal(memory.stat().attached, 1)
})

test('read only: a write is undone also when the segment has been removed, unless nothing of it is attached any more', () => {
  const memory = SysvMemory.createPrivate({ size: 2 * PAGE })
  const reader = memory.attach({ readOnly: true })
  memory.remove()
  const { bytes } = reader
  bytes[0] = 1
  assert.throws(() => reader.bytes, { code: 'ERR_READ_ONLY_WRITE' })
  assert.equal(reader.bytes[0], 0)
  bytes.fill(1)
  assert.throws(() => reader.bytes, { code: 'EIDRM', message: /took the place/ })
  assert.throws(() => reader.bytes, { code: 'EIDRM' })
  reader.close()
})

test('read only: more stray writes than a process may have areas do not end it', async () => {
  const { code, signal, stdout, stderr } = await fixture('sysv/memory-exhaust').ended
  assert.deepEqual([stderr, code, signal, stdout], ['', 0, null, 'done\n'])
})

test('the kernel refuses to write into a read-only attachment: EFAULT', async () => {
  using reader = made(PAGE).attach({ readOnly: true })
  const file = openSync(process.execPath, 'r')
  await assert.rejects(promisify(readFile)(file, reader.bytes, 0, 10, 0), { code: 'EFAULT' })
  closeSync(file)
  assert.equal(reader.bytes[0], 0)
})

test('workers attach by the id, and count together', async () => {
  const memory = made(PAGE)
  using mapping = memory.attach()
  const url = new URL('../../fixtures/sysv/memory-worker.js', import.meta.url)
  const workers = [0, 1].map(() => new Worker(url, { workerData: memory.id }))
  await Promise.all(workers.map((worker) => once(worker, 'exit')))
  assert.equal(mapping.view(Int32Array)[0], 2000)
  assert.equal(memory.stat().attached, 1)
})

/** Whether this Node has external SharedArrayBuffers; a function of its own, so that nothing of it stays referred to. */
function useShared(memory: SysvMemory): boolean {
  let mapping: Mapping
  try {
    mapping = memory.attach({ shared: true })
  } catch (error) {
    assert.match(String(error), /`shared` needs Node/)
    return false
  }
  assert.ok(mapping.buffer instanceof SharedArrayBuffer)
  mapping.bytes[0] = 3
  mapping.close()
  return true
}

test('a SharedArrayBuffer stays attached until nobody refers to it, where this Node has external ones', async () => {
  const memory = made(PAGE)
  const has = useShared(memory)
  await detached(memory)
  if (!has) return
  const other = memory.attach()
  assert.equal(other.bytes[0], 3)
  other.close()
})

test('a mapping that is held refuses to close, and stays attached', () => {
  const memory = made(PAGE)
  const mapping = memory.attach()
  const release = mapping.hold('a lock')
  assert.throws(() => mapping.close(), { code: 'EBUSY', message: /a lock/ })
  assert.equal(memory.stat().attached, 1)
  release()
  mapping.close()
})

test('maps of this process show the segment while it is attached and not after', () => {
  const memory = made(PAGE)
  const mapping = memory.attach()
  const shown = (): boolean => readFileSync('/proc/self/maps', 'utf8').includes(` ${memory.id} `)
  assert.equal(shown(), true)
  mapping.close()
  assert.equal(shown(), false)
})
