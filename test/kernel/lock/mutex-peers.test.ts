// Mutexes shared with C programs and other processes, and what becomes of them when a holder dies.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { type Held, type Mapping, Memfd, Mutex, NotALockError } from 'hutong'
import { type Child, fixture, start } from '../../support/child.ts'
import { compile } from '../../support/compile.ts'
import { cleanUp } from '../../support/leaks.ts'
import { below, seeded } from '../../support/random.ts'

const peer = compile('lock/mutex-peer.c', '-pthread')
const OFFSET = 64

interface Shared {
  readonly mapping: Mapping
  readonly mutex: Mutex
  readonly fd: number
  readonly counter: BigUint64Array
  /** Starts the C program on the same mutex. */
  readonly c: (...command: string[]) => Child
}

function shared(): Shared {
  const file = Memfd.create('mutex', { size: 4096 })
  const mapping = file.map()
  cleanUp(() => {
    mapping.close()
    file.close()
  })
  const mutex = Mutex.initialize(mapping, OFFSET)
  const path = `/proc/${process.pid}/fd/${file.fd}`
  const c = (...command: string[]): Child => start(peer, [path, `${OFFSET}`, ...command])
  return { mapping, mutex, fd: file.fd, counter: mapping.view(BigUint64Array, 8, 1), c }
}

const sleeps = (child: Child): boolean => readFileSync(`/proc/${child.pid}/wchan`, 'utf8').startsWith('futex')

/** Waits until the C program sleeps on the mutex. */
async function asleep(child: Child): Promise<void> {
  while (!sleeps(child)) await new Promise((resolve) => setTimeout(resolve, 1))
}

function consistent(held: Held): void {
  assert.equal(held.ownerDied, true)
  held.makeConsistent()
  held.unlock()
}

test('a C program and this one wait for each other', async () => {
  const { mutex, c } = shared()
  const holder = c('hold')
  assert.equal(await holder.line(), 'lock 0')
  assert.equal(mutex.tryLock(), undefined)
  assert.throws(() => mutex.lockSync({ timeout: 5 }), { name: 'TimeoutError' })
  const waiting = mutex.lock()
  holder.process.stdin?.end()
  const held = await waiting
  const waiter = c('wait')
  await asleep(waiter)
  held.unlock()
  assert.equal(await waiter.line(), 'lock 0')
})

test('what C made is taken, and the wrong kinds are refused', async () => {
  const { mapping, c } = shared()
  const at = async (kind: string): Promise<Mutex> => {
    assert.equal((await c('make', kind).ended).code, 0)
    return Mutex.at(mapping, OFFSET)
  }
  for (const kind of ['robust', 'checked']) {
    const held = (await at(kind)).lockSync()
    assert.throws(() => Mutex.at(mapping, OFFSET).lockSync(), { code: 'EDEADLK' })
    assert.equal(Mutex.at(mapping, OFFSET).tryLock(), undefined)
    held.unlock()
  }
  // glibc marks every robust mutex as shared.
  const found = {
    plain: /not robust/,
    recursive: /recursive/,
    inherit: /protocol/,
  }
  for (const [kind, message] of Object.entries(found)) {
    await assert.rejects(at(kind), (error) => error instanceof NotALockError && message.test(error.message))
  }
})

test('a C program is killed while it holds: who awaits gets it and is told', async () => {
  const { mutex, c } = shared()
  const doomed = c('doom')
  assert.equal(await doomed.line(), 'lock 0')
  consistent(await mutex.lock({ timeout: 20_000 }))
  mutex.lockSync().unlock()
  assert.equal((await doomed.ended).signal, 'SIGKILL')
})

test('a C program is killed while it holds: who blocks gets it and is told', async () => {
  const { mutex, c } = shared()
  assert.equal(await c('doom').line(), 'lock 0')
  consistent(mutex.lockSync({ timeout: 20_000 }))
})

test('this library is killed while it holds: C, waiting, gets it and is told', async () => {
  const { mutex, fd, c } = shared()
  const holder = fixture('lock/holder', ['3', `${OFFSET}`, 'stay'], { stdio: ['pipe', 'pipe', 'pipe', fd] })
  assert.equal(await holder.line(), 'locked false')
  const waiter = c('wait')
  await asleep(waiter)
  holder.process.kill('SIGKILL')
  assert.equal(await waiter.line(), 'lock EOWNERDEAD')
  mutex.lockSync().unlock()
})

