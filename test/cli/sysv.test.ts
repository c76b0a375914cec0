// What hutong, ipcmk, ipcs, lsipc and ipcrm say of the same objects.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import type { Host, SysvMemoryObject, SysvQueueObject, SysvSemaphoresObject } from 'hutong/inspect'
import { run } from '../support/hutong.ts'
import { done, here } from '../support/in-process.ts'
import { type IpcOption, ipcmk, ipcrm, ipcs, lsipc } from '../support/ipc-tools.ts'
import { cleanUp, uniqueKey } from '../support/leaks.ts'
import { find, holds, lookUntil } from '../support/look.ts'

type SysvObject = SysvQueueObject | SysvSemaphoresObject | SysvMemoryObject
const KINDS = [
  ['sysv-mq', '-q', '', '-Q'],
  ['sysv-sem', '-s', 'count=3&', '-S'],
  ['sysv-shm', '-m', 'size=5000&', '-M'],
] as const

async function listedByLs(kind: string, identifier: number): Promise<SysvObject | undefined> {
  const { objects } = JSON.parse((await here(['ls', kind, '--json'])).stdout) as Host
  return objects.find(
    (object): object is SysvObject => 'identifier' in object && object.identifier === identifier,
  )
}

async function idOf(address: string): Promise<number> {
  const { objects } = JSON.parse(await done(['show', '--json', address])) as Host
  return (objects[0] as SysvObject).identifier
}

/** Owner, mode and key: the same for hutong and lsipc. */
async function checkCommon(kind: string, option: IpcOption, id: number): Promise<SysvObject> {
  const object = await listedByLs(kind, id)
  assert.ok(object !== undefined)
  const { mode } = ipcs(option, id)
  const told = lsipc(option, id, 'KEY,CUID,CGID,UID,GID')
  const { uid, gid } = object.owner ?? {}
  assert.deepEqual([object.key, object.mode], [Number(told['KEY']), Number.parseInt(`${mode}`, 8)])
  assert.deepEqual(
    [object.creator.uid, object.creator.gid, uid, gid],
    ['CUID', 'CGID', 'UID', 'GID'].map((name) => Number(told[name])),
  )
  return object
}

test('what hutong makes, ipcs lists and ipcrm removes', async () => {
  const umask = process.umask(0o077)
  cleanUp(() => process.umask(umask))
  for (const [kind, option, query, removeByKey] of KINDS) {
    const key = uniqueKey()
    const address = `${kind}:0x${key.toString(16)}`
    assert.equal(await done(['make', `${address}?${query}mode=0642`]), `${address}\n`)
    const again = await here(['make', `${address}?${query}mode=0642`])
    assert.deepEqual(
      [again.code, /^hutong make: EEXIST: [^\n]*\n$/.test(again.stderr)],
      [1, true],
      again.stderr,
    )
    const id = await idOf(address)
    const object = await checkCommon(kind, option, id)
    assert.deepEqual([object.mode, object.key, object.address], [0o642, key, address])
    ipcrm(removeByKey, key)
    assert.equal(await listedByLs(kind, id), undefined)
    assert.equal((await here(['show', address])).code, 1)
  }
})

test('what ipcmk makes, hutong lists, and removes by key and by id', async () => {
  const made: [kind: string, option: IpcOption, id: number][] = [
    ['sysv-mq', '-q', ipcmk('-Q', '-p', '0640')],
    ['sysv-sem', '-s', ipcmk('-S', '4', '-p', '0604')],
    ['sysv-shm', '-m', ipcmk('-M', '12345', '-p', '0600')],
  ]
  for (const [kind, option, id] of made) {
    const { address } = await checkCommon(kind, option, id)
    assert.equal(await done(['rm', kind === 'sysv-sem' ? `${kind}:id:${id}` : `${address}`]), '')
    assert.throws(() => ipcrm(option, id), /invalid|already/)
  }
})

