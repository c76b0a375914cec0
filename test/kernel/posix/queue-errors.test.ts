// Every entry of the ERRORS sections of mq_open(3), mq_send(3), mq_receive(3), mq_notify(3), mq_getattr(3),
// mq_close(3), mq_unlink(3); ENFILE and ENOMEM, which only a system that is at its end gives, are in refused.test.ts.
import assert from 'node:assert/strict'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { PosixQueue } from 'hutong'
import {
  close,
  constants,
  errno,
  mq_getsetattr,
  mq_notify,
  mq_open,
  mq_timedreceive,
  mq_timedsend,
  mq_unlink,
} from 'hutong/sys'
import { start } from '../../support/child.ts'
import { compiledFixtures } from '../../support/paths.ts'
import { drained, freshQueue, queueName } from '../../support/queue.ts'

const isRoot = process.getuid?.() === 0
const E = (name: string): number => -(errno[name] ?? 0)
const fixturePath = (name: string): string => join(compiledFixtures, `posix-queue/${name}.js`)

test('what the kernel says of such names, and the longest one', () => {
  const { O_CREAT, O_RDWR } = constants
  const said = ['a/b', '', '.', 'n'.repeat(256)].map((name) => mq_open(name, O_RDWR | O_CREAT, 0o600))
  assert.deepEqual(said, [E('EACCES'), E('ENOENT'), E('EACCES'), E('ENAMETOOLONG')])
  assert.deepEqual(['', 'n'.repeat(256)].map(mq_unlink), [E('ENOENT'), E('ENAMETOOLONG')])
  const name = queueName().padEnd(256, 'x')
  PosixQueue.create(name, { maxMessages: 1, messageSize: 1 }).close()
  PosixQueue.unlink(name)
})

test('EACCES, EPERM, EINVAL and EMFILE, as an ordinary user with little allowed', async (t) => {
  if (!isRoot) return t.skip('needs root, to become an ordinary user')
  const secret = freshQueue()
  const name = queueName()
  const mask = process.umask(0)
  PosixQueue.create(name, { maxMessages: 1, messageSize: 1, mode: 0o444 }).close()
  process.umask(mask)
  const limits = ['--msgqueue=3000', process.execPath, fixturePath('denied'), secret.name, name]
  const { code, stdout, stderr } = await start('prlimit', limits, { uid: 65534, gid: 65534 }).ended
  assert.deepEqual([stderr, code, stdout], ['', 0, 'done\n'])
})

test('limits that were lowered and raised: ENOSPC, EINVAL, and what then is possible', async (t) => {
  if (!isRoot) return t.skip('needs root, to make an IPC namespace')
  const script =
    'set_limits() { cd /proc/sys/fs/mqueue; echo $1 >msg_max; echo $2 >msgsize_max; echo $3 >queues_max; }\n' +
    'as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups "$NODE" "$FIXTURE" $1; }\n' +
    'set_limits 2 200 2; as_nobody lowered; set_limits 2000 500000 256; as_nobody raised'
  const env = { ...process.env, NODE: process.execPath, FIXTURE: fixturePath('limits') }
  const { code, stdout, stderr } = await start('unshare', ['-i', 'sh', '-ec', script], { env }).ended
  assert.deepEqual([stderr, code, stdout], ['', 0, 'done\ndone\n'])
})

test('EMSGSIZE says how long messages may be, and how much memory receiving wants', async () => {
  const queue = freshQueue()
  const long = new Uint8Array(65)
  const message = /has 65 bytes, this queue takes at most 64 \(messageSize\)/
  assert.throws(() => queue.sendSync(long), { code: 'EMSGSIZE', syscall: 'mq_timedsend', message })
  assert.throws(() => queue.trySend(long), { code: 'EMSGSIZE' })
  await assert.rejects(queue.send(long), { code: 'EMSGSIZE' })
  queue.sendSync('short')
  const small = new Uint8Array(63)
  const hint = /has 63 bytes and must have 64 \(messageSize\), however short the message/
  assert.throws(() => queue.receiveIntoSync(small), {
    code: 'EMSGSIZE',
    syscall: 'mq_timedreceive',
    message: hint,
  })
  assert.throws(() => queue.tryReceiveInto(small), { code: 'EMSGSIZE' })
  await assert.rejects(queue.receiveInto(small), { code: 'EMSGSIZE' })
  assert.deepEqual(drained(queue), ['0:short'])
})

test('EBADF: open for the other direction', async () => {
  const name = queueName()
  using writer = PosixQueue.create(name, { maxMessages: 1, messageSize: 64, access: 'write' })
  using reader = PosixQueue.open(name, { access: 'read' })
  const wrong = { code: 'EBADF', message: /It is not open for this: see `access`/ }
  await assert.rejects(writer.receive(), wrong)
  assert.throws(() => writer.receiveSync(), wrong)
  assert.throws(() => writer.tryReceive(), wrong)
  await assert.rejects(reader.send('x'), wrong)
  assert.throws(() => reader.sendSync('x'), wrong)
  assert.throws(() => reader.trySend('x'), wrong)
})

