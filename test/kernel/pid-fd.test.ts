import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { PidFd, Pipe, signals } from 'hutong'
import { pidfdStatus } from 'hutong/sys'
import { start } from '../support/child.ts'
import '../support/leaks.ts'
import { makeZombie } from './signal/zombie.ts'

const NOBODY = 4_194_303
const soon = { timeout: 10_000 }
const kernel = /^(\d+)\.(\d+)/.exec(readFileSync('/proc/sys/kernel/osrelease', 'utf8')) ?? []
/** Linux 6.15 remembers how a process ended after its parent has asked. */
const remembers = Number(kernel[1]) > 6 || (Number(kernel[1]) === 6 && Number(kernel[2]) >= 15)

test("a child's exit status, and the child is still Node's to reap", async () => {
  const child = start('sh', ['-c', 'read x; exit 7'])
  using pidfd = PidFd.open(child.pid)
  assert.equal(pidfd.pid, child.pid)
  assert.equal(pidfd.tryExited(), undefined)
  await assert.rejects(pidfd.exited({ timeout: 1 }), { name: 'TimeoutError' })
  assert.throws(() => pidfd.exitedSync({ timeout: 1 }), { name: 'TimeoutError' })
  child.tell('go')
  assert.deepEqual(pidfd.exitedSync(soon), { code: 7 })
  assert.deepEqual(await pidfd.exited(), { code: 7 })
  assert.equal((await child.ended).code, 7)
  assert.deepEqual(pidfd.tryExited(), remembers ? { code: 7 } : {})
})

test('the signal that ended it', async () => {
  const child = start('sleep', ['30'])
  using pidfd = PidFd.open(child.pid)
  const exited = pidfd.exited(soon)
  pidfd.send('SIGKILL')
  const { signal = 'SIGKILL', coreDumped = false } = await exited
  assert.deepEqual([signal, coreDumped], ['SIGKILL', false])
  assert.equal((await child.ended).signal, 'SIGKILL')
})

