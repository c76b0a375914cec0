import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { signals } from 'hutong'
import { fixture } from '../../support/child.ts'
import { cleanUp } from '../../support/leaks.ts'
import { masks } from '../../support/masks.ts'
import { cPeer } from './peers.ts'

const soon = { timeout: 10_000 }
const script = new URL('../../fixtures/signal/worker.js', import.meta.url)

async function startWorker(role: string): Promise<Worker> {
  const worker = new Worker(script, { workerData: { role } })
  cleanUp(() => worker.terminate())
  await once(worker, 'message')
  return worker
}

test('what a listener refuses process.on hears', async () => {
  const child = spawn('sleep', ['100']) // which also keeps this process running: waiting for a signal does not
  cleanUp(() => child.kill('SIGKILL'))
  await once(child, 'spawn')
  for (const signal of ['SIGUSR1', 'SIGPROF', 'SIGSEGV'] as const) {
    const heard = once(process, signal)
    signals.send(process.pid, signal)
    await heard
  }
  for (const signal of ['SIGSTOP', 'SIGCONT', 'SIGKILL'] as const) {
    const heard = once(process, 'SIGCHLD')
    child.kill(signal)
    await heard
  }
  if (child.signalCode === null) await once(child, 'exit')
  assert.equal(child.signalCode, 'SIGKILL')
})

test('process.on goes on beside a listener, before, during and after', async () => {
  const heard: string[] = []
  const onSignal = (name: string, number: number): void => void heard.push(`${name} ${number}`)
  process.on('SIGUSR2', onSignal)
  const listener = signals.listen(['SIGUSR2'])
  for (let i = 0; i < 3; i++) {
    signals.send(process.pid, 'SIGUSR2')
    assert.equal((await listener.wait(soon)).source, 'kill')
  }
  await sleep(0)
  assert.deepEqual(heard, ['SIGUSR2 12', 'SIGUSR2 12', 'SIGUSR2 12'])
  signals.send(process.pid, 'SIGUSR2') // not received: it goes on to process.on
  listener.close()
  while (heard.length < 4) await sleep(1)
  signals.send(process.pid, 'SIGUSR2')
  while (heard.length < 5) await sleep(1)
  process.off('SIGUSR2', onSignal)
})

test('a burst of real-time signals arrives whole and in order, and children are seen to end meanwhile', async () => {
  using listener = signals.listen(['SIGRTMIN+3', 'SIGUSR2'])
  const COUNT = 5000
  let ordinary = 0
  const onSignal = (): void => void ordinary++
  process.on('SIGUSR2', onSignal)
  process.on('SIGWINCH', onSignal)
  const peer = cPeer('send', process.pid, '+3', COUNT)
  const children: ChildProcess[] = []
  const ends: Promise<unknown>[] = []
  for (let value = 0; value < COUNT; ) {
    const info = await listener.wait(soon)
    if (info.signal === 'SIGUSR2') continue
    assert.equal(info.value, value++)
    assert.equal(info.pid, peer.pid)
    if (value % 500 !== 0) continue
    const child = spawn('true', { stdio: 'ignore' })
    children.push(child)
    ends.push(once(child, 'exit'))
    signals.send(process.pid, 'SIGUSR2')
    signals.send(process.pid, 'SIGWINCH')
    for (const until = performance.now() + 20; performance.now() < until; ); // JavaScript is busy
  }
  await Promise.all(ends)
  assert.deepEqual(
    children.map(({ exitCode }) => exitCode),
    Array(10).fill(0),
  )
  assert.equal((await peer.ended).code, 0)
  for (let left = 200; left > 0 && ordinary < 2; left--) {
    listener.tryWait()
    await sleep(5)
  }
  assert.ok(ordinary >= 2)
  process.off('SIGUSR2', onSignal)
  process.off('SIGWINCH', onSignal)
})

test('a worker listens, and process.on of the main thread hears the same', async () => {
  const worker = await startWorker('echo')
  let heard = 0
  const onSignal = (): void => void heard++
  process.on('SIGUSR2', onSignal)
  const got: unknown[] = []
  worker.on('message', (message) => got.push(message))
  signals.send(process.pid, 'SIGUSR2')
  while (got.length < 1) await sleep(1)
  signals.queue(process.pid, 'SIGRTMIN+1', 5)
  while (got.length < 2 || heard < 1) await sleep(1)
  assert.deepEqual(got, [
    { signal: 'SIGUSR2', value: undefined },
    { signal: 'SIGRTMIN+1', value: 5 },
  ])
  // Many in a short time may be one for process.on, but there is one after the last.
  const before = heard
  for (let i = 0; i < 50; i++) {
    signals.send(process.pid, 'SIGUSR2')
    await sleep(0)
  }
  while (heard === before) await sleep(1)
  process.off('SIGUSR2', onSignal)
  await worker.terminate()
})

test('a worker that is terminated while it listens leaves nothing blocked, whether it waits on its loop or blocks', async () => {
  const before = masks().get(`${process.pid}`)
  const worker = await startWorker('wait')
  assert.notEqual(masks().get(`${process.pid}`), before)
  signals.queue(process.pid, 'SIGRTMIN+1', 1) // not received: it must not end the process
  await worker.terminate()
  assert.equal(masks().get(`${process.pid}`), before)
})

test('a signal that ends a blocking wait of a worker', async () => {
  const worker = await startWorker('blocked')
  signals.send(process.pid, 'SIGUSR2')
  signals.send(process.pid, 'SIGUSR2')
  signals.queue(process.pid, 'SIGRTMIN+1', 2)
  const [message] = await once(worker, 'message')
  assert.ok(message.signal === 'SIGUSR2' || message.value === 2)
  await worker.terminate()
})

test('process.exit, a natural end, and an end with a worker that listens', async () => {
  for (const how of ['end', 'worker', 'thrown']) {
    const { code, stdout } = await fixture('signal/ending', [how]).ended
    assert.deepEqual([how, code, stdout], [how, how === 'thrown' ? 1 : 0, 'listening\n'])
  }
})

test("an exception in somebody's process.on is none of the listener's", async () => {
  const { code, stdout } = await fixture('signal/ending', ['listener-throws']).ended
  assert.deepEqual([code, stdout], [0, 'listening\ncaught Error: mine\nreceived SIGUSR2\n'])
})

test('a stopped process keeps what is sent to it until it continues', async () => {
  const peer = cPeer('receive', '+3', 5)
  const pid = Number(await peer.line())
  const state = async (): Promise<string> => {
    const { readFile } = await import('node:fs/promises')
    return /^State:\t(\w)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? ''
  }
  signals.send(pid, 'SIGSTOP')
  while ((await state()) !== 'T') await sleep(1)
  for (let value = 0; value < 5; value++) signals.queue(pid, 'SIGRTMIN+3', value)
  await sleep(5)
  assert.equal(await state(), 'T')
  signals.send(pid, 'SIGCONT')
  const { stdout } = await peer.ended
  assert.deepEqual(
    [...stdout.matchAll(/value (\d)/g)].map(([, value]) => value),
    ['0', '1', '2', '3', '4'],
  )
})

test('a stopped listener of ours does, too', async () => {
  const child = fixture('signal/ending', ['count'])
  await child.line()
  signals.send(child.pid, 'SIGSTOP')
  for (let value = 0; value < 5; value++) signals.queue(child.pid, 'SIGRTMIN+1', value)
  signals.send(child.pid, 'SIGCONT')
  assert.equal((await child.ended).stdout, 'listening\n0 1 2 3 4\n')
})
