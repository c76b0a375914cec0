import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { constants, Fd, pipe2 } from 'hutong/sys'
import { type CallResult, waitCall } from '#src/wait/call.ts'
import type { WaitOptions } from '#src/wait/options.ts'
import { uniquePath } from '../support/leaks.ts'

async function fifo(): Promise<string> {
  const path = await uniquePath()
  execFileSync('mkfifo', [path])
  return path
}

function open(path: string, flags: number, options?: WaitOptions): Promise<CallResult> {
  const args = [constants.AT_FDCWD, path, flags | constants.O_CLOEXEC, 0]
  return waitCall({ number: constants.SYS_openat, name: 'open', args }, options)
}

test('a call waits on a thread of its own until the kernel answers', async () => {
  const path = await fifo()
  const [reader, writer] = await Promise.all([open(path, constants.O_RDONLY), open(path, constants.O_WRONLY)])
  for (const { result } of [reader, writer]) {
    assert.ok(result >= 0)
    new Fd(result).close()
  }
})

test('the kernel fills a private buffer, which comes back', async () => {
  const ends = pipe2(constants.O_CLOEXEC)
  assert.ok(Array.isArray(ends))
  const [reader, writer] = [new Fd(ends[0]), new Fd(ends[1])]
  const reading = waitCall({
    number: constants.SYS_read,
    name: 'read',
    args: [reader.number, 0, 100],
    out: { index: 1, size: 100 },
  })
  const text = new TextEncoder().encode('hello')
  const args = [writer.number, text, text.length]
  assert.equal((await waitCall({ number: constants.SYS_write, name: 'write', args })).result, 5)
  const { result, bytes } = await reading
  assert.equal(new TextDecoder().decode(new Uint8Array(bytes ?? new ArrayBuffer(0), 0, result)), 'hello')
  reader.close()
  writer.close()
})

test('an error number is a result like any other', async () => {
  const { result } = await open('/nowhere/at/all', constants.O_RDONLY)
  assert.equal(result, -2)
})

test('an abort interrupts the call at once, with its reason', async () => {
  const path = await fifo()
  const controller = new AbortController()
  const reason = new Error('enough')
  const waiting = open(path, constants.O_RDONLY, { signal: controller.signal })
  setImmediate(() => controller.abort(reason))
  await assert.rejects(waiting, reason)
})

test('a timeout interrupts the call', async () => {
  await assert.rejects(open(await fifo(), constants.O_RDONLY, { timeout: 10 }), { name: 'TimeoutError' })
})

test('an abort before the call begins makes none', async () => {
  const path = await fifo()
  await assert.rejects(open(path, constants.O_RDONLY, { signal: AbortSignal.abort() }), {
    name: 'AbortError',
  })
})

test('an abort that races with success loses nothing: a descriptor is delivered, or was never opened', async () => {
  const path = await fifo()
  let delivered = 0
  for (let round = 0; round < 300; round++) {
    const controller = new AbortController()
    const waiting = open(path, constants.O_RDONLY, { signal: controller.signal }).then(
      ({ result }) => result,
      () => undefined,
    )
    if (round % 3 === 0) await new Promise((resolve) => setImmediate(resolve))
    // Opens without waiting if the reader is there, which frees it.
    const peer = await open(path, constants.O_RDWR)
    controller.abort()
    const fd = await waiting
    if (fd !== undefined) {
      delivered++
      new Fd(fd).close()
    }
    new Fd(peer.result).close()
  }
  // The leak check after the test sees whether the other rounds left a descriptor behind.
  assert.ok(delivered > 0, 'the peer never won the race')
})

test('a thousand calls wait without holding up the thread pool, and one signal ends them all', async () => {
  const path = await fifo()
  const controller = new AbortController()
  const waiting = Array.from({ length: 1000 }, () =>
    open(path, constants.O_RDONLY, { signal: controller.signal }),
  )
  const outcomes = Promise.allSettled(waiting)
  assert.match(await readFile('/proc/self/status', 'utf8'), /Threads:\t\d{4}/)
  controller.abort()
  assert.equal((await outcomes).filter(({ status }) => status === 'rejected').length, 1000)
})

test('many operations may wait on one signal without a warning', async (t) => {
  const path = await fifo()
  const warned = t.mock.fn()
  process.on('warning', warned)
  const controller = new AbortController()
  const waiting = Array.from({ length: 50 }, () =>
    open(path, constants.O_RDONLY, { signal: controller.signal }),
  )
  const outcomes = Promise.allSettled(waiting)
  controller.abort()
  await outcomes
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', warned)
  assert.equal(warned.mock.callCount(), 0)
})

test('misuse throws TypeError or RangeError', async () => {
  const call = { number: constants.SYS_read, name: 'read', args: [0, 0, 1] }
  await assert.rejects(waitCall({ ...call, args: [0, 0, 0, 0, 0, 0, 0] }), { name: 'TypeError' })
  await assert.rejects(waitCall({ ...call, out: { index: 6, size: 1 } }), { name: 'RangeError' })
  await assert.rejects(waitCall({ ...call, out: { index: 1, size: -1 } }), { name: 'RangeError' })
  await assert.rejects(waitCall(call, { timeout: -1 }), { name: 'RangeError' })
})
