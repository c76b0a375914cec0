import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { pbkdf2 } from 'node:crypto'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { Fifo, type SignalName, signals } from 'hutong'
import { start } from '../../support/child.ts'
import { uniquePath } from '../../support/leaks.ts'
import { bit, masks } from '../../support/masks.ts'

const soon = { timeout: 10_000 }
const set = (...names: SignalName[]): bigint =>
  names.reduce((bits, name) => bits | bit(signals.number(name)), 0n)

/** The threads that do not block all of these; a thread that is being made is looked at again. */
async function open(wanted: bigint): Promise<string[]> {
  let left: string[] = []
  for (let wait = 0; wait < 5; wait++) {
    left = [...masks()].filter(([, mask]) => (mask & wanted) !== wanted).map(([task]) => task)
    if (left.length === 0) return []
    await sleep(wait)
  }
  return left
}

test('blocked, sent five times, seen pending, unblocked: standard once, real-time five times in order', async () => {
  const listener = signals.listen(['SIGRTMIN+1'])
  const heard: string[] = []
  const onSignal = (name: string): void => void heard.push(name)
  process.on('SIGUSR2', onSignal)
  signals.block(['SIGUSR2', 'SIGRTMIN+1'])
  assert.deepEqual(signals.blocked(), ['SIGUSR2', 'SIGRTMIN+1'])
  for (let value = 0; value < 5; value++) {
    signals.send(process.pid, 'SIGUSR2')
    signals.queue(process.pid, 'SIGRTMIN+1', value)
  }
  await sleep(5)
  assert.deepEqual(signals.pending(), ['SIGUSR2', 'SIGRTMIN+1'])
  assert.deepEqual(heard, [])
  signals.unblock(['SIGUSR2', 'SIGRTMIN+1'])
  assert.deepEqual(signals.blocked(), [])
  const values = []
  for (let i = 0; i < 5; i++) values.push((await listener.wait(soon)).value)
  assert.deepEqual(values, [0, 1, 2, 3, 4])
  assert.equal(listener.tryWait(), undefined)
  while (heard.length === 0) await sleep(1)
  await sleep(5)
  assert.deepEqual(heard, ['SIGUSR2'])
  process.off('SIGUSR2', onSignal)
  listener.close()
})

test('every thread blocks it, those of the pool and workers that start later too, and all stop', async () => {
  const before = masks()
  signals.block(['SIGTERM', 'SIGRTMIN+1'])
  const wanted = set('SIGTERM', 'SIGRTMIN+1')
  assert.deepEqual(await open(wanted), [])
  await Promise.all(Array.from({ length: 8 }, () => promisify(pbkdf2)('a', 'b', 2000, 8, 'sha256')))
  const worker = new Worker('setInterval(() => {}, 1000)', { eval: true })
  await once(worker, 'online')
  assert.ok(masks().size > before.size)
  assert.deepEqual(await open(wanted), [])
  signals.unblock(['SIGTERM', 'SIGRTMIN+1'])
  const left = [...masks()].filter(([, mask]) => (mask & wanted) !== 0n && (mask & bit(1)) === 0n)
  assert.deepEqual(left, [])
  await worker.terminate()
})

test('a process that is started has nothing blocked', () => {
  signals.block(['SIGTERM', 'SIGUSR2', 'SIGRTMIN+1'])
  const out = execFileSync('grep', ['SigBlk', '/proc/self/status'], { encoding: 'utf8' })
  signals.unblock(['SIGTERM', 'SIGUSR2', 'SIGRTMIN+1'])
  assert.match(out, /^SigBlk:\t0+\n$/)
})

test('threads that wait for us stay as they are: deaf but for the signals that end their call', async () => {
  const fifo = Fifo.create(await uniquePath())
  const known = masks()
  const controller = new AbortController()
  const waiting = fifo.openReader({ signal: controller.signal })
  const fresh = (): [string, bigint][] =>
    [...masks()].filter(([task, mask]) => !known.has(task) && (mask & 1n) === 1n)
  while (fresh().length === 0 || ((fresh()[0]?.[1] ?? 0n) & bit(signals.SIGRTMAX - 5)) !== 0n) await sleep(1)
  const before = fresh()
  assert.equal((before[0]?.[1] ?? 0n) & bit(signals.number('SIGSTKFLT')), 0n)
  signals.block(['SIGTERM'])
  assert.deepEqual(fresh(), before)
  signals.unblock(['SIGTERM'])
  assert.deepEqual(fresh(), before)
  controller.abort('done')
  await assert.rejects(waiting, (reason) => reason === 'done')
  fifo.unlink()
})

