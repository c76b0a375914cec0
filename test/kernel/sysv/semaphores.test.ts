// SysvSemaphores: what its operations do.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { ftok, SysvSemaphores } from 'hutong'
import { cleanUp, uniqueKey, uniquePath } from '../../support/leaks.ts'

/** A set that goes with its test. */
function made(count: number, values: number | readonly number[] = 0): SysvSemaphores {
  const set = SysvSemaphores.createPrivate({ count, values })
  cleanUp(() => {
    if (SysvSemaphores.list().some(({ id }) => id === set.id)) SysvSemaphores.from(set.id).remove()
  })
  return set
}

test('wait takes, post gives, and tryWait says when there is nothing to take', async () => {
  const set = made(1, 2)
  await set.wait()
  assert.equal(set.value(), 1)
  set.waitSync()
  assert.equal(set.tryWait(), undefined)
  set.post({ by: 3 })
  assert.equal(set.tryWait({ by: 4 }), undefined)
  assert.equal(set.tryWait({ by: 3 }), true)
  assert.equal(set.value(), 0)
})

test('several operations are done together or not at all', async () => {
  const set = made(3, [1, 0, 5])
  const both = [{ change: -1 }, { index: 1, change: -1 }]
  assert.equal(set.tryOperate(both), undefined)
  assert.deepEqual(set.values(), [1, 0, 5], 'not half of it')
  const done = set.operate(both)
  while (set.waiting(1) === 0) await new Promise(setImmediate)
  assert.deepEqual(set.values(), [1, 0, 5])
  set.post({ index: 1 })
  await done
  assert.deepEqual(set.values(), [0, 0, 5])
  set.operateSync([
    { index: 2, change: -5 },
    { index: 2, change: 0 },
    { index: 0, change: 7 },
  ])
  assert.deepEqual(set.values(), [7, 0, 0], 'in their order: the second finds what the first has left')
})

test('more operations at once than fit into the short way', () => {
  const set = made(40, 1)
  const all = Array.from({ length: 40 }, (_, index) => ({ index, change: -1 }))
  assert.equal(set.tryOperate(all), true)
  assert.deepEqual(set.values(), new Array(40).fill(0))
  assert.equal(set.tryOperate(all), undefined)
  set.operateSync(all.map(({ index }) => ({ index, change: index })))
  assert.equal(set.value(39), 39)
})

test('waiting for zero, in all three forms', async () => {
  const set = made(2, [0, 1])
  assert.equal(set.tryWaitForZero(), true)
  assert.equal(set.tryWaitForZero({ index: 1 }), undefined)
  set.waitForZeroSync()
  const zero = set.waitForZero({ index: 1 })
  while (set.waitingForZero(1) === 0) await new Promise(setImmediate)
  assert.equal(set.waiting(1), 0)
  set.waitSync({ index: 1 })
  await zero
  assert.throws(() => made(1, 1).waitForZeroSync({ timeout: 1 }), { name: 'TimeoutError' })
})

test('setValue and setValues let those go on who can', async () => {
  const set = made(2)
  const first = set.wait({ by: 4 })
  const second = set.wait({ index: 1 })
  while (set.waiting() + set.waiting(1) < 2) await new Promise(setImmediate)
  set.setValue(0, 5)
  await first
  set.setValues([32767, 3])
  await second
  assert.deepEqual(set.values(), [32767, 2])
  set.setValues(0)
  assert.deepEqual(set.values(), [0, 0])
})

test('create, open, openOrCreate, createPrivate, from and remove', async () => {
  const key = uniqueKey()
  assert.throws(() => SysvSemaphores.open(key), { code: 'ENOENT', syscall: 'semget' })
  const set = SysvSemaphores.create(key, { count: 3, values: [0, 1, 2], mode: 0o640 })
  assert.deepEqual([set.created, set.count, set.key], [true, 3, key])
  assert.throws(() => SysvSemaphores.create(key, { count: 3 }), { code: 'EEXIST' })
  const opened = SysvSemaphores.open(key)
  assert.deepEqual([opened.created, opened.count, opened.id], [false, 3, set.id])
  const either = await SysvSemaphores.openOrCreate(key, { count: 2, values: 9 })
  assert.deepEqual([either.created, either.count, either.values()], [false, 3, [0, 1, 2]])
  const from = SysvSemaphores.from(set.id)
  assert.deepEqual([from.key, from.count, from.created], [key, 3, false])
  set.remove()
  assert.throws(() => opened.value(), { code: 'EIDRM' })
  const again = SysvSemaphores.openOrCreateSync(key, { count: 1, values: 9 })
  assert.deepEqual([again.created, again.value()], [true, 9])
  again.remove()
  assert.throws(() => SysvSemaphores.from(set.id), { code: 'EINVAL', message: /There is none/ })
})