test('a queue: messages, bytes, last pids and times are those of ipcs, whoever sent', async () => {
  const address = `sysv-mq:0x${uniqueKey().toString(16)}`
  await done(['make', `${address}?capacity=8K`])
  const id = await idOf(address)
  assert.equal(await done(['send', `${address}?type=7`, 'seven', 'also seven']), '')
  // Perl's own msgsnd, and what it takes is gone for us.
  execFileSync('perl', ['-e', 'msgsnd($ARGV[0], pack("l! a*", 3, "three"), 0) or die', `${id}`])
  const compare = async (): Promise<SysvQueueObject> => {
    const object = await listedByLs('sysv-mq', id)
    const told = ipcs('-q', id)
    assert.ok(object?.kind === 'sysv-mq')
    assert.deepEqual(
      [object.messages, object.queued, object.capacity, object.lastSender ?? 0, object.lastReceiver ?? 0],
      ['qnum', 'cbytes', 'qbytes', 'lspid', 'lrpid'].map((name) => Number(told[name])),
    )
    const times = lsipc('-q', id, 'SEND,RECV,CTIME')
    for (const [at, column] of [
      [object.sentAt, 'SEND'],
      [object.receivedAt, 'RECV'],
      [object.changedAt, 'CTIME'],
    ] as const) {
      assert.equal(at === null, (times[column] ?? '') === '', column)
    }
    return object
  }
  const full = await compare()
  assert.deepEqual([full.messages, full.queued, full.capacity, full.receivedAt], [3, 20, 8192, null])
  const row = (await here(['ls', 'sysv-mq', '-o', 'name,messages,size', '--noheadings'])).stdout
  assert.match(row, new RegExp(`^${full.name} +3 +3 msgs$`, 'm'))
  assert.equal(
    await done(['recv', `${address}?except=7`, '--json']),
    `${JSON.stringify({ address, type: 3, length: 5, text: 'three' })}\n`,
  )
  assert.equal((await compare()).lastReceiver, process.pid)
  const taken = execFileSync('perl', [
    '-e',
    'msgrcv($ARGV[0], $m, 99, 7, 0) or die; print unpack("x[l!] a*", $m)',
    `${id}`,
  ])
  assert.equal(taken.toString(), 'seven')
  assert.deepEqual(
    [(await compare()).messages, await done(['recv', `${address}?type=-7`])],
    [1, 'also seven\n'],
  )
  await done(['rm', address])
})

test('a full queue, an empty one and a message too long: 124 and E2BIG, and nothing lost', async () => {
  const address = `sysv-mq:0x${uniqueKey().toString(16)}`
  await done(['make', `${address}?capacity=10`])
  const code = async (...args: string[]): Promise<[number | null, string]> => {
    const { code, stderr } = await here(args)
    return [code, stderr]
  }
  assert.deepEqual(await code('recv', address, '--timeout', '20'), [
    124,
    `hutong recv: ETIMEDOUT: waiting for a message from ${address} timed out after 20 ms\n`,
  ])
  const [refused, never] = await code('send', address, 'twelve bytes', '--timeout', '20')
  assert.deepEqual([refused, /^hutong send: EINVAL: [^\n]*12 bytes[^\n]*\n$/.test(never)], [1, true], never)
  await done(['send', address, '8 bytes.'])
  assert.deepEqual(await code('send', address, '4444', '--timeout', '20'), [
    124,
    `hutong send: ETIMEDOUT: sending to ${address} timed out after 20 ms\n`,
  ])
  const [status, tooLong] = await code('recv', `${address}?msgsize=7`)
  assert.deepEqual([status, /^hutong recv: E2BIG: [^\n]*\n$/.test(tooLong)], [1, true], tooLong)
  assert.equal(await done(['recv', `${address}?msgsize=8`]), '8 bytes.\n')
  await done(['rm', address])
})

test('recv --follow ends when the queue is removed, and -n tells how many came', async () => {
  const address = `sysv-mq:0x${uniqueKey().toString(16)}`
  await done(['make', address])
  await done(['send', '--lines', address], 'one\n\nthree')
  const following = here(['recv', '-f', address])
  const counting = here(['recv', '-n', '2', `${address}?type=9`])
  await done(['send', `${address}?type=9`, 'nine'])
  await lookUntil((host) => {
    const queue = find(host, 'sysv-mq', (object) => object.address === address)
    const waiting = holds(host, queue, process.pid).filter(({ through }) => through.by === 'waiting')
    return queue.messages === 0 && waiting.length === 2
  })
  await done(['rm', address])
  const [all, counted] = await Promise.all([following, counting])
  const nine = all.stdout.endsWith('nine\n') // either of them may have taken it
  assert.deepEqual([all.code, all.stderr, all.stdout.replace('nine\n', '')], [0, '', 'one\n\nthree\n'])
  assert.equal(counted.code, 1)
  assert.equal(counted.stdout, nine ? '' : 'nine\n')
  const line = nine ? /^hutong recv: EIDRM: [^\n]*\n$/ : /was removed after 1 of 2 messages\n$/
  assert.match(counted.stderr, line)
})

