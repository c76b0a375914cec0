// Closing a mapping while somebody still uses its bytes: no crash, nobody else's memory touched.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { Mapping, Memfd } from 'hutong'
import { quarantine, quarantineDrain } from '#src/sys/memory.ts'
import { fixture } from '../support/child.ts'
import '../support/leaks.ts'
import { uniquePath } from '../support/leaks.ts'

test('a view of a closed mapping reads undefined and takes no writes, also in a hot loop', () => {
  const mapping = Mapping.anonymous(4096)
  const { bytes } = mapping
  const numbers = mapping.view(Int32Array)
  const data = mapping.dataView()
  const sum = (): number => {
    let total = 0
    for (let i = 0; i < 4096; i++) total += bytes[i] ?? 0
    return total
  }
  bytes.fill(1)
  for (let i = 0; i < 1000; i++) assert.equal(sum(), 4096)
  mapping.close()
  bytes[0] = 1
  numbers[0] = 1
  assert.deepEqual(
    [sum(), bytes[0], bytes.length, numbers[0], numbers.length],
    [0, undefined, 0, undefined, 0],
  )
  assert.throws(() => data.getUint8(0), TypeError)
})

test('closing releases the object at once, whoever keeps a view', () => {
  using memfd = Memfd.create('released', { size: 4096 })
  const mapping = memfd.map()
  const { bytes } = mapping
  assert.throws(() => memfd.seal('write'), { code: 'EBUSY' })
  mapping.close()
  memfd.seal('write')
  assert.equal(bytes.length, 0)
})

test('work in flight on a view while its mapping is closed crashes nothing and touches nothing', async () => {
  const works = ['zlib', 'subtle', 'pbkdf2', 'fs-read', 'fs-write']
  const { code, signal, stdout, stderr } = await fixture('mapping/in-flight', [await uniquePath(), ...works])
    .ended
  assert.equal(stderr, '')
  assert.deepEqual([code, signal], [0, null], stdout)
  assert.match(stdout, /intact\n$/)
  for (const work of works) assert.ok(stdout.includes(`${work} ended\n`) || stdout.includes(`${work} failed`))
})

const canTransfer = 'transfer' in ArrayBuffer.prototype

test('a transferred buffer reads zeros after close, and its addresses are kept until it is collected', async () => {
  const { code, signal, stdout, stderr } = await fixture('mapping/moved', ['transfer']).ended
  assert.deepEqual([stderr, code, signal], ['', 0, null])
  assert.equal(stdout, canTransfer ? 'moved\nzeros\nintact\n' : 'not moved\nintact\n')
})

test('structuredClone with transfer is refused or copies, and close stays safe', async () => {
  const { code, signal, stdout, stderr } = await fixture('mapping/moved', ['clone']).ended
  assert.deepEqual([stderr, code, signal], ['', 0, null])
  assert.match(stdout, /^(refused: \w+\nnot moved|moved\na copy)\nintact\n$/)
})

/** Lets the finalizers of closed buffers run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await turn()
}

test('addresses rest for ten seconds and then go back to the kernel', async () => {
  await settle()
  quarantineDrain(10_000)
  const before = quarantine()
  const mapping = Mapping.anonymous(3 << 20)
  mapping.close()
  await settle()
  assert.equal(quarantine().bytes - before.bytes, 3 << 20)
  quarantineDrain(9000)
  assert.equal(quarantine().bytes - before.bytes, 3 << 20)
  quarantineDrain(10_000)
  assert.equal(quarantine().bytes, before.bytes)
})

test('a new mapping is never made where a closed one was a moment ago', async () => {
  using memfd = Memfd.create('addresses', { size: 4096 })
  const ranges = (): string[] =>
    readFileSync('/proc/self/maps', 'utf8')
      .split('\n')
      .filter((line) => line.includes('memfd:addresses'))
      .map((line) => line.split(' ', 1)[0] ?? '')
  const seen = new Set<string>()
  for (let i = 0; i < 200; i++) {
    const mapping = memfd.map()
    for (const range of ranges()) {
      assert.ok(!seen.has(range), `${range} was used again`)
      seen.add(range)
    }
    mapping.close()
    if (i % 10 === 0) await settle()
  }
  assert.equal(seen.size, 200)
})

test('many mappings that come and go leave few ranges in the kernel and in the quarantine', async () => {
  const vmas = (): number => readFileSync('/proc/self/maps', 'utf8').split('\n').length
  await settle()
  const [before, ranges] = [vmas(), quarantine().ranges]
  for (let round = 0; round < 100; round++) {
    for (let i = 0; i < 50; i++) {
      const mapping = Mapping.anonymous(4096)
      mapping.bytes[0] = 1
      mapping.close()
    }
    await settle()
  }
  assert.ok(quarantine().ranges - ranges < 100, `${quarantine().ranges - ranges} ranges in quarantine`)
  assert.ok(vmas() - before < 200, `${vmas() - before} more areas`)
})

test('a mapping that is dropped without close warns, and its memory is released', async () => {
  const child = fixture('mapping/dropped')
  const { code, stdout, stderr } = await child.ended
  assert.deepEqual([code, stdout], [0, 'released\n'])
  assert.match(stderr, /HUTONG_LEAK.*anonymous mapping of 1048576 bytes was collected while open/)
})