test('any process, not only a child: one that runs, and a zombie', async () => {
  const parent = start('sh', ['-c', 'sh -c "read x; exit 9" <&3 & echo $!; wait'], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const grandchild = Number(await parent.line())
  using pidfd = PidFd.open(grandchild)
  const exited = pidfd.exited(soon)
  ;(parent.process.stdio[3] as NodeJS.WritableStream).end('go\n')
  const status = await exited
  assert.deepEqual(status, remembers ? { code: 9 } : status)
  await parent.ended

  using zombie = PidFd.open(await makeZombie(3))
  assert.deepEqual(await zombie.exited(soon), { code: 3 })
  assert.deepEqual(zombie.tryExited(), { code: 3 })
})

test('many wait for one, and an abort gives up one of them', async () => {
  const child = start('sleep', ['30'])
  using pidfd = PidFd.open(child.pid)
  const controller = new AbortController()
  const aborted = pidfd.exited({ signal: controller.signal })
  const waits = [pidfd.exited(soon), pidfd.exited(soon)]
  controller.abort('enough')
  await assert.rejects(aborted, (reason) => reason === 'enough')
  pidfd.send('SIGTERM')
  assert.deepEqual(
    (await Promise.all(waits)).map(({ code }) => code),
    [undefined, undefined],
  )
  await child.ended
})

test('a signal with a value', async () => {
  using pidfd = PidFd.open(process.pid)
  using listener = signals.listen(['SIGRTMIN+1'])
  pidfd.queue('SIGRTMIN+1', 42)
  assert.equal(pidfd.tryQueue('SIGRTMIN+1', 43), true)
  const got = [await listener.wait(soon), await listener.wait(soon)]
  assert.deepEqual(
    got.map(({ source, pid, value }) => [source, pid, value]),
    [
      ['queue', process.pid, 42],
      ['queue', process.pid, 43],
    ],
  )
  signals.send(pidfd, 'SIGRTMIN+1')
  assert.equal((await listener.wait(soon)).source, 'kill')
})

test('a process that has been waited for is nobody, although its number may be used again', async () => {
  const child = start('true')
  using pidfd = PidFd.open(child.pid)
  await child.ended
  assert.throws(() => pidfd.send('SIGTERM'), { code: 'ESRCH', syscall: 'pidfd_send_signal' })
  assert.throws(() => pidfd.getFd(0), { code: 'ESRCH', syscall: 'pidfd_getfd' })
  assert.throws(() => PidFd.open(NOBODY), { code: 'ESRCH', message: /process 4194303/ })
})

test('a descriptor of another process, the same open file description', async () => {
  using pipe = Pipe.create()
  const child = start('sleep', ['30'], { stdio: ['ignore', 'ignore', 'ignore', pipe.writer.inherit()] })
  using pidfd = PidFd.open(child.pid)
  using fd = pidfd.getFd(3)
  assert.equal(fstatSync(fd.number).ino, fstatSync(pipe.writer.fd).ino)
  assert.throws(() => pidfd.getFd(999), { code: 'EBADF', message: /descriptor 999 of process/ })
  assert.throws(() => pidfd.getFd(-1), RangeError)
  pidfd.send('SIGKILL')
  await child.ended
})

test('an inherited pidfd is taken over; something else is refused and stays open', async () => {
  const child = start('sleep', ['30'])
  const first = PidFd.open(child.pid)
  const { number } = (() => {
    using own = PidFd.open(process.pid)
    return own.getFd(first.fd)
  })()
  first.close()
  using pidfd = PidFd.from(number)
  assert.equal(pidfd.pid, child.pid)
  pidfd.send('SIGKILL')
  await pidfd.exited(soon)
  await child.ended
  const fd = openSync('/dev/null', 'r')
  assert.throws(() => PidFd.from(fd), { code: 'EINVAL', message: /no pidfd/ })
  closeSync(fd)
  assert.throws(() => PidFd.from(fd), { code: 'EBADF' })
})

test('a thread is no process; numbers that name none are refused', () => {
  const thread =
    readdirSync('/proc/self/task')
      .map(Number)
      .find((task) => task !== process.pid) ?? 0
  assert.throws(
    () => PidFd.open(thread),
    ({ code }: NodeJS.ErrnoException) => code === 'EINVAL' || code === 'ENOENT',
  )
  for (const pid of [0, -1, 1.5, Number.NaN]) assert.throws(() => PidFd.open(pid), RangeError)
  assert.throws(() => PidFd.open('1' as never), TypeError)
})

test('after close every use is EBADF, and a wait that was on its way too', async () => {
  const pidfd = PidFd.open(process.pid)
  const wait = pidfd.exited()
  pidfd.close()
  pidfd.close()
  assert.ok(pidfd.closed)
  await assert.rejects(wait, { code: 'EBADF' })
  await assert.rejects(pidfd.exited(), { code: 'EBADF' })
  for (const use of [
    () => pidfd.fd,
    () => pidfd.tryExited(),
    () => pidfd.exitedSync(),
    () => pidfd.send('SIGTERM'),
    () => pidfd.queue('SIGTERM', 1),
    () => pidfd.getFd(0),
  ]) {
    assert.throws(use, { code: 'EBADF' })
  }
})

test('ref and unref decide whether a wait keeps the process running', async () => {
  const script = `import { PidFd } from 'hutong'
    const pidfd = PidFd.open(process.ppid).unref(); void pidfd.exited(); console.log('ended')`
  const child = start(process.execPath, ['--input-type=module', '-e', script])
  assert.deepEqual((await child.ended).stdout, 'ended\n')
})

test('children by the dozen, each with its own status', async () => {
  const children = Array.from({ length: 24 }, (_, code) =>
    spawn('sh', ['-c', `exit ${code}`], { stdio: 'ignore' }),
  )
  const ends = children.map((child) => once(child, 'exit'))
  const statuses = await Promise.all(
    children.map(async (child) => {
      using pidfd = PidFd.open(child.pid ?? 0)
      return await pidfd.exited(soon)
    }),
  )
  await Promise.all(ends)
  if (remembers)
    assert.deepEqual(
      statuses.map(({ code }) => code),
      children.map((_, code) => code),
    )
})

test('the status of a process that runs is not known', async () => {
  using pidfd = PidFd.open(process.pid)
  assert.ok(pidfdStatus(pidfd.fd) < 0)
  assert.ok(pidfdStatus(9999) < 0)
  await sleep(0)
})
