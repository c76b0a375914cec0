import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pipe, PosixQueue, type SignalInfo, SignalListener, SignalTimer, signals } from 'hutong'
import { constants, fcntl } from 'hutong/sys'
import { fixture } from '../../support/child.ts'
import { descriptors, uniqueName } from '../../support/leaks.ts'
import '../../support/masks.ts'
import { cPeer, pythonPeer } from './peers.ts'

const uid = process.getuid?.()
const soon = { timeout: 10_000 }

test('a C program queues a signal: signal, sender, user and value are here', async () => {
  using listener = signals.listen(['SIGRTMIN+3'])
  const peer = cPeer('send', process.pid, '+3', 2)
  const { pid } = peer
  const head = { signal: 'SIGRTMIN+3', number: 37, source: 'queue', code: 'SI_QUEUE', pid, uid }
  assert.deepEqual(await listener.wait(soon), { ...head, value: 0, pointer: 0n })
  assert.deepEqual(listener.waitSync(soon), { ...head, value: 1, pointer: 1n })
  assert.equal((await peer.ended).code, 0)
})

test('kill(1) and Python send, too', async () => {
  using listener = signals.listen(['SIGUSR2', 'SIGRTMIN+3'])
  execFileSync('kill', ['-USR2', `${process.pid}`])
  const { pid, ...info } = await listener.wait(soon)
  assert.deepEqual(info, { signal: 'SIGUSR2', number: 12, source: 'kill', code: 'SI_USER', uid })
  assert.ok((pid ?? 0) > 0)
  const peer = pythonPeer('send', process.pid, '+3', 1)
  assert.equal((await listener.wait(soon)).pid, peer.pid)
  await peer.ended
})

test('every source is told apart', async () => {
  using listener = signals.listen(['SIGRTMIN+1', 'SIGALRM', 'SIGIO', 'SIGWINCH'])
  const next = async (): Promise<SignalInfo> => await listener.wait(soon)

  using timer = SignalTimer.create({ signal: 'SIGRTMIN+1', value: 9 })
  timer.start({ first: 1 })
  const byTimer = await next()
  assert.deepEqual(
    [byTimer.source, byTimer.code, byTimer.timer, byTimer.overrun, byTimer.value],
    ['timer', 'SI_TIMER', timer.id, 0, 9],
  )

  signals.alarm(1)
  const byAlarm = await next()
  assert.deepEqual(byAlarm, { signal: 'SIGALRM', number: 14, source: 'kernel', code: 'SI_KERNEL' })

  signals.send({ thread: process.pid }, 'SIGWINCH')
  assert.deepEqual(await next(), {
    signal: 'SIGWINCH',
    number: 28,
    source: 'thread',
    code: 'SI_TKILL',
    pid: process.pid,
    uid,
  })

  using pipe = Pipe.create()
  fcntl(pipe.reader.fd, constants.F_SETSIG, signals.number('SIGRTMIN+1'))
  const F_SETOWN = 8
  fcntl(pipe.reader.fd, F_SETOWN, process.pid)
  const O_ASYNC = 0o20000
  fcntl(pipe.reader.fd, constants.F_SETFL, O_ASYNC)
  pipe.writer.writeSync('x')
  const byPipe = await next()
  assert.deepEqual([byPipe.source, byPipe.code, byPipe.fd], ['io', 'POLL_IN', pipe.reader.fd])
  assert.equal((byPipe.band ?? 0) & constants.POLLIN, constants.POLLIN)
})

test('a message queue tells by a signal that it is no longer empty', async () => {
  using listener = signals.listen(['SIGRTMIN+2'])
  const name = `/${uniqueName()}`
  const queue = PosixQueue.create(name)
  queue.notifyBySignal(signals.number('SIGRTMIN+2'), 5)
  queue.trySend('hello')
  const { source, code, pid, value } = listener.waitSync(soon)
  assert.deepEqual([source, code, pid, value], ['message-queue', 'SI_MESGQ', process.pid, 5])
  queue.close()
  PosixQueue.unlink(name)
})

