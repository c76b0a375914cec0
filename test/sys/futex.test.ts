import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Mapping, Memfd } from 'hutong'
import { constants, errno, futex_wait, futex_wake } from 'hutong/sys'
import { addressOf } from '#src/sys/futex.ts'
import { futexWait } from '#src/wait/futex.ts'
import '../support/leaks.ts'

const EAGAIN = -(errno['EAGAIN'] ?? 0)
const ETIMEDOUT = -(errno['ETIMEDOUT'] ?? 0)

/** Wakes one sleeper of the word, as soon as there is one. */
async function wakeOne(words: Int32Array): Promise<void> {
  while (futex_wake(words, 0, 1) === 0) await new Promise((resolve) => setImmediate(resolve))
}

test('a word that is something else is not waited for', () => {
  const words = new Int32Array([7, 8])
  assert.equal(futex_wait(words, 1, 7), EAGAIN)
  assert.equal(futex_wait(new Uint32Array([0xffff_ffff]), 0, 0xffff_ffff, 0), ETIMEDOUT)
})

test('a blocking wait ends at its deadline, not before', () => {
  const words = new Int32Array(1)
  const start = performance.now()
  assert.equal(futex_wait(words, 0, 0, 12.5), ETIMEDOUT)
  assert.ok(performance.now() - start >= 12.5)
})

test('a wait on a thread is woken through another mapping of the same memory', async () => {
  using memory = Memfd.create('futex', { size: 4096 })
  using here = memory.map()
  using there = memory.map()
  const words = here.view(Int32Array, 64, 1)
  const waiting = futexWait({ address: addressOf(words), expected: 0, name: 'a word' })
  await wakeOne(there.view(Int32Array, 64, 1))
  assert.equal(await waiting, true)
})

test('a wait on a thread says when the word is something else', async () => {
  using memory = Mapping.anonymous(4096)
  const words = memory.view(Int32Array, 0, 1)
  words[0] = 3
  assert.equal(await futexWait({ address: addressOf(words), expected: 4, name: 'a word' }), false)
})

test('an abort and a timeout end it', async () => {
  using memory = Mapping.anonymous(4096)
  const wait = { address: addressOf(memory.view(Int32Array)), expected: 0, name: 'a word' }
  await assert.rejects(futexWait(wait, { timeout: 5 }), { name: 'TimeoutError' })
  const controller = new AbortController()
  const waiting = futexWait(wait, { signal: controller.signal })
  controller.abort(new Error('enough'))
  await assert.rejects(waiting, /enough/)
})

test('of many wake-ups that race with aborts none is lost: it is delivered, or wakes another', async () => {
  using memory = Mapping.anonymous(4096)
  const words = memory.view(Int32Array)
  const wait = { address: addressOf(words), expected: 0, name: 'a word' }
  for (let round = 0; round < 200; round++) {
    const controller = new AbortController()
    const waiting = futexWait(wait, { signal: controller.signal }).catch(() => undefined)
    if (round % 2 === 0) await new Promise((resolve) => setImmediate(resolve))
    const woken = futex_wake(words, 0, 1)
    controller.abort()
    assert.equal(await waiting, woken === 1 ? true : undefined, `round ${round}`)
  }
})

test('a worker blocks on a word until this thread changes and wakes it', async () => {
  const words = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(new URL('../fixtures/sys/futex-worker.js', import.meta.url), {
    workerData: words,
  })
  const said = new Promise((resolve) => worker.once('message', resolve))
  await wakeOne(words)
  assert.equal(await said, 0)
  await worker.terminate()
})

test('misuse names the argument', () => {
  const words = new Int32Array(2)
  for (const index of [-1, 2, 0.5, Number.NaN]) {
    assert.throws(() => futex_wait(words, index, 0), /RangeError: index must be a whole number from 0 to 1/)
    assert.throws(() => futex_wake(words, index, 1), /RangeError: index/)
  }
  assert.throws(() => futex_wake(new Uint8Array(4) as never, 0, 1), /TypeError: words must be/)
  assert.throws(() => futex_wait(words, 0, '0' as never), /TypeError: expected must be a number/)
  assert.throws(() => futex_wait(words, 0, 0, 'x' as never), /TypeError: timeout must be a number/)
  assert.ok(constants.FUTEX_WAITERS > 0)
})
