// SysvSemaphores: every error of semget(2), semop(2) and semctl(2) that needs no other user and no lower limit (for these:
// limits.test.ts), and what is refused before any system call.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SysvSemaphores } from 'hutong'
import { constants, semctl, semget, semtimedop } from 'hutong/sys'
import { cleanUp, uniqueKey } from '../../support/leaks.ts'

const { IPC_CREAT, IPC_NOWAIT, IPC_SET, GETVAL, SETVAL } = constants
const E2BIG = -7
const EINVAL = -22
const EFBIG = -27
const ERANGE = -34

function made(count: number, values: number | readonly number[] = 0): SysvSemaphores {
  const set = SysvSemaphores.createPrivate({ count, values })
  cleanUp(() => set.remove())
  return set
}

test('options that are wrong are named', async () => {
  const set = made(2)
  const cases: readonly [() => unknown, RegExp][] = [
    [() => SysvSemaphores.createPrivate({} as never), /TypeError: count must be a number/],
    [() => SysvSemaphores.createPrivate({ count: 0 }), /RangeError: count must be .* 1 to 65535/],
    [
      () => SysvSemaphores.createPrivate({ count: 2, values: [1] }),
      /RangeError: values must have 2 elements/,
    ],
    [
      () => SysvSemaphores.createPrivate({ count: 2, values: [1, 32768] }),
      /RangeError: values\[1\] must be .* 0 to 32767/,
    ],
    [() => SysvSemaphores.createPrivate({ count: 2, values: 'x' as never }), /TypeError: values/],
    [() => SysvSemaphores.createPrivate({ count: 1, mode: 0o1000 }), /RangeError: mode/],
    [() => SysvSemaphores.create(0, { count: 1 }), /RangeError: key must not be 0/],
    [() => SysvSemaphores.open(1, { access: 'all' as never }), /TypeError: access/],
    [() => SysvSemaphores.from(-1), /RangeError: id/],
    [() => set.tryWait({ index: 2 }), /RangeError: index must be a whole number, 0 to 1/],
    [() => set.tryWait({ by: 0 }), /RangeError: by must be .* 1 to 32767/],
    [() => set.tryWait({ by: '1' as never }), /TypeError: by/],
    [() => set.tryWait({ undo: 1 as never }), /TypeError: undo/],
    [() => set.post({ by: 32768 }), /RangeError: by/],
    [() => set.tryOperate([]), /RangeError: operations must have at least one/],
    [() => set.tryOperate({} as never), /TypeError: operations must be an array/],
    [() => set.tryOperate([{ change: 1 }, {} as never]), /TypeError: operations\[1\]\.change/],
    [
      () => set.tryOperate([{ change: 40_000 }]),
      /RangeError: operations\[0\]\.change must be .* -32767 to 32767/,
    ],
    [() => set.tryOperate([{ index: 9, change: 1 }]), /RangeError: operations\[0\]\.index/],
    [() => set.tryOperate([3 as never]), /TypeError: operations\[0\] must be an object/],
    [() => set.value(2), /RangeError: index/],
    [() => set.setValue(0, -1), /RangeError: value must be/],
    [() => set.setValues([1]), /RangeError: values must have 2/],
    [() => set.set({ mode: 0o7777 }), /RangeError: mode/],
    [() => set.set({ uid: -1 }), /RangeError: uid/],
    [() => set.waitSync({ timeout: -1 }), /RangeError: timeout/],
    [() => set.waitForZeroSync({ index: 5 }), /RangeError: index/],
  ]
  for (const [use, expected] of cases) {
    assert.throws(
      use,
      (error) => {
        assert.match(String(error), expected, String(use))
        return true
      },
      String(use),
    )
  }
  await assert.rejects(set.wait({ by: -1 }), /RangeError: by/)
  await assert.rejects(set.operate([]), /RangeError: operations/)
  await assert.rejects(set.wait({ signal: {} as never }), /TypeError: signal/)
  await assert.rejects(SysvSemaphores.openOrCreate(uniqueKey(), { count: -1 }), /RangeError: count/)
  assert.deepEqual(set.values(), [0, 0])
})

test('ERANGE: a value above 32767', () => {
  const set = made(2, 32767)
  assert.throws(() => set.post(), { code: 'ERANGE', syscall: 'semop', message: /32767/ })
  assert.throws(() => set.operateSync([{ change: -1 }, { index: 1, change: 1 }]), { code: 'ERANGE' })
  assert.deepEqual(set.values(), [32767, 32767])
  assert.equal(semctl(set.id, 0, SETVAL, 32768), ERANGE)
  assert.equal(semctl(set.id, 0, SETVAL, -1), ERANGE)
})

test('E2BIG: more operations at once than the system allows', async () => {
  const set = made(1)
  const operations = Array.from({ length: SysvSemaphores.system().mostOperations + 1 }, () => ({ change: 1 }))
  assert.throws(() => set.tryOperate(operations), {
    code: 'E2BIG',
    message: /operations at once are more than/,
  })
  await assert.rejects(set.operate(operations), { code: 'E2BIG' })
  const step = { index: 0, change: 1, flags: 0 }
  assert.equal(
    semtimedop(
      set.id,
      operations.map(() => step),
    ),
    E2BIG,
  )
  assert.equal(set.value(), 0)
})

