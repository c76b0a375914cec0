// SEM_UNDO: what a process has taken is given back when it ends, however it ends, and not before.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SysvSemaphores } from 'hutong'
import { fixture, start } from '../../support/child.ts'
import { compile } from '../../support/compile.ts'
import { cleanUp } from '../../support/leaks.ts'

function made(values: readonly number[]): SysvSemaphores {
  const set = SysvSemaphores.createPrivate({ count: values.length, values })
  cleanUp(() => set.remove())
  return set
}

test('killed by SIGKILL: everything is given back, by whichever thread it was taken, and a waiter goes on', async () => {
  const set = made([1, 0, 1])
  const child = fixture('sysv/semaphores-undo', [String(set.id)])
  assert.equal(await child.line(), 'held')
  // Its waiting threads and its worker have ended: what they took is the process's.
  assert.deepEqual(set.values(), [0, 0, 0])
  const next = set.wait()
  while (set.waiting() === 0) await new Promise(setImmediate)
  child.process.kill('SIGKILL')
  await next
  assert.equal((await child.ended).signal, 'SIGKILL')
  assert.deepEqual(set.values(), [0, 12, 1])
})

test('a C program that dies gives back too, and one that ends regularly', async () => {
  const set = made([2])
  const holder = compile('sysv/semaphore-holder.c')
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const child = start(holder, [String(set.id)])
    assert.equal(await child.line(), 'held')
    assert.equal(set.value(), 1)
    child.process.kill(signal)
    await child.ended
    assert.equal(set.value(), 2, signal)
  }
})

test('undo sums up: what was given back by hand is not given back again', async () => {
  const set = made([3])
  set.waitSync({ by: 3, undo: true })
  set.post({ by: 3, undo: true })
  assert.equal(set.value(), 3)
  set.waitSync({ undo: true })
  set.setValue(0, 7) // forgets all undo of it
  const child = start(compile('sysv/semaphore-holder.c'), [String(set.id)])
  assert.equal(await child.line(), 'held')
  set.setValue(0, 1)
  child.process.kill('SIGKILL')
  await child.ended
  assert.equal(set.value(), 1, 'nothing is given back after a SETVAL')
})

test('what would be given back has the same limit as a value: ERANGE', () => {
  const set = made([32767])
  set.waitSync({ by: 32767, undo: true })
  set.post({ by: 1 })
  assert.throws(() => set.waitSync({ undo: true }), { code: 'ERANGE', message: /32767/ })
  assert.equal(set.value(), 1, 'and nothing was taken')
  set.setValue(0, 0) // forgets it
})
