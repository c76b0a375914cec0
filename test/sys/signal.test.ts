// The errors of the man pages that the classes cannot provoke, from the calls themselves.
import assert from 'node:assert/strict'
import { closeSync, openSync } from 'node:fs'
import { test } from 'node:test'
import * as sys from 'hutong/sys'
import '../support/leaks.ts'

const failure = (name: string): number => -(sys.errno[name] ?? 0)
const NOBODY = 4_194_303
const value = new BigUint64Array(1)
const none = new BigUint64Array(1)
const info = new Uint8Array(128)

test('kill, tgkill, rt_sigqueueinfo: EINVAL, ESRCH', () => {
  assert.equal(sys.kill(process.pid, 65), failure('EINVAL'))
  assert.equal(sys.kill(NOBODY, 0), failure('ESRCH'))
  assert.equal(sys.tgkill(process.pid, process.pid, 65), failure('EINVAL'))
  assert.equal(sys.tgkill(0, process.pid, 0), failure('EINVAL'))
  assert.equal(sys.tgkill(NOBODY, process.pid, 0), failure('ESRCH'))
  assert.equal(sys.rt_sigqueueinfo(process.pid, 65, value), failure('EINVAL'))
  assert.equal(sys.rt_sigqueueinfo(NOBODY, 10, value), failure('ESRCH'))
  assert.equal(sys.rt_tgsigqueueinfo(0, 0, 10, value), failure('EINVAL'))
  assert.equal(sys.rt_tgsigqueueinfo(NOBODY, NOBODY, 10, value), failure('ESRCH'))
  assert.equal(sys.rt_sigqueueinfo(process.pid, 0, value), 0)
})

test('pidfd_send_signal: EBADF for what is no pidfd, EINVAL', () => {
  const pidfd = sys.pidfd_open(process.pid, 0)
  assert.equal(sys.pidfd_send_signal(pidfd, 0, undefined, 0), 0)
  assert.equal(sys.pidfd_send_signal(pidfd, 65, undefined, 0), failure('EINVAL'))
  assert.equal(sys.pidfd_send_signal(pidfd, 0, undefined, 1 << 20), failure('EINVAL'))
  sys.close(pidfd)
  assert.equal(sys.pidfd_send_signal(pidfd, 0, undefined, 0), failure('EBADF'))
  const fd = openSync('/dev/null', 'r')
  assert.equal(sys.pidfd_send_signal(fd, 0, undefined, 0), failure('EBADF'))
  closeSync(fd)
  assert.equal(sys.pidfdStatus(pidfd), failure('EBADF'))
})

test('signalfd: EBADF, EINVAL for what is no signalfd, and for flags', () => {
  assert.equal(sys.signalfd(9999, none, 0), failure('EBADF'))
  const fd = openSync('/dev/null', 'r')
  assert.equal(sys.signalfd(fd, none, 0), failure('EINVAL'))
  closeSync(fd)
  assert.equal(sys.signalfd(-1, none, 1), failure('EINVAL'))
  const own = sys.signalfd(-1, none, sys.constants.SFD_CLOEXEC | sys.constants.SFD_NONBLOCK)
  assert.ok(own >= 0)
  assert.equal(sys.signalfd(own, none, 0), own)
  assert.equal(sys.read(own, new Uint8Array(127)), failure('EINVAL'))
  assert.equal(sys.read(own, info), failure('EAGAIN'))
  sys.close(own)
})

test('rt_sigtimedwait: EAGAIN after the timeout', () => {
  assert.equal(sys.rt_sigtimedwait(none, info, 0), failure('EAGAIN'))
  assert.equal(sys.rt_sigtimedwait(none, info, 1), failure('EAGAIN'))
})

test('sigaction: EINVAL', () => {
  assert.equal(sys.disposition(65), failure('EINVAL'))
  assert.equal(sys.disposition(32), failure('EINVAL'))
  assert.equal(sys.setDisposition(sys.signalNumbers['SIGKILL'] ?? 0, 1), failure('EINVAL'))
  assert.equal(sys.callHandler(65), failure('EINVAL'))
  assert.equal(sys.callHandler(sys.signalNumbers['SIGWINCH'] ?? 0), 0)
})

test('timers: EINVAL for a clock, a signal, a time, flags, an id', () => {
  const { CLOCK_MONOTONIC, ITIMER_REAL } = sys.constants
  assert.equal(sys.timer_create(99, 14, value), failure('EINVAL'))
  assert.equal(sys.timer_create(CLOCK_MONOTONIC, 65, value), failure('EINVAL'))
  assert.equal(sys.timer_create(CLOCK_MONOTONIC, 14, new Uint8Array(4)), failure('EINVAL'))
  const timer = sys.timer_create(CLOCK_MONOTONIC, 14, value)
  assert.ok(timer >= 0)
  assert.equal(sys.timer_settime(timer, 0, -1, 0), failure('EINVAL'))
  assert.equal(sys.timer_delete(timer), 0)
  for (const call of [sys.timer_delete, sys.timer_gettime, sys.timer_getoverrun]) {
    assert.equal(call(timer), failure('EINVAL'))
  }
  assert.equal(sys.timer_settime(timer, 0, 1, 0), failure('EINVAL'))
  assert.equal(sys.setitimer(99, 0, 0), failure('EINVAL'))
  assert.equal(sys.setitimer(ITIMER_REAL, -1_000_000_000, 0), failure('EINVAL'))
  assert.equal(sys.getitimer(99), failure('EINVAL'))
})

test('arguments of the wrong type throw', () => {
  assert.throws(() => sys.kill('1' as never, 0), TypeError)
  assert.throws(() => sys.rt_sigqueueinfo(1, 10, new Uint8Array(4)), TypeError)
  assert.throws(() => sys.signalfd(-1, new Uint8Array(4), 0), TypeError)
  assert.throws(() => sys.rt_sigtimedwait(none, new Uint8Array(12), 0), TypeError)
  assert.throws(() => sys.maskBlock(new Uint8Array(4)), TypeError)
  assert.throws(() => sys.maskHold(1 as never), TypeError)
  assert.equal(sys.sigpending(new Uint8Array(4)), failure('EINVAL'))
  assert.equal(sys.maskBlocked(new Uint8Array(4)), failure('EINVAL'))
})
