import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { PidFd, type SignalTarget, signals } from 'hutong'
import { fixture, start } from '../../support/child.ts'
import '../../support/leaks.ts'
import '../../support/masks.ts'
import { cPeer } from './peers.ts'
import { makeZombie } from './zombie.ts'

const NOBODY = 4_194_303 // PID_MAX_LIMIT - 1: no process here

test('a process gets what kill(2) sends', async () => {
  const child = start('sleep', ['30'])
  signals.send(child.pid, 'SIGTERM')
  assert.equal((await child.ended).signal, 'SIGTERM')
})

test('a C program gets signal, sender, user and value', async () => {
  const peer = cPeer('receive', '+3', 4)
  const pid = Number(await peer.line())
  const values = [42, -1, 2 ** 31 - 1, -(2 ** 31)]
  for (const value of values) signals.queue(pid, 'SIGRTMIN+3', value)
  await peer.ended
  for (const value of values) {
    const line = `signal ${signals.number('SIGRTMIN+3')} code -1 pid ${process.pid} uid ${process.getuid?.()} value ${value}`
    assert.equal(await peer.line(), line)
  }
})

test('all processes of a group get it, and only they', async () => {
  const leader = start('sh', ['-c', 'sleep 30 & sleep 30 & wait'], { detached: true })
  const other = start('sleep', ['30'])
  const children = (): number[] =>
    readFileSync(`/proc/${leader.pid}/task/${leader.pid}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number)
  while (children().length < 2) await new Promise((resolve) => setImmediate(resolve))
  const members = children().map((pid) => PidFd.open(pid))
  signals.send({ group: leader.pid }, 'SIGKILL')
  for (const member of members) {
    await member.exited()
    member.close()
  }
  assert.equal((await leader.ended).signal, 'SIGKILL')
  assert.equal(other.process.exitCode, null)
  assert.ok(signals.exists(other.pid))
})

test('its own group is meant by name only', async () => {
  const child = fixture('signal/own-group', [], { detached: true })
  assert.deepEqual((await child.ended).stdout, 'got SIGUSR2 by kill\n')
})

test('a thread gets what tgkill(2) and rt_tgsigqueueinfo(2) send', async () => {
  signals.block(['SIGRTMIN+1', 'SIGRTMIN+2'])
  signals.send({ thread: process.pid }, 'SIGRTMIN+1')
  signals.queue({ thread: process.pid, process: process.pid }, 'SIGRTMIN+2', 7)
  const first = signals.tryWait(['SIGRTMIN+1'])
  assert.deepEqual(
    [first?.source, first?.code, first?.pid, first?.value],
    ['thread', 'SI_TKILL', process.pid, undefined],
  )
  assert.equal(signals.tryWait(['SIGRTMIN+2'])?.value, 7)
  signals.unblock(['SIGRTMIN+1', 'SIGRTMIN+2'])
})

test('a process that is not there: ESRCH, for every way to send', () => {
  const ways: [SignalTarget, string][] = [
    [NOBODY, `SIGTERM to process ${NOBODY}`],
    [{ group: NOBODY }, `SIGTERM to group ${NOBODY}`],
    [{ thread: NOBODY }, `SIGTERM to thread ${NOBODY} of process ${process.pid}`],
  ]
  for (const [target, on] of ways) {
    assert.throws(() => signals.send(target, 'SIGTERM'), { code: 'ESRCH', message: new RegExp(on) })
  }
  assert.throws(() => signals.queue(NOBODY, 'SIGRTMIN'), { code: 'ESRCH', syscall: 'sigqueue' })
  assert.throws(() => signals.tryQueue(NOBODY, 'SIGRTMIN'), { code: 'ESRCH' })
  assert.throws(() => signals.queue({ thread: NOBODY }, 'SIGRTMIN'), {
    code: 'ESRCH',
    syscall: 'rt_tgsigqueueinfo',
  })
})

test('exists tells whether there is a process, also a zombie', async () => {
  assert.equal(signals.exists(process.pid), true)
  assert.equal(signals.exists(NOBODY), false)
  const zombie = await makeZombie()
  assert.equal(signals.exists(zombie), true)
})

test("somebody else's process: EPERM, with what would help", {
  skip: process.getuid?.() !== 0 && 'needs root',
}, () => {
  const script = new URL('../../fixtures/signal/nobody.js', import.meta.url).pathname
  const out = execFileSync(process.execPath, [script, `${process.pid}`], { encoding: 'utf8' })
  assert.deepEqual(out.split('\n').slice(0, -1), [
    'kill EPERM CAP_KILL',
    'sigqueue EPERM CAP_KILL',
    'pidfd_send_signal EPERM CAP_KILL',
    'exists true',
  ])
})

test('what kill(2) would take for a group, or everybody, is refused', () => {
  for (const pid of [0, -1, -5]) {
    assert.throws(() => signals.send(pid, 'SIGTERM'), { name: 'RangeError', message: /say \{ group \}/ })
    assert.throws(() => signals.queue(pid, 'SIGTERM'), RangeError)
    assert.throws(() => signals.exists(pid), RangeError)
    assert.throws(() => signals.send({ group: pid }, 'SIGTERM'), RangeError)
  }
  for (const pid of [1.5, Number.NaN, 2 ** 31, 5_000_000])
    assert.throws(() => signals.send(pid, 'SIGTERM'), RangeError)
  assert.throws(() => signals.send('1' as never, 'SIGTERM'), {
    name: 'TypeError',
    message: /pid must be a number/,
  })
  assert.throws(() => signals.send({} as never, 'SIGTERM'), { name: 'TypeError', message: /a target/ })
  assert.throws(() => signals.send(null as never, 'SIGTERM'), TypeError)
})

test('a value is 32 bits, or a bigint of 64', () => {
  for (const value of [2 ** 31, -(2 ** 31) - 1, 1.5, Number.NaN]) {
    assert.throws(() => signals.queue(process.pid, 'SIGRTMIN', value), {
      name: 'RangeError',
      message: /32 bits/,
    })
  }
  assert.throws(() => signals.queue(process.pid, 'SIGRTMIN', 2n ** 64n), {
    name: 'RangeError',
    message: /64 bits/,
  })
  assert.throws(() => signals.queue(process.pid, 'SIGRTMIN', '1' as never), TypeError)
  assert.throws(() => signals.queue({ group: 'own' }, 'SIGRTMIN', 1), {
    name: 'TypeError',
    message: /one process/,
  })
})

test('a pointer goes and comes whole', () => {
  signals.block(['SIGRTMIN+1'])
  for (const value of [0n, 1n, 2n ** 63n, 2n ** 64n - 1n, 0x1234_5678_9abc_def0n]) {
    signals.queue(process.pid, 'SIGRTMIN+1', value)
    const info = signals.waitSync(['SIGRTMIN+1'], { timeout: 5000 })
    assert.equal(info.pointer, value)
    assert.equal(info.value, Number(BigInt.asIntN(32, value)))
  }
  signals.queue(process.pid, 'SIGRTMIN+1', -1n)
  assert.equal(signals.waitSync(['SIGRTMIN+1']).pointer, 2n ** 64n - 1n)
  signals.unblock(['SIGRTMIN+1'])
})

test('a full queue is an answer: nothing is lost, and a kill that gets through has no sender', async () => {
  const { stdout, stderr } = await start('bash', [
    '-c',
    'ulimit -i 30; exec "$0" "$1"',
    process.execPath,
    new URL('../../fixtures/signal/full.js', import.meta.url).pathname,
  ]).ended
  assert.equal(stderr, '')
  const { refused, sent, got, inOrder, kill, timer } = JSON.parse(stdout) as Record<string, unknown>
  assert.deepEqual(
    { refused, inOrder, kill, timer },
    {
      refused: ['undefined', 'EAGAIN sigqueue', 'EAGAIN rt_tgsigqueueinfo', 'EAGAIN pidfd_send_signal'],
      inOrder: true,
      kill: { signal: 'SIGRTMIN+2', number: 36, source: 'kill', code: 'SI_USER' },
      timer: 'EAGAIN timer_create',
    },
  )
  assert.equal(got, sent)
})
