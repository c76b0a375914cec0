import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, statSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { PosixSemaphore, SysvSemaphores } from 'hutong'
import { type Child, start } from '../support/child.ts'
import { hutong, run } from '../support/hutong.ts'
import { done, here } from '../support/in-process.ts'
import { cleanUp, uniqueKey, uniqueName, uniquePath } from '../support/leaks.ts'
import { lookUntil } from '../support/look.ts'

/** A command that says its pid when it runs, and ends when told to. */
const HOLDING = ['--', 'sh', '-c', 'echo $$; read line; exit 3'] as const

async function locked(...args: string[]): Promise<Child & { readonly command: number }> {
  const child = hutong(['lock', ...args, ...HOLDING])
  return Object.assign(child, { command: Number(await child.line()) })
}

function isHeld(path: string): boolean {
  try {
    execFileSync('flock', ['-n', path, 'true'])
    return false
  } catch {
    return true
  }
}

test('a file is locked while the command runs, for flock(1) too, and the status is the command’s', async () => {
  const path = await uniquePath()
  const holder = await locked(path)
  assert.ok(isHeld(path))
  assert.equal(statSync(path).mode & 0o777, 0o600)
  for (const address of [path, `mmap:${path}`]) {
    const refused = await here(['lock', '--try', address, '--', 'true'])
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /^hutong lock: EAGAIN: [^\n]*flock [^\n]*Somebody holds it\.\n$/)
  }
  const late = await here(['lock', path, '--timeout', '20', '--', 'true'])
  assert.deepEqual(
    [late.code, late.stderr],
    [124, `hutong lock: ETIMEDOUT: waiting for the lock on ${path} timed out after 20 ms\n`],
  )
  const listed = (await here(['ls', 'lock', '--noheadings', '-o', 'name,size,users'])).stdout
  assert.match(
    listed,
    new RegExp(`^${path} +1 lock +(?:node\\S*|MainThread)\\[${holder.pid}\\] exclusive$`, 'm'),
  )
  holder.tell('')
  assert.equal((await holder.ended).code, 3)
  assert.ok(!isHeld(path))
  rmSync(path)
})

test('it waits for flock(1), and shared locks do not exclude each other', async () => {
  const path = await uniquePath()
  const other = start('flock', ['-s', path, 'sh', '-c', 'echo locked; read line'])
  await other.line()
  assert.equal((await here(['lock', '--try', '--shared', path, '--', 'true'])).code, 0)
  const waiting = hutong(['lock', path, '--', 'echo', 'mine'])
  await lookUntil(({ attachments }) =>
    attachments.some(({ pid, through }) => pid === waiting.pid && through.by === 'lock' && through.waiting),
  )
  other.tell('')
  assert.equal(await waiting.line(), 'mine')
  await Promise.all([other.ended, waiting.ended])
  rmSync(path)
})

test('its own options end at the dashes; what cannot be run is 127 or 126', async () => {
  const path = await uniquePath()
  const { stdout } = await run(['lock', path, '--', 'printf', '%s,', '--try', '-h', '-?x'])
  assert.equal(stdout, '--try,-h,-?x,')
  const [missing, forbidden] = [
    await here(['lock', path, '--', 'no-such-program']),
    await here(['lock', path, path]),
  ]
  assert.deepEqual([missing.code, forbidden.code], [127, 126])
  assert.match(missing.stderr, /^hutong lock: ENOENT: [^\n]*no-such-program\n$/)
  assert.match(forbidden.stderr, /^hutong lock: EACCES: [^\n]*\n$/)
  rmSync(path)
})

test('signals are passed on, and a command that dies of one is 128 and its number', async () => {
  const path = await uniquePath()
  const catching = hutong([
    'lock',
    path,
    '--',
    'sh',
    '-c',
    'trap "echo caught; exit 5" USR2; echo ready; read line',
  ])
  await catching.line()
  catching.process.kill('SIGUSR2')
  assert.equal(await catching.line(), 'caught')
  assert.equal((await catching.ended).code, 5)
  const dying = await locked(path)
  dying.process.kill('SIGTERM')
  const { code, signal } = await dying.ended
  assert.deepEqual([code, signal], [143, null])
  assert.ok(!isHeld(path))
  rmSync(path)
})

test('who still waits for the lock dies of the signal', async () => {
  const path = await uniquePath()
  const holder = start('flock', [path, 'sh', '-c', 'echo locked; read line'])
  await holder.line()
  const waiting = hutong(['lock', path, '--', 'true'])
  await lookUntil(({ attachments }) =>
    attachments.some(({ pid, through }) => pid === waiting.pid && through.by === 'lock' && through.waiting),
  )
  waiting.process.kill('SIGINT')
  assert.deepEqual((await waiting.ended).signal, 'SIGINT')
  holder.tell('')
  await holder.ended
  rmSync(path)
})

test('killed, it gives back the file and the System V semaphore, but not the POSIX one', async () => {
  const path = await uniquePath()
  const key = uniqueKey()
  const name = `/${uniqueName()}`
  using set = SysvSemaphores.create(key, { count: 2, values: 1 })
  using semaphore = PosixSemaphore.create(name, { value: 1 })
  cleanUp(() => PosixSemaphore.unlink(name))
  const holders = [
    await locked(path),
    await locked(`sysv-sem:0x${key.toString(16)}?index=1`),
    await locked(`posix-sem:${name}`),
  ]
  assert.deepEqual([isHeld(path), set.values(), semaphore.value], [true, [1, 0], 0])
  const dead = holders.map((holder) => once(holder.process, 'exit'))
  for (const holder of holders) holder.process.kill('SIGKILL')
  await Promise.all(dead)
  for (const { command } of holders) process.kill(command) // it has gone on without
  while (set.value(1) === 0 || isHeld(path)) await sleep(2)
  assert.equal(semaphore.value, 0)
  await done(['sem', `posix-sem:${name}`, 'post'])
  assert.equal(semaphore.value, 1)
  await Promise.all(holders.map(({ ended }) => ended))
  set.remove()
  rmSync(path)
})

test('a semaphore of two lets two in, and everything is given back', async () => {
  const key = uniqueKey()
  const address = `sysv-sem:0x${key.toString(16)}`
  using set = SysvSemaphores.create(key, { count: 1, values: 2 })
  const holders = await Promise.all([1, 2].map(() => locked(address)))
  assert.equal(set.value(), 0)
  assert.equal((await here(['lock', '-n', address, '--', 'true'])).code, 1)
  for (const holder of holders) holder.tell('')
  for (const { code } of await Promise.all(holders.map(({ ended }) => ended))) assert.equal(code, 3)
  assert.equal(set.value(), 2)
  assert.equal((await here(['lock', '-n', `${address}?index=1`, '--', 'true'])).code, 1)
  set.remove()
})

test('a semaphore that is removed meanwhile is told, and makes a success a failure', async () => {
  const key = uniqueKey()
  using set = SysvSemaphores.create(key, { count: 1, values: 1 })
  const holder = hutong(['lock', `sysv-sem:0x${key.toString(16)}`, '--', 'sh', '-c', 'echo in; read line'])
  await holder.line()
  set.remove()
  holder.tell('')
  const { code, stderr } = await holder.ended
  assert.equal(code, 1)
  assert.match(stderr, /^hutong lock: EIDRM: [^\n]*\n$/)
})
