// What hutong says of a queue and what ipcs, ipcmk and ipcrm say is the same.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { SysvQueue } from 'hutong'
import { keyName } from '#src/kernel/sysv/key.ts'
import { start } from '../../support/child.ts'
import '../../support/leaks.ts'
import { cleanUp, uniqueKey } from '../../support/leaks.ts'
import { fixtures } from '../../support/paths.ts'

const skip = spawnSync('ipcs', ['-V']).status === 0 ? false : 'there is no ipcs (util-linux)'

/** What a tool prints; fails with its stderr. */
async function output(tool: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await start(tool, args, {
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  }).ended
  assert.deepEqual([code, stderr], [0, ''], `${tool} ${args.join(' ')}`)
  return stdout
}

test('ipcs -q and ipcs -q -i show what stat() and list() show', { skip }, async () => {
  const queue = SysvQueue.create(uniqueKey(), { mode: 0o640, capacity: 12_345 })
  cleanUp(() => queue.remove())
  for (const text of ['one', 'three', 'seven']) queue.sendSync(text)
  queue.receiveSync()
  const { permissions, messages, bytes, lastSender, lastReceiver, sentAt, receivedAt, changedAt } =
    queue.stat()

  const row = (await output('ipcs', '-q')).split('\n').find((line) => line.startsWith(keyName(queue.key)))
  const owner = (await output('id', '-nu')).trim()
  assert.deepEqual(row?.trim().split(/\s+/), [
    keyName(queue.key),
    `${queue.id}`,
    owner,
    '640',
    `${bytes}`,
    `${messages}`,
  ])

  const detail = await output('ipcs', '-q', '-i', `${queue.id}`)
  const field = (name: string): string | undefined => new RegExp(`\\b${name}=\\s*(\\S+)`).exec(detail)?.[1]
  assert.deepEqual(
    ['msqid', 'uid', 'gid', 'cuid', 'cgid', 'mode', 'cbytes', 'qbytes', 'qnum', 'lspid', 'lrpid'].map(field),
    [
      queue.id,
      permissions.uid,
      permissions.gid,
      permissions.cuid,
      permissions.cgid,
      '0640',
      10,
      12_345,
      2,
      lastSender,
      lastReceiver,
    ].map(String),
  )
  for (const [name, at] of Object.entries({
    send_time: sentAt,
    rcv_time: receivedAt,
    change_time: changedAt,
  })) {
    const shown = new RegExp(`${name}=(.*?)\\s*$`, 'm').exec(detail)?.[1] ?? ''
    assert.equal(new Date(`${shown} UTC`).getTime(), at?.getTime(), name)
  }
})

test('the last pids are those of other processes too', { skip }, async () => {
  const queue = SysvQueue.createPrivate()
  cleanUp(() => queue.remove())
  const child = start('perl', [join(fixtures, 'sysv/send.pl'), `${queue.id}`, '4', 'from Perl'])
  const { pid } = child
  assert.deepEqual(await child.ended, { code: 0, signal: null, stdout: '', stderr: '' })
  assert.equal(queue.stat().lastSender, pid)
  assert.equal(Buffer.from(queue.receiveSync({ type: 4 }).data).toString(), 'from Perl')
  assert.match(
    await output('ipcs', '-q', '-p'),
    new RegExp(`^${queue.id}\\s+\\S+\\s+${pid}\\s+${process.pid}\\s*$`, 'm'),
  )
})

test('what ipcmk makes, hutong uses; what hutong makes, ipcrm removes', { skip }, async () => {
  const made = Number(/id: (\d+)/.exec(await output('ipcmk', '-Q', '-p', '0620'))?.[1])
  const queue = SysvQueue.from(made)
  cleanUp(() => spawnSync('ipcrm', ['-q', `${made}`]))
  assert.deepEqual([queue.stat().permissions.mode, queue.stat().messages], [0o620, 0])
  assert.equal(SysvQueue.open(queue.key).id, made)
  queue.sendSync('x')
  const waiting = assert.rejects(queue.receive({ type: 2 }), { code: 'EIDRM' })
  await output('ipcrm', '-q', `${made}`)
  await waiting
  assert.throws(() => queue.stat(), { code: 'EIDRM' })

  const ours = SysvQueue.create(uniqueKey())
  await output('ipcrm', '-Q', keyName(ours.key))
  assert.throws(() => ours.stat(), { code: 'EIDRM' })
  assert.throws(() => SysvQueue.open(ours.key), { code: 'ENOENT' })
})

test('ipcs -l shows the limits that system() gives', { skip }, async () => {
  const { longestMessage, capacity, mostQueues } = SysvQueue.system()
  const shown = await output('ipcs', '-q', '-l')
  assert.match(shown, new RegExp(`max queues system wide = ${mostQueues}$`, 'm'))
  assert.match(shown, new RegExp(`max size of message \\(bytes\\) = ${longestMessage}$`, 'm'))
  assert.match(shown, new RegExp(`default max size of queue \\(bytes\\) = ${capacity}$`, 'm'))
})
