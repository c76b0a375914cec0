// Mappings in worker threads, and at the end of their environment.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Memfd } from 'hutong'
import { descriptors } from '../support/leaks.ts'
import { compiledFixtures } from '../support/paths.ts'

const areas = (): number =>
  readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .filter((line) => line.includes('memfd:worker')).length

async function run(fd: number, wait: boolean): Promise<void> {
  const worker = new Worker(join(compiledFixtures, 'mapping/open-worker.js'), { workerData: { fd, wait } })
  const ended = once(worker, 'exit')
  const [count] = await once(worker, 'message')
  assert.equal(count, 10)
  if (wait) await worker.terminate()
  await ended
}

for (const [how, wait] of [
  ['ends', false],
  ['is terminated', true],
] as const) {
  test(`a worker that ${how} leaves no mapping and no descriptor`, async () => {
    using memfd = Memfd.create('worker', { size: 4096 })
    await run(memfd.fd, wait)
    const before = descriptors().size
    for (let round = 0; round < 3; round++) await run(memfd.fd, wait)
    assert.equal(areas(), 0)
    assert.equal(descriptors().size, before)
    using mapping = memfd.map()
    assert.equal(mapping.bytes[0], 1)
    memfd.resize(0)
    const { bytes } = mapping
    assert.equal(bytes[0], 0, 'the guard is still there')
  })
}
