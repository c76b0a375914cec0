// Every errno of msgget(2), msgop(2) and msgctl(2), and every argument that can be wrong; ENOMEM and ENOSYS are in
// refused.test.ts. EFAULT cannot come (no address is the caller's), EINTR never shows, EAGAIN and ENOMSG are `undefined`.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SysvQueue } from 'hutong'
import { type Ended, fixture, start } from '../../support/child.ts'
import '../../support/leaks.ts'
import { uniqueKey, uniquePath } from '../../support/leaks.ts'
import { compiledFixtures } from '../../support/paths.ts'
import { freshQueue } from '../../support/sysv-queue.ts'

const notRoot = process.getuid?.() === 0 ? false : 'needs root'
const DONE: Ended = { code: 0, signal: null, stdout: 'done\n', stderr: '' }

/** Every way to use a queue. */
function uses(queue: SysvQueue): Readonly<Record<string, () => unknown>> {
  return {
    send: () => queue.send('x'),
    trySend: () => queue.trySend('x'),
    sendSync: () => queue.sendSync('x'),
    'sendSync with a timeout': () => queue.sendSync('x', { timeout: 1 }),
    receive: () => queue.receive(),
    tryReceive: () => queue.tryReceive(),
    receiveSync: () => queue.receiveSync(),
    'receiveSync with a timeout': () => queue.receiveSync({ timeout: 1 }),
    receiveInto: () => queue.receiveInto(new Uint8Array(1)),
    tryReceiveInto: () => queue.tryReceiveInto(new Uint8Array(1)),
    receiveIntoSync: () => queue.receiveIntoSync(SysvQueue.memory(1000)),
    peek: () => queue.peek(),
    stat: () => queue.stat(),
    set: () => queue.set({ mode: 0o600 }),
    remove: () => queue.remove(),
  }
}

test('a closed object: EBADF from everything, before any system call', async () => {
  const queue = freshQueue()
  queue.close()
  assert.equal(queue.closed, true)
  for (const [name, use] of Object.entries(uses(queue))) {
    await assert.rejects(
      async () => use(),
      { name: 'SysError', code: 'EBADF', message: /It is closed/ },
      name,
    )
  }
  await assert.rejects(queue.messages().next(), { code: 'EBADF' })
  assert.equal(SysvQueue.from(queue.id).stat().messages, 0, 'the queue is there as before')
})

test('a removed queue: EIDRM from everything', async () => {
  const queue = SysvQueue.create(uniqueKey())
  queue.remove()
  for (const [name, use] of Object.entries(uses(queue))) {
    const message = new RegExp(`message queue 0x[0-9a-f]{8} \\(id ${queue.id}\\)\\. It has been removed`)
    await assert.rejects(async () => use(), { name: 'SysError', code: 'EIDRM', message }, name)
  }
  assert.deepEqual(await queue.messages().next(), { done: true, value: undefined })
})

test('open and create: ENOENT, EEXIST; from: EINVAL', () => {
  const queue = freshQueue()
  assert.throws(() => SysvQueue.create(queue.key), { code: 'EEXIST', syscall: 'msgget' })
  assert.throws(() => SysvQueue.open(uniqueKey()), {
    code: 'ENOENT',
    syscall: 'msgget',
    message: /create makes it/,
  })
  const gone = SysvQueue.createPrivate()
  gone.remove()
  assert.throws(() => SysvQueue.from(gone.id), {
    code: 'EINVAL',
    syscall: 'msgctl',
    message: /There is none/,
  })
  assert.throws(() => SysvQueue.from(2 ** 31 - 1), { code: 'EINVAL' })
})

test('another user: EACCES and EPERM', { skip: notRoot }, async () => {
  const [secret, letterbox] = [freshQueue(), freshQueue({ mode: 0o602 })]
  secret.sendSync('for us alone')
  const folder = await uniquePath()
  mkdirSync(folder, { mode: 0o700 })
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const args = [secret.id, letterbox.id, secret.key, file].map(String)
  assert.deepEqual(await fixture('sysv/queue-denied', args, { uid: 65534, gid: 65534 }).ended, DONE)
  assert.equal(Buffer.from(letterbox.receiveSync().data).toString(), 'from somebody else')
})