test('a process that ends while it holds has died, its natural end and process.exit alike', async () => {
  const { mutex, fd, c } = shared()
  for (const how of ['end', 'exit']) {
    await fixture('lock/holder', ['3', `${OFFSET}`, how], { stdio: ['pipe', 'pipe', 'pipe', fd] }).ended
    consistent(mutex.lockSync())
  }
  await c('abandon').ended
  consistent(mutex.lockSync())
})

for (const how of ['stay', 'end', 'exit']) {
  const ends = { stay: 'is terminated', end: 'ends', exit: 'exits' }[how]
  test(`a worker that ${ends} while it holds has died, and the process lives`, async () => {
    const { mutex, fd } = shared()
    const worker = new Worker(new URL('../../fixtures/lock/holder.js', import.meta.url), {
      workerData: [`${fd}`, `${OFFSET}`, how],
    })
    const ended = once(worker, 'exit')
    assert.equal((await once(worker, 'message'))[0], false)
    if (how === 'stay') assert.equal(mutex.tryLock(), undefined, 'its thread is another owner')
    const waiting = mutex.lock({ timeout: 20_000 })
    if (how === 'stay') await worker.terminate()
    consistent(await waiting)
    await ended
  })
}

test('what is locked and forgotten warns, and harms nobody', async () => {
  const { code, signal, stdout } = await fixture('lock/forgotten').ended
  assert.deepEqual([code, signal, stdout], [0, null, '20 warnings; the first is locked\n'])
})

const lost = { code: 'ENOTRECOVERABLE', syscall: 'pthread_mutex_lock' }

async function lostToAll(mutex: Mutex, c: Shared['c']): Promise<void> {
  for (let again = 0; again < 2; again++) {
    assert.throws(() => mutex.tryLock(), lost)
    assert.throws(() => mutex.lockSync(), lost)
    await assert.rejects(mutex.lock(), lost)
    assert.equal(await c('wait').line(), 'lock ENOTRECOVERABLE')
  }
}

test('unlocked here without makeConsistent, the mutex is lost to everybody, also to those who wait', async () => {
  const { mapping, mutex, c } = shared()
  assert.equal(await c('doom').line(), 'lock 0')
  const held = await mutex.lock()
  const waiting = [mutex.lock(), mutex.lock()].map((one) => assert.rejects(one, lost))
  const waiter = c('wait')
  await asleep(waiter)
  held[Symbol.dispose]()
  await Promise.all(waiting)
  assert.equal(await waiter.line(), 'lock ENOTRECOVERABLE')
  await lostToAll(mutex, c)
  Mutex.initialize(mapping, OFFSET).lockSync().unlock()
})

test('unlocked in C without pthread_mutex_consistent, it is lost too', async () => {
  const { mutex, c } = shared()
  assert.equal((await c('abandon').ended).stdout, 'lock 0\n')
  assert.equal((await c('spoil').ended).stdout, 'lock EOWNERDEAD\n')
  await lostToAll(mutex, c)
})

test('two C programs and one of ours that keeps giving up: ten thousand hand-overs', async () => {
  const { mutex, counter, c } = shared()
  const random = seeded(7)
  const peers = [c('count', '5000'), c('count', '5000')]
  let running = peers.length
  for (const { ended } of peers) ended.then(() => running--)
  let mine = 0
  // As long as they run, but not for ever: on one core a loop that never sleeps leaves them little.
  for (let round = 0; round < 2000 && running > 0; round++) {
    const controller = new AbortController()
    const waiting = mutex.lock({ signal: controller.signal }).catch(() => undefined)
    for (let turns = below(random, 3); turns > 0; turns--)
      await new Promise((resolve) => setImmediate(resolve))
    controller.abort()
    const held = await waiting
    if (held === undefined) continue
    counter[0] = (counter[0] ?? 0n) + 1n
    mine++
    held.unlock()
  }
  for (const { ended } of peers) assert.equal((await ended).code, 0)
  assert.equal(Number(counter[0]), 10_000 + mine)
})

test('while this thread is busy, who else waits is not kept waiting', async () => {
  const { mutex, counter, c } = shared()
  const held = mutex.lockSync()
  const waiting = mutex.lock()
  const waiter = c('wait')
  await asleep(waiter)
  held.unlock() // wakes the first sleeper, a thread of ours, whose JavaScript is busy from here on
  const end = Date.now() + 20_000
  while (counter[0] === 0n && Date.now() < end);
  assert.equal(counter[0], 1n, 'the C program had its turn')
  ;(await waiting).unlock()
})