test('EAGAIN, ETIMEDOUT and EINVAL of the calls themselves; a deadline that has passed still takes what is there', () => {
  const queue = freshQueue({ maxMessages: 1, messageSize: 64 })
  const [memory, priority] = [new Uint8Array(64), new Uint32Array(1)]
  const receive = (...deadline: number[]): number => mq_timedreceive(queue.fd, memory, priority, ...deadline)
  const send = (...deadline: number[]): number => mq_timedsend(queue.fd, memory, 1, ...deadline)
  assert.equal(receive(0, 0), E('ETIMEDOUT'))
  assert.equal(send(0, 0), 0)
  assert.equal(send(1, 999_999_999), E('ETIMEDOUT'))
  queue.setNonblocking(true)
  assert.deepEqual([send(), mq_timedsend(queue.fd, memory, 32_768)], [E('EAGAIN'), E('EINVAL')])
  // Linux looks at the deadline first, also where it would not have to wait.
  assert.deepEqual([receive(0, -1), receive(0, 1_000_000_000), receive(-1, 0)], Array(3).fill(E('EINVAL')))
  assert.deepEqual([receive(0, 0), priority[0], receive()], [64, 1, E('EAGAIN')])
})

test('a timeout of 0 takes what is there; a longer one waits that long', async () => {
  const queue = freshQueue({ maxMessages: 1, messageSize: 64 })
  const late = { name: 'TimeoutError', code: 'ETIMEDOUT' }
  assert.throws(() => queue.receiveSync({ timeout: 0 }), late)
  await assert.rejects(queue.receive({ timeout: 0 }), late)
  const start = performance.now()
  assert.throws(() => queue.receiveSync({ timeout: 20 }), late)
  await assert.rejects(queue.receive({ timeout: 20 }), late)
  assert.ok(performance.now() - start >= 39)
  queue.sendSync('a', { timeout: 0 })
  assert.throws(() => queue.sendSync('b', { timeout: 0 }), late)
  await assert.rejects(queue.send('b', { timeout: 1 }), late)
  assert.equal(Buffer.from(queue.receiveSync({ timeout: 0 }).data).toString(), 'a')
  await queue.send('c', { timeout: 0 })
  assert.equal((await queue.receive({ timeout: 0 })).priority, 0)
})

test('EINVAL, EBUSY and EBADF of mq_notify, mq_getattr, mq_setattr and mq_close', () => {
  const queue = freshQueue()
  const { SIGEV_NONE, SIGEV_SIGNAL, SIGEV_THREAD } = constants
  assert.equal(mq_notify(queue.fd, 77, 0, 0), E('EINVAL'))
  assert.equal(mq_notify(queue.fd, SIGEV_SIGNAL, 65, 0), E('EINVAL'))
  assert.equal(mq_notify(queue.fd, SIGEV_NONE, 0, 0), 0)
  assert.equal(mq_notify(queue.fd, SIGEV_NONE, 0, 0), E('EBUSY'), 'in the same process too')
  assert.equal(mq_notify(queue.fd, -1, 0, 0), 0)
  assert.equal(
    mq_notify(queue.fd, -1, 0, 0),
    0,
    'without a registration: POSIX allows EINVAL, Linux gives none',
  )
  assert.equal(mq_getsetattr(queue.fd, constants.O_APPEND), E('EINVAL'))
  const other = openSync('/dev/null', 'r')
  assert.equal(mq_notify(queue.fd, SIGEV_THREAD, other, 0), E('ENOTSOCK'))
  for (const fd of [-1, other]) {
    assert.deepEqual([mq_getsetattr(fd), mq_getsetattr(fd, 0)], [E('EBADF'), E('EBADF')])
    assert.deepEqual([mq_notify(fd, SIGEV_NONE, 0, 0), mq_notify(fd, -1, 0, 0)], [E('EBADF'), E('EBADF')])
    assert.equal(mq_timedsend(fd, new Uint8Array(1), 0), E('EBADF'))
    assert.equal(mq_timedreceive(fd, new Uint8Array(1), new Uint32Array(1)), E('EBADF'))
  }
  closeSync(other)
  assert.equal(close(-1), E('EBADF'))
})

test('after close every use is EBADF before any system call, and so is what waited', async () => {
  const queue = freshQueue({ maxMessages: 1, messageSize: 64 })
  const full = PosixQueue.create(queueName(), { maxMessages: 1, messageSize: 64 })
  full.sendSync('full')
  const waiting = [queue.receive(), queue.receiveInto(new Uint8Array(64)), queue.notify(), full.send('x')]
  queue.close()
  full.close()
  for (const one of await Promise.allSettled(waiting)) {
    assert.ok(one.status === 'rejected' && one.reason.code === 'EBADF', `${one.status}`)
  }
  const target = new Uint8Array(64)
  for (const use of [
    () => queue.send('x'),
    () => queue.receive(),
    () => queue.receiveInto(target),
    () => queue.notify(),
    () => queue.messages().next(),
  ])
    await assert.rejects(use(), { code: 'EBADF', message: /closed/ })
  for (const use of [
    () => queue.trySend('x'),
    () => queue.sendSync('x'),
    () => queue.sendSync('x', { timeout: 1 }),
    () => queue.tryReceive(),
    () => queue.receiveSync(),
    () => queue.receiveSync({ timeout: 1 }),
    () => queue.tryReceiveInto(target),
    () => queue.receiveIntoSync(target),
    () => queue.attributes(),
    () => queue.queued,
    () => queue.setNonblocking(true),
    () => queue.notifyBySignal(10),
    () => queue.cancelNotify(),
    () => queue.inherit(),
    () => queue.duplicate(),
    () => queue.release(),
    () => queue.fd,
  ])
    assert.throws(use, { code: 'EBADF', message: /closed/ })
})
