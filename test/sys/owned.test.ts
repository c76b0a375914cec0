// Descriptors belong to the thread that opened them, and go with it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { PipeReader } from 'hutong'
import { constants, fcntl, must } from 'hutong/sys'
import { cleanUp, descriptors } from '../support/leaks.ts'

const endings: Readonly<Record<string, (worker: Worker) => unknown>> = {
  'is terminated': (worker) => worker.terminate(),
  'runs to its end': (worker) => worker.postMessage('go'),
}

for (const [how, end] of Object.entries(endings)) {
  test(`what a worker owns is closed when it ${how}`, { timeout: 20_000 }, async () => {
    const worker = new Worker(new URL('../fixtures/sys/owner.js', import.meta.url))
    const exited = new Promise((resolve) => worker.once('exit', resolve))
    const [reader, writer] = await new Promise<[number, number]>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    const name = descriptors().get(String(writer))
    const own = PipeReader.from(must(fcntl(reader, constants.F_DUPFD_CLOEXEC, 0), 'fcntl'))
    cleanUp(() => own.close())
    const reading = own.read()
    end(worker)
    await exited
    assert.equal(await reading, null, 'the worker was the last writer')
    assert.deepEqual([...descriptors().values()].filter((target) => target === name).length, 1)
  })
}