test('unblocking is not counted, blocking twice is once; a listener keeps its signal blocked', () => {
  signals.block(['SIGUSR2'])
  signals.block(['SIGUSR2', 'SIGHUP'])
  const listener = signals.listen(['SIGHUP'])
  signals.unblock(['SIGUSR2', 'SIGHUP'])
  assert.deepEqual(signals.blocked(), [])
  const main = masks().get(`${process.pid}`) ?? 0n
  assert.equal(main & set('SIGUSR2', 'SIGHUP'), set('SIGHUP'))
  listener.close()
  signals.unblock(['SIGUSR2'])
})

test('a listener that closes leaves pending what block has blocked', () => {
  signals.block(['SIGRTMIN+1'])
  const listener = signals.listen(['SIGRTMIN+1'])
  signals.queue(process.pid, 'SIGRTMIN+1', 1)
  listener.close()
  assert.deepEqual(signals.pending(), ['SIGRTMIN+1'])
  assert.equal(signals.tryWait(['SIGRTMIN+1'])?.value, 1)
  signals.unblock(['SIGRTMIN+1'])
})

test('unblocking a signal that is pending and not handled takes its default action', async () => {
  const script = `import { signals } from 'hutong'
    signals.block(['SIGTERM']); signals.send(process.pid, 'SIGTERM'); signals.unblock(['SIGTERM']); setTimeout(() => {}, 10000)`
  const child = start(process.execPath, ['--input-type=module', '-e', script])
  assert.equal((await child.ended).signal, 'SIGTERM')
})

test('blocking and unblocking while threads come and go', async () => {
  const stop = new AbortController()
  const churn = (async () => {
    while (!stop.signal.aborted) {
      const worker = new Worker('', { eval: true })
      await once(worker, 'exit')
    }
  })()
  for (let round = 0; round < 40; round++) {
    signals.block(['SIGUSR2', 'SIGRTMIN+4'])
    assert.deepEqual(await open(set('SIGUSR2', 'SIGRTMIN+4')), [])
    signals.send(process.pid, 'SIGUSR2')
    signals.queue(process.pid, 'SIGRTMIN+4', round)
    await sleep(1)
    assert.equal(signals.tryWait(['SIGUSR2'])?.signal, 'SIGUSR2')
    assert.equal(signals.tryWait(['SIGRTMIN+4'])?.value, round)
    signals.unblock(['SIGUSR2', 'SIGRTMIN+4'])
  }
  stop.abort()
  await churn
})

test('ignored, default, handled: what a signal does now', async () => {
  assert.equal(signals.disposition('SIGHUP'), 'default')
  assert.equal(signals.disposition('SIGPIPE'), 'ignore')
  signals.ignore('SIGHUP')
  assert.equal(signals.disposition('SIGHUP'), 'ignore')
  signals.send(process.pid, 'SIGHUP')
  await sleep(1)
  const listener = signals.listen(['SIGHUP'])
  signals.send(process.pid, 'SIGHUP')
  assert.equal((await listener.wait(soon)).signal, 'SIGHUP')
  listener.close()
  signals.useDefault('SIGHUP')
  assert.equal(signals.disposition('SIGHUP'), 'default')
  const nothing = (): void => {}
  process.on('SIGHUP', nothing)
  assert.equal(signals.disposition('SIGHUP'), 'handled')
  assert.throws(() => signals.ignore('SIGHUP'), { code: 'EBUSY', message: /process\.on\('SIGHUP'\)/ })
  assert.throws(() => signals.useDefault('SIGHUP'), { code: 'EBUSY' })
  process.off('SIGHUP', nothing)
  assert.throws(() => signals.ignore('SIGCHLD'), { name: 'RangeError', message: /ignore refuses SIGCHLD/ })
  assert.throws(() => signals.useDefault('SIGSEGV'), RangeError)
  assert.throws(() => signals.ignore('SIGKILL'), RangeError)
})
