// Locks on files shared with C, Python, flock(1) and the killed; and what lslocks(8) sees of them.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { FileLock } from 'hutong'
import { type Child, fixture, start } from '../support/child.ts'
import { compile } from '../support/compile.ts'
import { uniquePath } from '../support/leaks.ts'
import { fixtures } from '../support/paths.ts'

const peer = compile('file-lock/peer.c')

async function made(): Promise<string> {
  const path = await uniquePath()
  writeFileSync(path, 'x'.repeat(100))
  return path
}

/** Ends the lock of a child. */
async function release(child: Child): Promise<void> {
  child.process.stdin?.end()
  await child.ended
}

const tried = async (path: string, ...command: string[]): Promise<string> =>
  (await start(peer, [path, ...command]).line()).split(' ')[1] ?? ''

test('flock: C, flock(1) and this library exclude each other, and share', async () => {
  const path = await made()
  using lock = FileLock.flock(path)
  const holder = start(peer, [path, 'flock-exclusive'])
  assert.equal(await holder.line(), 'flock-exclusive 0')
  assert.equal(lock.tryLock({ shared: true }), undefined)
  const waiting = lock.lock({ shared: true, timeout: 20_000 })
  await release(holder)
  const held = await waiting
  assert.equal(await tried(path, 'try-flock-exclusive'), 'EAGAIN')
  assert.equal(await tried(path, 'try-flock-shared'), '0')
  assert.equal((await start('flock', ['-n', '-x', path, 'true']).ended).code, 1)
  assert.equal((await start('flock', ['-n', '-s', path, 'true']).ended).code, 0)
  const waiter = start('flock', [path, 'echo', 'mine'])
  held.unlock()
  assert.equal(await waiter.line(), 'mine')
})

test('record: locks of descriptions and of processes exclude each other, in ranges', async () => {
  const path = await made()
  using lock = FileLock.record(path, { start: 10, length: 10 })
  const posix = start(peer, [path, 'posix-exclusive', '15', '100'])
  assert.equal(await posix.line(), 'posix-exclusive 0')
  assert.equal(lock.tryLock(), undefined)
  assert.deepEqual(lock.holder(), { shared: false, start: 15, length: 100, pid: posix.pid })
  const waiting = lock.lock({ timeout: 20_000 })
  await release(posix)
  const held = await waiting
  assert.equal(await tried(path, 'try-posix-exclusive', '19', '1'), 'EAGAIN')
  assert.equal(await tried(path, 'try-ofd-shared', '0', '11'), 'EAGAIN')
  assert.equal(await tried(path, 'try-ofd-exclusive', '0', '10'), '0')
  assert.equal(await tried(path, 'try-ofd-exclusive', '20', '0'), '0')
  held.unlock()
  const ofd = start(peer, [path, 'ofd-shared', '0', '0'])
  assert.equal(await ofd.line(), 'ofd-shared 0')
  assert.deepEqual(lock.holder(), { shared: true, start: 0, length: 0, pid: -1 })
  lock.lockSync({ shared: true, timeout: 0 }).unlock()
  await release(ofd)
})

test('Python and this library exclude each other', async () => {
  const path = await made()
  const script = `${fixtures}file-lock/peer.py`
  for (const [way, lock] of [
    ['lockf', FileLock.record(path)],
    ['flock', FileLock.flock(path)],
  ] as const) {
    using _closing = lock
    const holder = start('python3', [script, path, way])
    assert.equal(await holder.line(), 'locked')
    assert.equal(lock.tryLock(), undefined)
    const waiting = lock.lock({ timeout: 20_000 })
    await release(holder)
    const held = await waiting
    const second = start('python3', [script, path, way])
    assert.match(await second.line(), /^busy 1[13]$/)
    held.unlock()
    await release(second)
  }
})

test('lslocks(8) sees what is held', async () => {
  const path = await made()
  using whole = FileLock.flock(path)
  using part = FileLock.record(path, { start: 3, length: 4 })
  using _one = whole.lockSync({ shared: true })
  using _two = part.lockSync()
  const { stdout } = await start('lslocks', ['-n', '-r', '-o', 'PID,TYPE,MODE,START,END,PATH']).ended
  const lines = stdout.split('\n')
  assert.ok(lines.includes(`${process.pid} FLOCK READ 0 0 ${path}`), stdout)
  // Older versions know neither the process nor the path of a description's lock.
  assert.ok(
    lines.some(
      (line) => line.startsWith('-1 OFDLCK WRITE 3 6 ') || line.includes(`${process.pid} OFDLCK WRITE 3 6 `),
    ),
    stdout,
  )
})

for (const way of ['flock', 'record'] as const) {
  test(`${way}: what is killed lets go`, async () => {
    const path = await made()
    const doomed = fixture('file-lock/holder', [path, way])
    assert.equal(await doomed.line(), 'locked')
    using lock = FileLock[way](path)
    const waiting = lock.lock({ timeout: 20_000 })
    doomed.process.kill('SIGKILL')
    const held = await waiting
    assert.equal(held.ownerDied, false, 'the kernel does not say')
    held.unlock()
  })
}

test('a worker that is terminated lets go', async () => {
  const path = await made()
  const worker = new Worker(new URL('../fixtures/file-lock/holder.js', import.meta.url), {
    argv: [path, 'record'],
  })
  await once(worker, 'message')
  using lock = FileLock.record(path)
  const waiting = lock.lock({ timeout: 20_000 })
  await worker.terminate()
  ;(await waiting).unlock()
})
