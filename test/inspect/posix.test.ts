import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { collect } from 'hutong/inspect'
import { mq_unlink } from 'hutong/sys'
import { parseLock } from '#src/inspect/proc/locks.ts'
import { type Child, start } from '../support/child.ts'
import { compile } from '../support/compile.ts'
import { uniqueName, uniquePath } from '../support/leaks.ts'
import { find, holds, lookUntil } from '../support/look.ts'

const program = compile('inspect/hold-ipc.c')

async function hold(how: string, what: string): Promise<Child> {
  const peer = start(program, [how, what])
  assert.equal(await peer.line(), '0')
  return peer
}

async function end(...peers: Child[]): Promise<void> {
  for (const peer of peers) peer.process.stdin?.end()
  await Promise.all(peers.map(({ ended }) => ended))
}

test('a POSIX queue shows its messages, its limits, and who has it open', async () => {
  const name = uniqueName()
  const peer = await hold('posix-queue', `/${name}`)
  const host = await collect()
  const found = find(host, 'posix-mq', (object) => object.name === `/${name}`)
  assert.deepEqual(
    [found.messages, found.maxMessages, found.messageSize, found.queued, found.notifies],
    [2, 3, 64, 8, null],
  )
  assert.deepEqual([found.mode, found.deleted, found.orphan], [0o640, false, false])
  assert.equal(found.address, `posix-mq:/${name}`)
  assert.deepEqual(
    holds(host, found, peer.pid).map(({ role, through }) => [role, through.by]),
    [['reader', 'descriptor']],
  )
  assert.equal(mq_unlink(name), 0)
  const unlinked = find(await collect(), 'posix-mq', (object) => object.name === `/${name}`)
  assert.deepEqual([unlinked.deleted, unlinked.address, unlinked.messages], [true, null, 2])
  await end(peer)
  assert.ok(!(await collect()).objects.some((object) => object.name === `/${name}`))
})

test('a queue that only senders have open tells its depth all the same', async () => {
  const name = uniqueName()
  const peer = await hold('posix-send', `/${name}`)
  const found = find(await collect(), 'posix-mq', (object) => object.name === `/${name}`)
  assert.deepEqual([found.messages, found.maxMessages], [2, 3])
  await end(peer)
  const { objects, unseen } = await collect()
  // Who may neither mount nor see a mount sees only those that somebody has open, and is told so.
  const listed = objects.some((object) => object.name === `/${name}`)
  assert.equal(listed, !unseen.unlisted.includes('posix-mq'))
  assert.equal(mq_unlink(name), 0)
})

test('whoever waits in mq_receive is told from those who only have the queue open', async () => {
  const name = uniqueName()
  const peer = await hold('posix-queue', `/${name}`)
  const receiver = start(program, ['posix-receive', `/${name}`])
  const host = await lookUntil(({ attachments }) =>
    attachments.some(({ pid, through }) => pid === receiver.pid && through.by === 'waiting'),
  )
  const found = find(host, 'posix-mq', (object) => object.name === `/${name}`)
  assert.equal(found.messages, 0)
  assert.deepEqual(
    holds(host, found, receiver.pid).map(({ role, through }) => [role, through.by]),
    [
      ['reader', 'descriptor'],
      ['reader', 'waiting'],
    ],
  )
  assert.equal(holds(host, found, peer.pid).length, 1)
  receiver.process.kill()
  await receiver.ended
  await end(peer)
  assert.equal(mq_unlink(name), 0)
})

test('looking at a queue that this process has open leaves it its notification', async () => {
  const { PosixQueue } = await import('hutong')
  const name = `/${uniqueName()}`
  using queue = PosixQueue.create(name)
  const told = queue.notify()
  const host = await collect()
  assert.equal(find(host, 'posix-mq', (object) => object.name === name).notifies, process.pid)
  queue.sendSync('now')
  await told
  PosixQueue.unlink(name)
})

test('a named semaphore shows its value and who maps it, also after its name is gone', async () => {
  const name = uniqueName()
  const peer = await hold('semaphore', `/${name}`)
  const host = await collect()
  const found = find(host, 'posix-sem', (object) => object.name === `/${name}`)
  assert.deepEqual([found.value, found.waiting, found.mode, found.orphan], [2, 0, 0o640, false])
  assert.equal(found.address, `posix-sem:/${name}`)
  assert.deepEqual(
    holds(host, found, peer.pid).map(({ role, through }) => [role, through.by]),
    [['both', 'mapping']],
  )
  assert.ok(!host.objects.some(({ kind, name: other }) => kind === 'posix-shm' && other.includes(name)))
  rmSync(`/dev/shm/sem.${name}`)
  const gone = (await collect()).objects.filter((object) => object.kind === 'posix-sem' && object.deleted)
  assert.ok(gone.some((object) => object.address === null))
  await end(peer)
})