test('EFBIG, and EINVAL of the calls themselves', () => {
  const set = made(1)
  assert.equal(semtimedop(set.id, [{ index: 1, change: 1, flags: IPC_NOWAIT }]), EFBIG)
  assert.equal(semtimedop(set.id, []), EINVAL)
  assert.equal(semtimedop(-1, [{ index: 0, change: 1, flags: 0 }]), EINVAL)
  assert.equal(semctl(set.id, 1, GETVAL), EINVAL)
  assert.equal(semctl(set.id, 0, 99), EINVAL)
  assert.equal(semget(uniqueKey(), 0, IPC_CREAT | 0o600), EINVAL)
  assert.throws(() => semctl(set.id, 0, IPC_SET, new Uint8Array(8)), /RangeError/)
  assert.throws(() => semctl(made(9).id, 0, constants.GETALL, new Uint16Array(8)), /RangeError/)
  assert.throws(() => semctl(set.id, 0, SETVAL, 'x' as never), /TypeError/)
})

test('EINVAL: one that is there has fewer semaphores', async () => {
  const key = uniqueKey()
  const set = SysvSemaphores.create(key, { count: 2 })
  const expected = { code: 'EINVAL', syscall: 'semget', message: /fewer than 3 semaphores/ }
  await assert.rejects(SysvSemaphores.openOrCreate(key, { count: 3 }), expected)
  assert.throws(() => SysvSemaphores.openOrCreateSync(key, { count: 3 }), expected)
  set.remove()
})

test('EIDRM, for who had found it; EEXIST and ENOENT say what to do', () => {
  const key = uniqueKey()
  assert.throws(() => SysvSemaphores.open(key), { code: 'ENOENT', message: /create makes it/ })
  const set = SysvSemaphores.create(key, { count: 1 })
  assert.throws(() => SysvSemaphores.create(key, { count: 1 }), { code: 'EEXIST', message: /open takes/ })
  set.remove()
  const gone = { code: 'EIDRM', message: new RegExp(`0x${key.toString(16).padStart(8, '0')} .*removed`) }
  const uses = [
    () => set.tryWait(),
    () => set.waitSync(),
    () => set.post(),
    () => set.values(),
    () => set.stat(),
  ]
  for (const use of [...uses, () => set.set({}), () => set.remove(), () => set.initialized])
    assert.throws(use, gone)
})

test('a set whose maker died before it initialised it is explained, and never waited for without end', async (t) => {
  const key = uniqueKey()
  const id = semget(key, 1, IPC_CREAT | 0o600) // and nothing more
  const options = { count: 1, values: 1 }
  await assert.rejects(SysvSemaphores.openOrCreate(key, { ...options, timeout: 20 }), {
    name: 'TimeoutError',
    message: /to be initialised timed out after 20 ms/,
  })
  assert.throws(() => SysvSemaphores.openOrCreateSync(key, { ...options, timeout: 20 }), {
    name: 'TimeoutError',
  })
  const signal = AbortSignal.timeout(20)
  await assert.rejects(SysvSemaphores.openOrCreate(key, { ...options, signal }), { name: 'TimeoutError' })
  assert.equal(SysvSemaphores.open(key).initialized, false, 'open does not wait')
  const stale = {
    name: 'NotInitializedError',
    code: 'ERR_NOT_INITIALIZED',
    id,
    message: new RegExp(`ipcrm -s ${id}`),
  }
  const now = Date.now()
  t.mock.method(Date, 'now', () => now + 60_000) // as if it had been made a minute ago
  await assert.rejects(SysvSemaphores.openOrCreate(key, options), stale)
  assert.throws(() => SysvSemaphores.openOrCreateSync(key, options), stale)
  SysvSemaphores.from(id).remove()
})

test('who finds a set waits until its maker has initialised it, or gives up when it is removed', async () => {
  const key = uniqueKey()
  const id = semget(key, 1, IPC_CREAT | 0o600)
  const found = SysvSemaphores.openOrCreate(key, { count: 1, values: 5 })
  await new Promise((resolve) => setTimeout(resolve, 5))
  semctl(id, 0, SETVAL, 2)
  semtimedop(id, [{ index: 0, change: 1, flags: 0 }])
  const set = await found
  assert.deepEqual([set.created, set.value()], [false, 3])
  set.remove()
  const other = semget(key, 1, IPC_CREAT | 0o600)
  const gone = SysvSemaphores.openOrCreate(key, { count: 1 })
  await new Promise((resolve) => setTimeout(resolve, 5))
  SysvSemaphores.from(other).remove()
  await assert.rejects(gone, { code: 'EIDRM' })
})

test('sixteen at once: one makes it, nobody sees it without its values', async () => {
  const key = uniqueKey()
  const opening = Array.from({ length: 16 }, () =>
    SysvSemaphores.openOrCreate(key, { count: 3, values: [1, 2, 3] }),
  )
  const sets = await Promise.all(opening)
  assert.equal(sets.filter(({ created }) => created).length, 1)
  for (const set of sets) assert.deepEqual(set.values(), [1, 2, 3])
  sets[0]?.remove()
})