test('a key of a file and a project', async () => {
  const path = await uniquePath()
  writeFileSync(path, '')
  const set = SysvSemaphores.create({ path, project: 'h' }, { count: 1 })
  assert.equal(set.key, ftok(path, 'h'))
  set.remove()
})

test('a set of many semaphores has all its values from the start', () => {
  const values = Array.from({ length: 2000 }, (_, index) => index % 7)
  const set = made(2000, values)
  assert.deepEqual(set.values(), values)
  assert.equal(set.initialized, true)
})

test('stat, set and who was last', () => {
  const set = made(2, 1)
  const before = Math.floor(Date.now() / 1000) * 1000
  set.waitSync({ index: 1 })
  const { permissions, operatedAt, changedAt, count, id } = set.stat()
  assert.deepEqual([id, count, permissions.mode, permissions.uid], [set.id, 2, 0o600, process.getuid?.()])
  assert.ok(operatedAt !== undefined && operatedAt.getTime() >= before - 1000, `${operatedAt}`)
  assert.ok(changedAt.getTime() >= before - 2000)
  assert.equal(set.lastPid(1), process.pid)
  set.set({ mode: 0o644 })
  assert.equal(set.stat().permissions.mode, 0o644)
  assert.equal(set.stat().permissions.uid, process.getuid?.())
})

test('the list and the limits are those of /proc', () => {
  const set = made(3, [1, 2, 3])
  const found = SysvSemaphores.list().find(({ id }) => id === set.id)
  assert.deepEqual(found, set.stat())
  const [ofOne, all, operations, sets] = readFileSync('/proc/sys/kernel/sem', 'utf8')
    .trim()
    .split(/\s+/)
    .map(Number)
  const system = SysvSemaphores.system()
  const { mostOfOneSet, mostSemaphores, mostOperations, mostSets, largestValue } = system
  assert.deepEqual([mostOfOneSet, mostSemaphores, mostOperations, mostSets], [ofOne, all, operations, sets])
  assert.equal(largestValue, 32767)
  assert.ok(system.sets >= 1 && system.semaphores >= 3)
})

test('ipcs, ipcmk and ipcrm see the same', () => {
  const set = SysvSemaphores.create(uniqueKey(), { count: 2, values: [4, 0], mode: 0o640 })
  const about = execFileSync('ipcs', ['-s', '-i', String(set.id)], { encoding: 'utf8' })
  assert.match(about, /mode=0640, access_perms=0640/)
  assert.match(about, /nsems = 2/)
  assert.match(about, /otime = (?!Not set)/)
  assert.match(about, new RegExp(`^0\\s+4\\s+0\\s+0\\s+${process.pid}\\s*$`, 'm'))
  execFileSync('ipcrm', ['-S', `0x${set.key.toString(16)}`])
  assert.throws(() => set.value(), { code: 'EIDRM', message: /has been removed/ })
  const told = execFileSync('ipcmk', ['-S', '3', '-p', '0600'], { encoding: 'utf8' })
  const theirs = SysvSemaphores.from(Number(/\d+/.exec(told)?.[0]))
  assert.deepEqual([theirs.count, theirs.initialized, theirs.values()], [3, false, [0, 0, 0]])
  theirs.remove()
})

test('after close nothing works, and the set stays', async () => {
  const key = uniqueKey()
  const set = SysvSemaphores.create(key, { count: 1 })
  const waiting = set.wait()
  set.close()
  set.close()
  await assert.rejects(waiting, { code: 'EBADF', message: /closed while an operation waited/ })
  const uses: readonly (() => unknown)[] = [
    () => set.tryWait(),
    () => set.waitSync(),
    () => set.post(),
    () => set.waitForZeroSync(),
    () => set.value(),
    () => set.setValue(0, 1),
    () => set.values(),
    () => set.setValues(1),
    () => set.lastPid(),
    () => set.stat(),
    () => set.set({ mode: 0o600 }),
    () => set.remove(),
  ]
  for (const use of uses) assert.throws(use, { code: 'EBADF' }, String(use))
  await assert.rejects(set.wait(), { code: 'EBADF' })
  assert.equal(set.closed, true)
  const opened = SysvSemaphores.open(key)
  assert.equal(opened.tryWait(), undefined, 'the operation that waited has taken nothing')
  opened.remove()
})