test('a semaphore that nobody has is an orphan', async () => {
  const name = uniqueName()
  await end(await hold('semaphore', `/${name}`))
  const { objects, unseen } = await collect()
  const found = objects.find((object) => object.name === `/${name}` && object.kind === 'posix-sem')
  assert.ok(found !== undefined && 'orphan' in found)
  assert.equal(found.orphan, unseen.processes.length === 0 ? true : null)
  rmSync(`/dev/shm/sem.${name}`)
})

test('locks on a file: their kind, range, holder and waiter, as lslocks lists them', async () => {
  const path = await uniquePath()
  writeFileSync(path, '')
  const holders = [
    await hold('flock', path),
    await hold('posix', path),
    await hold('ofd', `${path}`).catch(() => undefined),
  ]
  assert.ok(holders[2] === undefined, 'the record lock excludes it')
  const waiter = start(program, ['flock', path])
  const host = await lookUntil(
    ({ objects }) => find({ objects } as never, 'lock', (object) => object.path === path).locks.length === 3,
  )
  const found = find(host, 'lock', (object) => object.path === path)
  const [flock, posix] = holders
  assert.ok(flock !== undefined && posix !== undefined)
  const wanted = [
    { type: 'flock', shared: false, start: 0, end: null, waiting: false, pid: flock.pid },
    { type: 'flock', shared: false, start: 0, end: null, waiting: true, pid: waiter.pid },
    { type: 'posix', shared: false, start: 10, end: 14, waiting: false, pid: posix.pid },
  ]
  assert.deepEqual(
    [...found.locks].sort((a, b) => a.type.localeCompare(b.type) || Number(a.waiting) - Number(b.waiting)),
    wanted,
  )
  for (const { pid, ...lock } of wanted) {
    const [held] = holds(host, found, pid ?? 0)
    assert.deepEqual(held?.through, { by: 'lock', ...lock, fd: lock.waiting ? null : 3 })
  }
  const columns = ['-n', '-r', '-o', 'PID,TYPE,START,END,PATH']
  const told = execFileSync('lslocks', columns, { encoding: 'utf8' }).split('\n')
  for (const { pid, type, start: from, end: to } of wanted) {
    assert.ok(
      told.some((line) => line.startsWith(`${pid} ${type.toUpperCase()} ${from} ${to ?? 0} `)),
      `${pid}`,
    )
  }
  assert.equal(found.address, `mmap:${path}`)
  await end(flock, posix, waiter)
})

test('a lock of an open file description shows at every process that has it', async () => {
  const path = await uniquePath()
  writeFileSync(path, '')
  const peer = await hold('ofd', path)
  const host = await collect()
  const found = find(host, 'lock', (object) => object.path === path)
  assert.deepEqual(found.locks, [
    { type: 'ofd', shared: false, start: 10, end: 14, waiting: false, pid: null },
  ])
  assert.deepEqual(
    holds(host, found, peer.pid).map(({ through }) => through.by === 'lock' && through.fd),
    [3],
  )
  await end(peer)
})

test('lines of /proc/locks, of every kind that there is', () => {
  const base = { start: 0, end: null, waiting: false, shared: false }
  const table: [line: string, wanted: object | undefined][] = [
    ['1: FLOCK  ADVISORY  WRITE 12 fe:01:99 0 EOF', { ...base, type: 'flock', pid: 12, inode: '254:1:99' }],
    [
      '1: -> FLOCK  ADVISORY  READ 13 fe:01:99 0 EOF',
      { ...base, type: 'flock', pid: 13, inode: '254:1:99', shared: true, waiting: true },
    ],
    [
      '22: OFDLCK ADVISORY  READ -1 00:18:7 4 9',
      { type: 'ofd', shared: true, start: 4, end: 9, waiting: false, pid: null, inode: '0:24:7' },
    ],
    ['3: LEASE  BREAKING  UNLCK 5 00:18:7 0 EOF', { ...base, type: 'lease', pid: 5, inode: '0:24:7' }],
    ['4: SOMETHING NEW', undefined],
    ['', undefined],
  ]
  for (const [line, wanted] of table) assert.deepEqual(parseLock(line), wanted, line)
})
