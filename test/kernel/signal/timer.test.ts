import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { SignalTimer, signals } from 'hutong'
import { timer_delete, timer_gettime } from 'hutong/sys'
import { fixture } from '../../support/child.ts'
import '../../support/leaks.ts'
import '../../support/masks.ts'

const soon = { timeout: 10_000 }

test('an alarm comes as SIGALRM; a second one replaces it and tells what was left', async () => {
  using listener = signals.listen(['SIGALRM'])
  assert.equal(signals.alarm(60_000), 0)
  const left = signals.remaining('real')
  assert.ok(left > 50_000 && left <= 60_000)
  assert.ok(signals.alarm(1) > 50_000)
  assert.equal((await listener.wait(soon)).source, 'kernel')
  assert.equal(signals.remaining('real'), 0)
  signals.alarm(60_000)
  assert.ok(signals.alarm(0) > 50_000)
  assert.equal(signals.remaining('real'), 0)
})

test('an alarm that nobody awaits ends the process', async () => {
  assert.equal((await fixture('signal/alarm', []).ended).signal, 'SIGALRM')
})

test('an interval timer comes again and again until it is stopped', async () => {
  using listener = signals.listen(['SIGALRM', 'SIGVTALRM'])
  signals.setInterval('real', { first: 1, interval: 2 })
  for (let i = 0; i < 3; i++) assert.equal((await listener.wait(soon)).signal, 'SIGALRM')
  signals.setInterval('real', { first: 0 })
  listener.tryWait()
  signals.setInterval('virtual', { first: 1 })
  for (let spin = 0; listener.tryWait() === undefined; spin++) assert.ok(spin < 1e8)
  assert.equal(signals.remaining('virtual'), 0)
})

test('a timer carries a value, and counts what found the signal still pending', async () => {
  using listener = signals.listen(['SIGRTMIN+1'])
  using timer = SignalTimer.create({ signal: 'SIGRTMIN+1', value: -7 })
  timer.start({ first: 1, interval: 0.5 })
  await sleep(20)
  const info = await listener.wait(soon)
  assert.deepEqual([info.timer, info.value], [timer.id, -7])
  assert.ok((info.overrun ?? 0) >= 5, `overrun ${info.overrun}`)
  assert.ok(timer.overrun >= 0)
  timer.stop()
  assert.equal(timer.remaining, 0)
  timer.start({ first: 60_000 })
  assert.ok(timer.remaining > 50_000)
})

test('timers by other clocks', async () => {
  using listener = signals.listen(['SIGRTMIN+1'])
  for (const clock of ['realtime', 'boottime', 'monotonic'] as const) {
    using timer = SignalTimer.create({ signal: 'SIGRTMIN+1', clock })
    timer.start({ first: 1 })
    assert.equal((await listener.wait(soon)).timer, timer.id)
  }
  using timer = SignalTimer.create({ signal: 'SIGRTMIN+1', clock: 'cpu' })
  timer.start({ first: 1 })
  for (let spin = 0; listener.tryWait() === undefined; spin++) assert.ok(spin < 1e8)
})

test('a closed timer is gone, and every use of it is EBADF', () => {
  const timer = SignalTimer.create()
  const { id } = timer
  assert.equal(timer.signal, 'SIGALRM')
  assert.equal(timer_gettime(id), 0)
  timer.close()
  timer.close()
  assert.ok(timer.closed)
  assert.ok(timer_gettime(id) < 0)
  assert.ok(timer_delete(id) < 0)
  for (const use of [
    () => timer.id,
    () => timer.start({ first: 1 }),
    () => timer.stop(),
    () => timer.remaining,
    () => timer.overrun,
  ]) {
    assert.throws(use, { code: 'EBADF' })
  }
})

test("a worker's timers go with it", async () => {
  const url = new URL('../../fixtures/signal/worker.js', import.meta.url)
  const worker = new Worker(url, { workerData: { role: 'timer' } })
  const id = await new Promise<number>((resolve) => worker.once('message', resolve))
  assert.ok(timer_gettime(id) > 0)
  await worker.terminate()
  assert.ok(timer_gettime(id) < 0)
})

test('wrong times, values, clocks and timers are refused by name', () => {
  using timer = SignalTimer.create()
  assert.throws(() => timer.start({ first: 0 }), { name: 'RangeError', message: /first must be more than 0/ })
  assert.throws(() => timer.start({ first: -1 }), RangeError)
  assert.throws(() => timer.start({ first: 1, interval: -1 }), { name: 'RangeError', message: /interval/ })
  assert.throws(() => timer.start({ first: Number.NaN }), RangeError)
  assert.throws(() => timer.start({ first: '1' as never }), TypeError)
  assert.throws(() => SignalTimer.create({ value: 2 ** 31 }), { name: 'RangeError', message: /value/ })
  assert.throws(() => SignalTimer.create({ clock: 'sundial' as never }), {
    name: 'RangeError',
    message: /clock is one of/,
  })
  assert.throws(() => SignalTimer.create({ signal: 'SIGX' as never }), RangeError)
  assert.throws(() => signals.alarm(-1), RangeError)
  assert.throws(() => signals.setInterval('prof' as never, { first: 1 }), {
    name: 'RangeError',
    message: /SIGPROF/,
  })
  assert.throws(() => signals.remaining('prof' as never), RangeError)
})
