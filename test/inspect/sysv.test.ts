import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collect, type Host, type IpcObject } from 'hutong/inspect'
import { parseSysv } from '#src/inspect/proc/sysvipc.ts'
import { type Child, start } from '../support/child.ts'
import { compile } from '../support/compile.ts'
import { type IpcOption, ipcmk, ipcrm, lsipc } from '../support/ipc-tools.ts'
import { uniqueKey } from '../support/leaks.ts'
import { find, holds, lookUntil } from '../support/look.ts'

const program = compile('inspect/hold-ipc.c')

interface Held {
  readonly peer: Child
  readonly key: number
  readonly id: number
  end(): Promise<void>
}

async function hold(how: string, option: IpcOption): Promise<Held> {
  const key = uniqueKey()
  const peer = start(program, [how, `${key}`])
  const id = Number(await peer.line())
  const end = async (): Promise<void> => {
    peer.process.stdin?.end()
    await peer.ended
    ipcrm(option, id)
  }
  return { peer, key, id, end }
}

function through(host: Host, object: IpcObject, pid: number): string[] {
  return holds(host, object, pid).map((one) => `${one.role} ${one.through.by}`)
}

test('a queue shows the same as lsipc: owner, mode, messages, bytes, last pids, times', async () => {
  const { peer, key, id, end } = await hold('queue', '-q')
  const host = await collect()
  const found = find(host, 'sysv-mq', ({ identifier }) => identifier === id)
  const told = lsipc('-q', id, 'KEY,ID,PERMS,CUID,UID,GID,USEDBYTES,MSGS,LSPID,LRPID')
  assert.deepEqual(
    [found.name, found.identifier, found.mode, found.creator.uid, found.owner?.uid, found.owner?.gid],
    [told['KEY'], id, 0o640, Number(told['CUID']), Number(told['UID']), Number(told['GID'])],
  )
  assert.deepEqual(
    [found.queued, found.messages, found.lastSender, found.lastReceiver],
    [told['USEDBYTES'], told['MSGS'], told['LSPID'], told['LRPID']].map(Number),
  )
  assert.deepEqual([found.messages, found.queued, found.lastSender], [2, 10, peer.pid])
  assert.deepEqual([found.address, found.key], [`sysv-mq:0x${key.toString(16)}`, key])
  const sent = Date.parse(found.sentAt ?? '') / 1000
  assert.ok(Math.abs(sent - Date.now() / 1000) < 60 && Number.isInteger(sent), `${found.sentAt}`)
  assert.ok(found.receivedAt !== null && found.changedAt !== null)
  assert.deepEqual(through(host, found, peer.pid), ['writer last use', 'reader last use'])
  assert.equal(found.orphan, false)
  await end()
  assert.ok(!(await collect()).objects.some((object) => object.id === found.id))
})

test('whoever waits at a queue or a semaphore set is attached to it', async () => {
  const [queue, set] = [await hold('queue', '-q'), await hold('semaphores', '-s')]
  const [receiver, waiter] = [
    start(program, ['receive', `${queue.id}`]),
    start(program, ['wait', `${set.id}`]),
  ]
  const host = await lookUntil(({ attachments }) =>
    [receiver, waiter].every(({ pid }) =>
      attachments.some((one) => one.pid === pid && one.through.by === 'waiting'),
    ),
  )
  const found = find(host, 'sysv-mq', ({ identifier }) => identifier === queue.id)
  assert.deepEqual(holds(host, found, receiver.pid), [
    {
      object: found.id,
      pid: receiver.pid,
      role: 'reader',
      through: { by: 'waiting', call: 'msgrcv', thread: receiver.pid },
    },
  ])
  const semaphores = find(host, 'sysv-sem', ({ identifier }) => identifier === set.id)
  assert.deepEqual(through(host, semaphores, waiter.pid), ['both waiting'])
  await queue.end()
  await set.end()
  assert.deepEqual([(await receiver.ended).code, (await waiter.ended).code], [0, 0])
})

test('a semaphore set shows the values, who waits and who changed them', async () => {
  const { peer, id, end } = await hold('semaphores', '-s')
  const waiter = start(program, ['wait', `${id}`])
  const host = await lookUntil(
    (seen) => find(seen, 'sysv-sem', ({ identifier }) => identifier === id).semaphores?.[1]?.waiting === 1,
  )
  const found = find(host, 'sysv-sem', ({ identifier }) => identifier === id)
  assert.deepEqual([found.count, found.mode], [3, 0o660])
  assert.deepEqual(
    found.semaphores?.map(({ value, waiting, waitingForZero, lastPid }) => [
      value,
      waiting,
      waitingForZero,
      lastPid,
    ]),
    [
      [1, 0, 0, peer.pid],
      [0, 1, 0, peer.pid],
      [3, 0, 0, peer.pid],
    ],
  )
  assert.ok(found.operatedAt !== null)
  assert.equal(lsipc('-s', id, 'NSEMS')['NSEMS'], '3')
  await end()
  await waiter.ended
})

test('a segment shows who has it attached, and how; removed, it lives on', async () => {
  const { peer, id, end } = await hold('segment', '-m')
  const host = await collect()
  const found = find(host, 'sysv-shm', ({ identifier }) => identifier === id)
  const told = lsipc('-m', id, 'SIZE,NATTCH,CPID,LPID,PERMS')
  assert.deepEqual(
    [found.size, found.attached, found.creatorPid, found.lastPid],
    [5000, told['NATTCH'], told['CPID'], told['LPID']].map(Number),
  )
  assert.deepEqual([found.attached, found.deleted, found.orphan], [2, false, false])
  const mapped = through(host, found, peer.pid).filter((held) => held.endsWith('mapping'))
  assert.deepEqual(mapped.sort(), ['both mapping', 'reader mapping'])
  ipcrm('-m', id)
  const removed = find(await collect(), 'sysv-shm', ({ identifier }) => identifier === id)
  assert.deepEqual([removed.deleted, removed.key, removed.address], [true, 0, `sysv-shm:id:${id}`])
  await assert.rejects(end(), /ipcrm/)
  assert.ok(!(await collect()).objects.some((object) => object.id === found.id))
})

test('what nobody uses any more is an orphan; what nobody has used yet may be', async () => {
  const { peer, id, end } = await hold('segment', '-m')
  const unused = ipcmk('-Q')
  const orphan = async (): Promise<unknown[]> => {
    const host = await collect()
    return [
      find(host, 'sysv-shm', ({ identifier }) => identifier === id).orphan,
      find(host, 'sysv-mq', ({ identifier }) => identifier === unused).orphan,
    ]
  }
  assert.deepEqual(await orphan(), [false, null])
  peer.process.stdin?.end()
  await peer.ended
  assert.deepEqual(await orphan(), [true, null])
  ipcrm('-q', unused)
  await end()
})

test('tables of other kernels: columns are found by their names, keys are unsigned', () => {
  const text = '  key shmid perms new\n -1 65538 1666 9\n\n'
  assert.deepEqual(parseSysv(text), [{ key: -1, shmid: 65538, perms: 0o1666, new: 9 }])
  assert.deepEqual(parseSysv(''), [])
})