test('the limits of the system: ENOSPC, the longest message, a limit that is lowered', {
  skip: notRoot,
}, async () => {
  const script = join(compiledFixtures, 'sysv/queue-limits.js')
  assert.deepEqual(await start('unshare', ['--ipc', process.execPath, script]).ended, DONE)
})

test('a capacity of 0 lets nothing in; -1 is nobody', () => {
  const queue = freshQueue()
  assert.throws(() => queue.set({ uid: 2 ** 32 - 1 }), /^RangeError: uid must be 0 to 4294967294/)
  queue.set({ capacity: 0 })
  assert.throws(() => queue.trySend('x'), { code: 'EINVAL' })
  assert.equal(queue.trySend(''), undefined)
})

test('bad input throws at the call and names the option', async () => {
  const queue = freshQueue()
  const as = <T>(value: unknown): T => value as T
  const wrong: [RegExp, () => unknown][] = [
    [/^RangeError: mode must be 0 to 0o777, not 0o1000/, () => SysvQueue.create(1, { mode: 0o1000 })],
    [/^TypeError: mode must be a number/, () => SysvQueue.createPrivate({ mode: as('600') })],
    [/^RangeError: capacity must be/, () => SysvQueue.createPrivate({ capacity: -1 })],
    [/^TypeError: options must be an object/, () => SysvQueue.create(1, as(null))],
    [/^TypeError: access must be 'read'/, () => SysvQueue.open(1, { access: as('r') })],
    [/^RangeError: key must not be 0/, () => SysvQueue.openOrCreate(0)],
    [/^RangeError: id must be/, () => SysvQueue.from(-1)],
    [/^TypeError: id must be a number/, () => SysvQueue.from(as('1'))],
    [/^RangeError: id must be 0 to 2147483647/, () => SysvQueue.from(2 ** 31)],
    [/^RangeError: type must be/, () => queue.trySend('x', { type: 0 })],
    [/^RangeError: type must be/, () => queue.sendSync('x', { type: -1 })],
    [/^RangeError: type must be/, () => queue.send('x', { type: 2 ** 53 })],
    [/^TypeError: type must be a number/, () => queue.send('x', { type: as('1') })],
    [/^TypeError: data must be/, () => queue.trySend(as(7))],
    [/^TypeError: data must be/, () => queue.send(as(null))],
    [/^RangeError: type must be/, () => queue.tryReceive({ type: 0 })],
    [/^RangeError: upTo must be/, () => queue.tryReceive({ upTo: -5 })],
    [/^RangeError: except must be/, () => queue.receiveSync({ except: 1.5 })],
    [/^TypeError: type and except exclude each other/, () => queue.receive({ type: 1, except: 2 })],
    [/^TypeError: type and upTo and except exclude/, () => queue.tryReceive({ type: 1, except: 2, upTo: 3 })],
    [/^RangeError: max must be/, () => queue.receive({ max: -1 })],
    [/^TypeError: truncate needs max/, () => queue.tryReceive({ truncate: true })],
    [/^TypeError: truncate must be/, () => queue.tryReceiveInto(new Uint8Array(1), { truncate: as(1) })],
    [/^TypeError: target must be/, () => queue.tryReceiveInto(as([]))],
    [/^RangeError: target must have room/, () => queue.receiveInto(new Uint8Array(0))],
    [/^RangeError: timeout must be/, () => queue.receive({ timeout: -1 })],
    [/^RangeError: timeout must be/, () => queue.receiveSync({ timeout: Number.NaN })],
    [/^TypeError: timeout must be/, () => queue.sendSync('x', { timeout: as('1') })],
    [/^TypeError: signal must be/, () => queue.receive({ signal: as({}) })],
    [/^TypeError: signal must be/, () => queue.send('x', { signal: as(1) })],
    [/^RangeError: index must be/, () => queue.peek(-1)],
    [/^RangeError: mode must be/, () => queue.set({ mode: 0o10000 })],
    [/^RangeError: gid must be/, () => queue.set({ gid: -1 })],
    [/^RangeError: length must be/, () => SysvQueue.memory(0)],
  ]
  for (const [message, use] of wrong) await assert.rejects(async () => use(), message, `${message}`)
  assert.equal(queue.stat().messages, 0, 'nothing has been done')
})
