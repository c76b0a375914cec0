import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Mapping, PosixSemaphore } from 'hutong'
import { fixture } from '../../support/child.ts'
import { uniquePath } from '../../support/leaks.ts'
import { below, seeded } from '../../support/random.ts'
import {
  freshSemaphore,
  nameOf,
  semaphoreName,
  semaphorePeer,
  untilWaiting,
} from '../../support/semaphore.ts'

/** Waits in a worker; gives it when it is on its way. */
async function workerFor(from: string | SharedArrayBuffer, sync: boolean): Promise<Worker> {
  const worker = new Worker(new URL('../../fixtures/semaphore/worker.js', import.meta.url), {
    workerData: { from, sync },
  })
  await new Promise((resolve) => worker.once('message', resolve))
  return worker
}

const said = (worker: Worker): Promise<unknown> => new Promise((resolve) => worker.once('message', resolve))

test('C waits for what we post, and we for what C posts', async () => {
  const semaphore = freshSemaphore()
  const peer = semaphorePeer('wait', nameOf(semaphore), 2)
  await untilWaiting(semaphore)
  semaphore.post()
  assert.equal(await peer.line(), 'taken')
  await untilWaiting(semaphore)
  semaphore.post()
  assert.equal((await peer.ended).code, 0)
  const waits = [semaphore.wait(), semaphore.wait()]
  await untilWaiting(semaphore, 2)
  assert.equal((await semaphorePeer('post', nameOf(semaphore), 3).ended).code, 0)
  await Promise.all(waits)
  assert.deepEqual([semaphore.value, semaphore.waiting], [1, 0])
})

test('we open what C created; C uses an unnamed one that we made, and we one that it made', async () => {
  const name = semaphoreName()
  assert.equal((await semaphorePeer('create', name, 3).ended).code, 0)
  using semaphore = PosixSemaphore.open(name)
  assert.equal(semaphore.value, 3)
  assert.equal((await semaphorePeer('create', name, 3).ended).stdout, 'sem_open: EEXIST\n')
  const path = await uniquePath()
  using mapping = Mapping.create(path, { length: 4096 })
  assert.equal((await semaphorePeer('init', `${path}:0`, 2).ended).code, 0)
  using theirs = PosixSemaphore.at(mapping, 0)
  using ours = PosixSemaphore.initialize(mapping, 32)
  await theirs.wait()
  await theirs.wait()
  const peer = semaphorePeer('wait', `${path}:32`, 1)
  await untilWaiting(ours)
  ours.post()
  assert.equal((await peer.ended).stdout, 'taken\n')
})

test('signals and stops do not end a blocking wait; one that is killed takes nothing with it, in C or here', async () => {
  const semaphore = freshSemaphore()
  const child = fixture('semaphore/blocked', [nameOf(semaphore)])
  await untilWaiting(semaphore)
  for (const signal of ['SIGUSR2', 'SIGSTOP', 'SIGCONT'] as const) child.process.kill(signal)
  // Woken by each, it went back to sleep, and was counted all the while.
  for (let turn = 0; turn < 50; turn++) await untilWaiting(semaphore)
  semaphore.post()
  assert.equal(await child.line(), 'taken')
  const peer = semaphorePeer('wait', nameOf(semaphore))
  await untilWaiting(semaphore, 2)
  for (const each of [child, peer]) {
    each.process.kill('SIGKILL')
    assert.equal((await each.ended).signal, 'SIGKILL')
  }
  assert.equal(semaphore.waiting, 2, 'sem_t counts who waited, not who lives')
  const waiting = semaphore.wait()
  await untilWaiting(semaphore, 3)
  semaphore.post()
  await waiting
  assert.deepEqual([semaphore.value, semaphore.waiting], [0, 2])
})