test('the three forms: nothing there, a timeout, an abort', async () => {
  using listener = signals.listen(['SIGUSR2'])
  assert.equal(listener.tryWait(), undefined)
  await assert.rejects(listener.wait({ timeout: 1 }), { name: 'TimeoutError' })
  assert.throws(() => listener.waitSync({ timeout: 1 }), { name: 'TimeoutError' })
  assert.throws(() => signals.waitSync(['SIGUSR2'], { timeout: 0 }), { name: 'TimeoutError' })
  await assert.rejects(signals.wait(['SIGUSR2'], { timeout: 1 }), { name: 'TimeoutError' })
  assert.equal(signals.tryWait(['SIGUSR2']), undefined)
  const controller = new AbortController()
  const wait = listener.wait({ signal: controller.signal })
  controller.abort('enough')
  await assert.rejects(wait, (reason) => reason === 'enough')
  await assert.rejects(
    signals.wait(['SIGUSR2'], { signal: AbortSignal.abort('no') }),
    (reason) => reason === 'no',
  )
  await assert.rejects(listener.wait({ timeout: -1 }), RangeError)
  assert.throws(() => listener.waitSync({ timeout: -1 }), RangeError)
  assert.throws(() => signals.waitSync(['SIGUSR2'], { timeout: Number.NaN }), RangeError)
  signals.send(process.pid, 'SIGUSR2')
  assert.equal((await listener.wait()).signal, 'SIGUSR2')
})

test('a single wait needs no listener, and waits for any of several', async () => {
  const wait = signals.wait(['SIGUSR2', 'SIGRTMIN+1'], soon)
  signals.queue(process.pid, 'SIGRTMIN+1', 3)
  assert.equal((await wait).value, 3)
})

