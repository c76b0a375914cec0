// `hutong compare --hold`, and everything that can happen while it waits.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, start } from '../support/child.ts'
import { uniquePath } from '../support/leaks.ts'
import { command } from '../support/paths.ts'
import { descriptors } from '../support/process.ts'

const SIZE = 3_000_000

interface Holding {
  readonly child: Child
  readonly folder: string
  readonly path: string
  readonly sender: number
  readonly receiver: number
  /** What it printed until it waited. */
  readonly lines: readonly string[]
}

/** Starts a comparison and waits until it holds. */
async function holding(only: string): Promise<Holding> {
  const [folder, path] = [await uniquePath(), await uniquePath()]
  mkdirSync(folder)
  writeFileSync(path, Buffer.alloc(SIZE, 'hutong '))
  const args = [command, 'compare', path, '--hold', '--rounds', '50', '--only', only]
  const child = start(process.execPath, args, { env: { ...process.env, TMPDIR: folder } })
  const lines = await untilHeld(child)
  const [sender = 0, receiver = 0] = sides(child.pid)
  assert.ok(sender > 0 && receiver > 0)
  return { child, folder, path, sender, receiver, lines }
}

async function untilHeld(child: Child): Promise<string[]> {
  const lines: string[] = []
  while (lines.at(-1) !== 'Enter goes on.') lines.push(await child.line())
  return lines
}

/** Pids of the sender and the receiver: children of the comparing process, as their command lines say. */
function sides(pid: number): (number | undefined)[] {
  const children = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && parentOf(entry) === pid)
  const words = children.map((child) => readFileSync(`/proc/${child}/cmdline`, 'latin1').split('\0'))
  return ['sender', 'receiver'].map((role) => Number(children[words.findIndex(([, , is]) => is === role)]))
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(/\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1])
  } catch {
    return undefined // it has ended
  }
}

function targets(pid: number): string[] {
  return [...descriptors(pid).values()]
}

/** Waits until the processes are no more; who reaps them is not our business. */
async function gone(...pids: readonly number[]): Promise<void> {
  const isRunning = (pid: number): boolean => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`).length > 0
    } catch {
      return false
    }
  }
  while (pids.some(isRunning)) await sleep(10)
}

test('in the middle both processes hold the object under the name that is printed, and Enter goes on', async () => {
  const { child, folder, lines, sender, receiver } = await holding('pipe')
  assert.ok(lines.includes('pipe stopped at 1.05 of 3.00 MB. In another terminal:'), lines.join('\n'))
  const name = /hutong\.js show '(pipe:\[\d+\])'/.exec(lines.join('\n'))?.[1] ?? assert.fail()
  assert.ok(targets(sender).includes(name) && targets(receiver).includes(name))
  assert.ok(lines.includes(`  ls -l /proc/${sender}/fd /proc/${receiver}/fd`))
  checkProcessors([sender, receiver], lines)
  child.tell('')
  const { code, stdout } = await child.ended
  assert.equal(code, 0)
  assert.ok(stdout.includes(`pid ${sender} → ${receiver}  ${name}`))
  assert.deepEqual(readdirSync(folder), [])
})

/** Each is kept on the processor that was announced. */
function checkProcessors(pids: readonly number[], lines: readonly string[]): void {
  const announced = /on processors (\d+) and (\d+),/.exec(lines.join(' '))?.slice(1)
  const allowed = pids.map(
    (pid) => /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1],
  )
  if (availableParallelism() > 1) assert.deepEqual(allowed, announced)
  else assert.equal(announced, undefined)
}

test('the commands that it prints work', async () => {
  const { child, lines } = await holding('posix-shm')
  const commands = lines.filter((line) => /^ {2}(node|ls|grep) /.test(line))
  assert.equal(commands.length, 3)
  for (const line of commands) {
    const { code, stderr } = await start('sh', ['-c', line]).ended
    assert.equal(code, 0, `${line}: ${stderr}`)
  }
  child.tell('')
  assert.equal((await child.ended).code, 0)
})

test('a side killed while it waits fails its row, and the end of the input is an Enter for the others', async () => {
  const { child, folder, receiver } = await holding('fifo,memfd,mmap')
  process.kill(receiver, 'SIGKILL')
  await untilHeld(child)
  child.process.stdin?.end()
  const { code, stdout } = await child.ended
  assert.equal(code, 1)
  assert.ok(stdout.includes(`fifo: the receiver (pid ${receiver}) was killed by SIGKILL`), stdout)
  assert.match(stdout, /^ {2}memfd .*equal$/m)
  assert.match(stdout, /^ {2}mmap .*equal$/m)
  assert.equal(stdout.split('Enter goes on.').length, 4)
  assert.deepEqual(readdirSync(folder), [])
})

test('SIGINT ends the sides, removes every name and kills the command', async () => {
  const { child, folder, sender, receiver, lines } = await holding('posix-shm')
  const shm = /\/dev\/shm\/hutong-compare-\w+/.exec(lines.join('\n'))?.[0] ?? assert.fail()
  assert.ok(existsSync(shm))
  child.process.kill('SIGINT')
  assert.equal((await child.ended).signal, 'SIGINT')
  assert.ok(!existsSync(shm))
  assert.deepEqual(readdirSync(folder), [])
  await gone(sender, receiver)
})

test('when the comparing process is killed, its sides end by themselves and remove every name', async () => {
  const { child, folder, sender, receiver, lines } = await holding('posix-shm')
  const shm = /\/dev\/shm\/hutong-compare-\w+/.exec(lines.join('\n'))?.[0] ?? assert.fail()
  child.process.kill('SIGKILL')
  await child.ended
  await gone(sender, receiver)
  assert.ok(!existsSync(shm))
  assert.deepEqual(readdirSync(folder), [])
})

test('a file that is truncated while it is mapped and moved ends the comparison', async () => {
  const { child, path, folder } = await holding('mmap,pipe')
  truncateSync(path, 10)
  child.tell('')
  const { code, stderr } = await child.ended
  assert.equal(code, 1)
  assert.match(
    stderr,
    /^hutong compare: ESTALE: .* has changed its size from 3000000 to 10 bytes meanwhile; /,
  )
  assert.deepEqual(readdirSync(folder), [])
})