test('a semaphore set: values, waiters and last pids are those of ipcs', async () => {
  const key = uniqueKey()
  const address = `sysv-sem:0x${key.toString(16)}`
  await done(['make', `${address}?count=3&value=2`])
  const id = await idOf(address)
  assert.equal(await done(['sem', address, 'value']), '2\n2\n2\n')
  await done(['sem', `${address}?index=1`, 'wait'])
  await done(['sem', `${address}?index=2`, 'post'])
  await done(['sem', address, 'wait'])
  assert.equal(await done(['sem', address, 'value']), '1\n1\n3\n')
  assert.equal(await done(['sem', `${address}?index=2`, 'value']), '3\n')
  const table = execFileSync('ipcs', ['-s', '-i', `${id}`], { encoding: 'utf8' })
  const rows = [...table.matchAll(/^(\d+) +(\d+) +(\d+) +(\d+) +(\d+) *$/gm)].map((row) =>
    row.slice(1).map(Number),
  )
  const object = await listedByLs('sysv-sem', id)
  assert.ok(object?.kind === 'sysv-sem')
  assert.deepEqual(
    object.semaphores?.map((one, index) => [index, one.value, one.waiting, one.waitingForZero, one.lastPid]),
    rows,
  )
  assert.deepEqual(
    rows.map(([, value]) => value),
    [1, 1, 3],
  )
  assert.notEqual(object.operatedAt, null)
  const text = await done(['show', address])
  assert.match(text, new RegExp(`^ {2}2 +value 3, last changed by process ${process.pid}$`, 'm'))
  assert.match(text, /^ {2}semaphores +3$/m)
  assert.match(text, / +the last operator /)
  await done(['rm', address])
})

test('a segment: bytes in and out, attached as lsipc says, and ftok names the same one', async () => {
  const file = process.execPath
  const address = `sysv-shm:${file}#${128 + (process.pid % 128)}` // smaller ones may be written as letters
  assert.equal(await done(['make', `${address}?size=100`]), `${address}\n`)
  const id = await idOf(address)
  cleanUp(() => here(['rm', `sysv-shm:id:${id}`]))
  await done(['send', `${address}?offset=8`, 'hello'])
  assert.equal(
    execFileSync('perl', ['-e', 'shmread($ARGV[0], $b, 8, 6) or die; print $b', `${id}`]).toString(),
    'hello\0',
  )
  execFileSync('perl', ['-e', 'shmwrite($ARGV[0], "HELLO!", 8, 6) or die', `${id}`])
  assert.equal(await done(['recv', `sysv-shm:id:${id}?offset=8`]), 'HELLO!\n')
  assert.equal(await done(['recv', `${address}?offset=9&size=3`, '--raw']), 'ELL')
  const object = await listedByLs('sysv-shm', id)
  assert.ok(object?.kind === 'sysv-shm')
  const told = lsipc('-m', id, 'SIZE,NATTCH,CPID,LPID')
  assert.deepEqual(
    [object.size, object.attached, object.creatorPid, object.lastPid],
    ['SIZE', 'NATTCH', 'CPID', 'LPID'].map((name) => Number(told[name])),
  )
  assert.equal((await here(['send', `${address}?offset=98`, 'abc'])).code, 1)
  await done(['rm', address])
})

test('key 0 makes an object that only its id names', async () => {
  for (const [kind, option, query] of KINDS) {
    const address = (await done(['make', `${kind}:0?${query}mode=0600`])).trimEnd()
    const id = Number(/^sysv-\w+:id:(\d+)$/.exec(address)?.[1])
    const object = await checkCommon(kind, option, id)
    assert.deepEqual([object.key, object.address, object.name], [0, address, `id:${id}`])
    await done(['rm', address])
  }
})

test('in processes of their own: a message waits in the queue for whoever comes', async () => {
  const address = `sysv-mq:0x${uniqueKey().toString(16)}`
  await run(['make', address])
  const waiting = run(['recv', address])
  const sent = await run(['send', address], { input: 'from standard input\n' })
  assert.deepEqual([sent.code, sent.stderr], [0, ''])
  assert.equal((await waiting).stdout, 'from standard input\n')
  await done(['rm', address])
})
