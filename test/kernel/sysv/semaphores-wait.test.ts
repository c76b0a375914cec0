// SysvSemaphores: waiting, and giving up.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { SysvSemaphores } from 'hutong'
import { fixture } from '../../support/child.ts'
import { cleanUp } from '../../support/leaks.ts'
import { below, seeded } from '../../support/random.ts'

function made(count: number, values: number | readonly number[] = 0): SysvSemaphores {
  const set = SysvSemaphores.createPrivate({ count, values })
  cleanUp(() => {
    if (SysvSemaphores.list().some(({ id }) => id === set.id)) SysvSemaphores.from(set.id).remove()
  })
  return set
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(1)
}

test('a post wakes one of those who wait', async () => {
  const set = made(1)
  const done: number[] = []
  const waits = [0, 1, 2].map((name) => set.wait().then(() => done.push(name)))
  await until(() => set.waiting() === 3)
  set.post()
  await until(() => done.length === 1)
  assert.equal(set.waiting(), 2)
  set.post({ by: 2 })
  await Promise.all(waits)
  assert.equal(set.value(), 0)
})

test('a timeout takes nothing, waiting and blocking', async () => {
  const set = made(1)
  const timedOut = { name: 'TimeoutError', code: 'ETIMEDOUT', message: /semaphore set .* after 5 ms/ }
  await assert.rejects(set.wait({ timeout: 5 }), timedOut)
  assert.throws(() => set.waitSync({ timeout: 5 }), timedOut)
  assert.equal(set.waiting(), 0)
  set.post()
  assert.equal(set.value(), 1)
})

test('a deadline that has passed takes what is there', async () => {
  const set = made(1, 2)
  await set.wait({ timeout: 0 })
  set.waitSync({ timeout: 0 })
  await assert.rejects(set.wait({ timeout: 0 }), { name: 'TimeoutError' })
  assert.throws(() => set.waitSync({ timeout: 0 }), { name: 'TimeoutError' })
})

test('a blocking wait is not ended by signals that have listeners', () => {
  const set = made(1)
  const listener = (): void => {}
  process.on('SIGWINCH', listener)
  const timer = setInterval(() => {}, 1)
  process.kill(process.pid, 'SIGWINCH')
  const start = performance.now()
  assert.throws(() => set.waitSync({ timeout: 30 }), { name: 'TimeoutError' })
  assert.ok(performance.now() - start >= 29, 'not before its time')
  clearInterval(timer)
  process.off('SIGWINCH', listener)
})

test('an aborted wait rejects with the reason', async () => {
  const set = made(1)
  const controller = new AbortController()
  const waiting = set.wait({ signal: controller.signal })
  await until(() => set.waiting() === 1)
  controller.abort(new Error('enough'))
  await assert.rejects(waiting, /enough/)
  assert.equal(set.waiting(), 0)
  set.post()
  await assert.rejects(set.wait({ signal: AbortSignal.abort(new Error('before')) }), /before/)
  assert.equal(set.value(), 1)
})

test('removing the set wakes all who wait: EIDRM', async () => {
  const set = made(2, [0, 1])
  const waits = [
    set.wait(),
    set.wait({ by: 2 }),
    set.waitForZero({ index: 1 }),
    set.operate([{ change: -3 }]),
  ]
  await until(() => set.waiting() === 3 && set.waitingForZero(1) === 1)
  set.remove()
  for (const result of await Promise.allSettled(waits)) {
    assert.equal(result.status === 'rejected' && result.reason.code, 'EIDRM')
  }
  assert.throws(() => set.post(), { code: 'EIDRM' })
})

test('a thousand wait; files, timers and other sets go on; one abort ends all', async () => {
  const set = made(1)
  const other = made(1, 1)
  const controller = new AbortController()
  const waits = Array.from({ length: 1000 }, () => set.wait({ signal: controller.signal }))
  for (const wait of waits) wait.catch(() => {})
  await until(() => set.waiting() === 1000)
  assert.ok((await readFile('/proc/self/stat', 'utf8')).length > 0)
  await other.wait()
  setTimeout(() => other.post(), 1)
  await other.wait()
  controller.abort(new Error('all of them'))
  const results = await Promise.allSettled(waits)
  assert.ok(
    results.every((result) => result.status === 'rejected' && /all of them/.test(String(result.reason))),
  )
  assert.equal(set.waiting(), 0)
})

test('a race between posts and aborts loses no token', async () => {
  const set = made(1)
  const random = seeded(3)
  let posted = 0
  let taken = 0
  for (let round = 0; round < 1500; round++) {
    const controller = new AbortController()
    const waits = [set.wait({ signal: controller.signal }), set.wait({ signal: controller.signal })]
    for (const wait of waits) wait.catch(() => {}) // looked at below
    const steps = [() => set.post(), () => controller.abort()]
    if (below(random, 2) === 0) steps.reverse()
    for (const step of steps) {
      step()
      if (below(random, 4) === 0) await new Promise(setImmediate)
    }
    posted++
    for (const { status } of await Promise.allSettled(waits)) if (status === 'fulfilled') taken++
    if (below(random, 8) === 0) while (set.tryWait() === true) taken++
  }
  assert.equal(taken + set.value(), posted)
  assert.ok(taken > 0)
})

test('after unref a wait does not keep the process running', async () => {
  const { code, stdout, stderr } = await fixture('sysv/semaphores-unref').ended
  assert.deepEqual([stderr, code, stdout], ['', 0, 'waits\n'])
})