test('iteration gives every signal, and leaving it closes the listener', async () => {
  const listener = signals.listen(['SIGRTMIN+1'])
  for (let value = 0; value < 10; value++) signals.queue(process.pid, 'SIGRTMIN+1', value)
  const got: (number | undefined)[] = []
  for await (const { value } of listener) {
    got.push(value)
    if (value === 9) break
  }
  assert.deepEqual(got, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  assert.ok(listener.closed)
})

test('closing ends an iteration, and rejects a wait with EBADF', async () => {
  const listener = signals.listen(['SIGUSR2'])
  const iterated = (async () => {
    for await (const _ of listener) assert.fail('nothing was sent')
    return 'ended'
  })()
  await sleep(1)
  listener.close()
  listener.close()
  assert.equal(await iterated, 'ended')
  const second = signals.listen(['SIGUSR2'])
  const wait = second.wait()
  second.close()
  await assert.rejects(wait, { code: 'EBADF' })
  await assert.rejects(second.wait(), { code: 'EBADF' })
  assert.throws(() => second.tryWait(), { code: 'EBADF' })
  assert.throws(() => second.waitSync(), { code: 'EBADF' })
})

test('what a closed listener has not received does not end the process', async () => {
  const listener = signals.listen(['SIGRTMIN+1', 'SIGHUP'])
  for (let i = 0; i < 5; i++) signals.queue(process.pid, 'SIGRTMIN+1', i)
  signals.send(process.pid, 'SIGHUP')
  listener.close()
  assert.deepEqual(signals.pending(), [])
  await sleep(1)
})

test('two listeners of one signal share what comes; it stays blocked until both are closed', async () => {
  const one = signals.listen(['SIGRTMIN+1'])
  const two = signals.listen(['SIGRTMIN+1', 'SIGRTMIN+2'])
  for (let value = 0; value < 4; value++) signals.queue(process.pid, 'SIGRTMIN+1', value)
  const got = [one.tryWait(), two.tryWait(), await one.wait(soon), await two.wait(soon)]
  assert.deepEqual(
    got.map((info) => info?.value),
    [0, 1, 2, 3],
  )
  one.close()
  signals.queue(process.pid, 'SIGRTMIN+1', 4)
  assert.equal(two.waitSync(soon).value, 4)
  two.close()
})

test('many waits on one listener are served in order', async () => {
  using listener = signals.listen(['SIGRTMIN+1'])
  const waits = Array.from({ length: 20 }, () => listener.wait(soon))
  for (let value = 0; value < 20; value++) signals.queue(process.pid, 'SIGRTMIN+1', value)
  assert.deepEqual(
    (await Promise.all(waits)).map(({ value }) => value),
    Array.from({ length: 20 }, (_, i) => i),
  )
})

test('signals go to and fro in order, however long a wait stays awake', async () => {
  for (const options of [{}, { spin: 0 }, { spin: 1000 }]) {
    using there = signals.listen(['SIGRTMIN+1'], options)
    using back = signals.listen(['SIGRTMIN+2'], options)
    const answer = async (): Promise<void> => {
      for (let i = 0; i < 100; i++) {
        const { value = -1 } = await there.wait(soon)
        signals.queue(process.pid, 'SIGRTMIN+2', value)
      }
    }
    const answering = answer()
    for (let i = 0; i < 100; i++) {
      signals.queue(process.pid, 'SIGRTMIN+1', i)
      assert.equal((await back.wait(soon)).value, i)
    }
    await answering
  }
  assert.throws(() => signals.listen(['SIGUSR2'], { spin: -1 }), { name: 'RangeError', message: /spin/ })
  assert.deepEqual(signals.blocked(), [])
})

test('an unreferenced listener does not keep the process running', async () => {
  const { code, stdout } = await fixture('signal/listen', ['unref']).ended
  assert.deepEqual([code, stdout], [0, 'ended\n'])
})

test('a listener that is dropped says so, and its signals are unblocked', async () => {
  const { code, stdout } = await fixture('signal/listen', ['dropped']).ended
  assert.deepEqual([code, stdout], [0, 'HUTONG_LEAK\nblocked: false\n'])
})

test('signals that Node or this library needs are refused, each with its reason', () => {
  const reasons: [Parameters<typeof signals.listen>[0][number], RegExp][] = [
    ['SIGKILL', /listen refuses SIGKILL: the kernel lets nobody/],
    ['SIGSTOP', /the kernel lets nobody/],
    ['SIGCHLD', /children end; use a child's 'exit' event, PidFd, or process.on/],
    ['SIGUSR1', /inspector; use process.on/],
    ['SIGPROF', /profiler; use process.on/],
    ['SIGSEGV', /fault/],
    ['SIGBUS', /fault/],
    ['SIGFPE', /fault/],
    ['SIGILL', /fault/],
    ['SIGTRAP', /fault/],
    ['SIGSYS', /fault/],
    ['SIGSTKFLT', /hutong/],
    ['SIGRTMAX-5', /hutong/],
    [32, /libc/],
    [33, /libc/],
  ]
  for (const [signal, message] of reasons) {
    assert.throws(() => signals.listen([signal]), { name: 'RangeError', message })
    assert.throws(() => signals.block(['SIGUSR2', signal]), { name: 'RangeError' })
    assert.throws(() => signals.tryWait([signal]), { name: 'RangeError' })
  }
  assert.throws(() => signals.listen([]), { name: 'RangeError', message: /at least one/ })
  assert.throws(() => signals.listen('SIGUSR2' as never), { name: 'TypeError', message: /array/ })
  assert.deepEqual(signals.blocked(), [])
})

test('no descriptor left: EMFILE, and nothing stays blocked', async () => {
  const { stdout } = await fixture('signal/listen', ['exhaust']).ended
  assert.equal(stdout, 'EMFILE signalfd\nblocked: false\n')
})

test('a thousand listeners leave no descriptor', () => {
  const before = descriptors().size
  signals.block(['SIGUSR2'])
  for (let i = 0; i < 1000; i++) SignalListener.open(['SIGUSR2']).close()
  signals.unblock(['SIGUSR2'])
  assert.equal(descriptors().size, before)
})
