import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signals } from 'hutong'
import { cPeer } from '../kernel/signal/peers.ts'
import { hutong } from '../support/hutong.ts'
import { here } from '../support/in-process.ts'
import '../support/leaks.ts'

const uid = process.getuid?.()

/** Starts `hutong signal --wait ...` and gives its number once it waits. */
async function waiter(...args: string[]): Promise<{ pid: number; child: ReturnType<typeof hutong> }> {
  const child = hutong(['signal', '--wait', ...args])
  await new Promise((resolve) => child.process.stderr?.once('data', resolve))
  return { pid: child.pid, child }
}

test('a C program receives what the command sends, with its value', async () => {
  const peer = cPeer('receive', '+3', 2)
  const pid = await peer.line()
  for (const value of ['42', '-7']) {
    const { code, stderr } = await here(['signal', pid, 'SIGRTMIN+3', '--value', value])
    assert.deepEqual([code, stderr], [0, ''])
  }
  const { stdout } = await peer.ended
  assert.match(stdout, /^\d+\nsignal 37 code -1 pid \d+ uid \d+ value 42\nsignal 37 .* value -7\n$/)
})

test('--wait prints the signal, its sender and its value, and says first who waits', async () => {
  const { pid, child } = await waiter('RTMIN+3', 'usr2', '-n', '3')
  const peer = cPeer('send', pid, '+3', 2)
  await peer.ended
  signals.send(pid, 'SIGUSR2')
  const { code, stdout, stderr } = await child.ended
  const lines = stdout.trim().split('\n').sort()
  assert.deepEqual(lines, [
    `SIGRTMIN+3 by queue from process ${peer.pid} of user ${uid}: 0`,
    `SIGRTMIN+3 by queue from process ${peer.pid} of user ${uid}: 1`,
    `SIGUSR2 by kill from process ${process.pid} of user ${uid}`,
  ])
  assert.equal(stderr, `hutong signal: process ${pid} waits for SIGRTMIN+3, SIGUSR2\n`)
  assert.equal(code, 0)
})

test('--json --follow: one object per line, until interrupted', async () => {
  const { pid, child } = await waiter('--json', '--follow', 'RTMIN')
  signals.queue(pid, 'SIGRTMIN', 2n ** 63n)
  const told = JSON.parse(await child.line())
  const expected = { signal: 'SIGRTMIN', number: signals.SIGRTMIN, source: 'queue', code: 'SI_QUEUE' }
  assert.deepEqual(told, { ...expected, pid: process.pid, uid, value: 0, pointer: '0x8000000000000000' })
  signals.send(pid, 'SIGINT')
  assert.equal((await child.ended).signal, 'SIGINT')
})

test('nothing came: status 124; nobody there: status 1', async () => {
  const late = await here(['signal', '--wait', 'USR2', '--timeout', '10'])
  assert.equal(late.code, 124)
  assert.match(late.stderr, /ETIMEDOUT: waiting for SIGUSR2 timed out after 10 ms\n$/)
  const nobody = await here(['signal', '4194303', 'TERM'])
  assert.equal(nobody.code, 1)
  assert.match(nobody.stderr, /^hutong signal: ESRCH: No such process, kill SIGTERM to process 4194303/)
})

test('a group gets it', async () => {
  const { pid, child } = await (async () => {
    const started = hutong(['signal', '--wait', 'USR2'], { detached: true })
    await new Promise((resolve) => started.process.stderr?.once('data', resolve))
    return { pid: started.pid, child: started }
  })()
  assert.equal((await here(['signal', '--group', `${pid}`, '12'])).code, 0)
  assert.match((await child.ended).stdout, /^SIGUSR2 by kill from process \d+/)
})

test('--list names every signal, its number, and what it does', async () => {
  const { stdout } = await here(['signal', '--list'])
  assert.match(stdout, /^NUMBER {2}NAME +BY DEFAULT\n +1 {2}SIGHUP +terminate\n/)
  assert.match(stdout, / 37 {2}SIGRTMIN\+3 +terminate\n/)
  const { stdout: json } = await here(['signal', '--list', '--json'])
  assert.deepEqual(
    json
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    signals.list(),
  )
})

test('a slip on the command line is status 2, and nothing is sent', async () => {
  const slips: [string[], RegExp][] = [
    [[], /PID is missing/],
    [['1234'], /signal is missing/],
    [['0', 'TERM'], /PID must be a process id from 1/],
    [['x', 'TERM'], /PID must be a process id/],
    [['1', 'TERN'], /did you mean SIGTERM/],
    [['1', 'TERM', 'HUP'], /'HUP' is too much/],
    [['1', 'TERM', '--value', 'x'], /--value must be a whole number/],
    [['1', 'TERM', '--value', '99999999999999999999'], /at most 64 bits/],
    [['1', 'TERM', '--timeout', '5'], /--timeout is for --wait/],
    [['1', 'TERM', '--group', '--value', '1'], /--value goes to one process/],
    [['--wait'], /missing/],
    [['--wait', 'CHLD'], /refuses SIGCHLD: Node learns/],
    [['--wait', 'USR2', '--value', '1'], /--value is for sending/],
    [['--wait', 'USR2', '-n', '2', '-f'], /exclude each other/],
    [['--list', 'x'], /takes no operand/],
    [['--list', '--wait'], /exclude each other/],
  ]
  for (const [args, message] of slips) {
    const { code, stderr } = await here(['signal', ...args])
    assert.deepEqual([args, code], [args, 2])
    assert.match(stderr, message)
  }
})