test('an abort that races with a post loses nothing: the unit is delivered, or is still there', async () => {
  const semaphore = freshSemaphore()
  const random = seeded(3)
  let taken = 0
  for (let round = 0; round < 400; round++) {
    const controller = new AbortController()
    const waiting = semaphore.wait({ signal: controller.signal }).then(
      () => 1,
      () => 0,
    )
    for (let turn = below(random, 3); turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve))
    const acts = [() => semaphore.post(), () => controller.abort()]
    for (const act of below(random, 2) === 0 ? acts : acts.reverse()) act()
    const got = await waiting
    taken += got
    if (got === 0) assert.equal(semaphore.tryWait(), true, `round ${round}`)
    assert.equal(semaphore.tryWait(), undefined, `round ${round}`)
  }
  assert.equal(semaphore.waiting, 0)
  assert.ok(taken > 0 && taken < 400, `${taken} of 400 were delivered`)
})

test('a thousand waiters hold up no file, and one signal ends them all', async () => {
  const semaphore = freshSemaphore()
  const controller = new AbortController()
  const waits = Array.from({ length: 1000 }, () => semaphore.wait({ signal: controller.signal }))
  const outcomes = Promise.allSettled(waits)
  await untilWaiting(semaphore, 1000)
  assert.match(await readFile('/proc/self/status', 'utf8'), /Threads:\t\d{4}/)
  controller.abort(new Error('enough'))
  const rejected = (await outcomes).filter(
    (one) => one.status === 'rejected' && one.reason.message === 'enough',
  )
  assert.deepEqual([rejected.length, semaphore.waiting], [1000, 0])
})

test('threads of one process: by its name, and in a SharedArrayBuffer', async () => {
  const semaphore = freshSemaphore()
  const memory = new SharedArrayBuffer(64)
  using inMemory = PosixSemaphore.initialize(memory, 0)
  for (const [mine, from] of [
    [semaphore, nameOf(semaphore)],
    [inMemory, memory],
  ] as const) {
    const worker = await workerFor(from, false)
    await untilWaiting(mine)
    const taken = said(worker)
    mine.post()
    assert.equal(await taken, 'taken')
    await untilWaiting(mine)
    await worker.terminate()
    assert.deepEqual([mine.waiting, mine.value], [0, 0], 'a worker that is terminated leaves nothing behind')
    mine.post()
    await mine.wait()
  }
})

test('a worker blocks in waitSync while this thread goes on', async () => {
  const semaphore = freshSemaphore()
  const worker = await workerFor(nameOf(semaphore), true)
  for (let round = 0; round < 3; round++) {
    await untilWaiting(semaphore)
    const taken = said(worker)
    semaphore.post()
    assert.equal(await taken, 'taken')
  }
  const ended = worker.terminate()
  await untilWaiting(semaphore)
  semaphore.post() // terminate() cannot interrupt a system call
  await ended
})

test('units are exact among waiters in C and here that all give up again and again', async () => {
  const UNITS = 2500
  const done = freshSemaphore()
  const semaphores = [freshSemaphore(), freshSemaphore()]
  const peers = semaphores.flatMap((one) =>
    [0, 1].map(() => semaphorePeer('drain', nameOf(one), nameOf(done))),
  )
  const random = seeded(11)
  let here = 0
  let finished = false
  const take = async (semaphore: PosixSemaphore): Promise<void> => {
    while (!finished) {
      const controller = new AbortController()
      if (below(random, 2) === 0) setImmediate(() => controller.abort())
      const timeout = below(random, 3)
      const got = await semaphore.wait({ signal: controller.signal, timeout }).then(
        () => 1,
        () => 0,
      )
      here += got
    }
  }
  const takers = semaphores.flatMap((one) => [take(one), take(one)])
  for (let unit = 0; unit < UNITS; unit++) {
    for (const semaphore of semaphores) semaphore.post()
    if (unit % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  finished = true
  await Promise.all(takers)
  done.post()
  const there = (await Promise.all(peers.map(({ ended }) => ended))).map(({ stdout }) => Number(stdout))
  const left = semaphores.reduce((sum, { value }) => sum + value, 0)
  assert.equal(here + there.reduce((sum, each) => sum + each, 0) + left, 2 * UNITS)
  assert.deepEqual([left, ...semaphores.map(({ waiting }) => waiting)], [0, 0, 0])
})
