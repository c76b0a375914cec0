// POSIX queues, semaphores and memory: what hutong makes, C programs use, and the other way round.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { PosixQueue } from 'hutong'
import type { Host, PosixQueueObject, PosixSemaphoreObject } from 'hutong/inspect'
import { start } from '../support/child.ts'
import { compile } from '../support/compile.ts'
import { done, here } from '../support/in-process.ts'
import { cleanUp, uniqueName, uniquePath } from '../support/leaks.ts'
import { command } from '../support/paths.ts'

const program = compile('inspect/hold-ipc.c')

async function shown(address: string): Promise<PosixQueueObject | PosixSemaphoreObject> {
  const { objects } = JSON.parse(await done(['show', '--json', address])) as Host
  return objects[0] as PosixQueueObject | PosixSemaphoreObject
}

test('a queue is made as the address says, whatever the umask, and removed', async () => {
  const umask = process.umask(0o077)
  cleanUp(() => process.umask(umask))
  const name = `/${uniqueName()}`
  assert.equal(await done(['make', `posix-mq:${name}?maxmsg=3&msgsize=64&mode=0642`]), `posix-mq:${name}\n`)
  using queue = PosixQueue.open(name) // so that it shows where queues cannot be listed
  assert.deepEqual([queue.maxMessages, queue.messageSize], [3, 64])
  const object = await shown(`posix-mq:${name}`)
  assert.ok(object.kind === 'posix-mq')
  assert.deepEqual([object.mode, object.maxMessages, object.messageSize, object.messages], [0o642, 3, 64, 0])
  const again = await here(['make', `posix-mq:${name}`])
  assert.match(again.stderr, /^hutong make: EEXIST: [^\n]*\n$/)
  assert.equal(process.umask(), 0o077)
  await done(['rm', `posix-mq:${name}`])
  assert.throws(() => PosixQueue.open(name), { code: 'ENOENT' })
})

test('messages come by priority, then by age, and JSON tells it', async () => {
  const name = `/${uniqueName()}`
  const address = `posix-mq:${name}`
  await done(['make', `${address}?maxmsg=4&msgsize=16`])
  await done(['send', address, 'low', 'low too'])
  await done(['send', `${address}?priority=32767`, 'high'])
  await done(['send', '--raw', `${address}?priority=1`], 'line\n')
  const full = await here(['send', address, 'no room', '--timeout', '20'])
  assert.deepEqual(
    [full.code, full.stderr],
    [124, `hutong send: ETIMEDOUT: sending to ${address} timed out after 20 ms\n`],
  )
  const first = await done(['recv', address, '--json'])
  assert.deepEqual(JSON.parse(first), { address, priority: 32767, length: 4, text: 'high' })
  assert.equal(await done(['recv', '-n', '3', '--raw', address]), 'line\nlowlow too')
  const empty = await here(['recv', address, '--timeout', '20'])
  assert.equal(empty.code, 124)
  const long = await here(['send', address, 'seventeen bytes !'])
  assert.match(long.stderr, /^hutong send: EMSGSIZE: [^\n]*\n$/)
  await done(['rm', address])
})

test('what a C program has sent is received here', async () => {
  const name = `/${uniqueName()}`
  cleanUp(() => here(['rm', `posix-mq:${name}`]))
  const peer = start(program, ['posix-queue', name])
  await peer.line()
  const row = (await here(['ls', 'posix-mq', '-o', 'name,size,messages,users', '--noheadings'])).stdout
  assert.match(row, new RegExp(`^${name} +2/3 msgs +2 +hold-ipc\\[${peer.pid}\\] reader$`, 'm'))
  assert.equal(await done(['recv', '-n', '2', `posix-mq:${name}`]), 'three\none\n')
  peer.process.stdin?.end()
  await peer.ended
})

test('who may not see all queues is told so', async () => {
  const name = `/${uniqueName()}`
  await done(['make', `posix-mq:${name}`])
  const capabilities = ['--bounding-set=-all', '--inh-caps=-all'] // who is not root has none anyway
  const ls = [process.execPath, command, 'ls', 'posix-mq', '--noheadings', '-o', 'name']
  const [tool = '', ...args] = process.getuid?.() === 0 ? ['setpriv', ...capabilities, ...ls] : ls
  const { code, stdout, stderr } = await start(tool, args).ended
  const seen = stdout.split('\n').includes(name)
  assert.deepEqual([code, stderr.includes('posix-mq that no process has open are not seen')], [0, !seen])
  await done(['rm', `posix-mq:${name}`])
})

test('a semaphore is made, told, waited on and posted; its bytes are those of sem_t', async () => {
  const name = uniqueName()
  const address = `posix-sem:/${name}`
  await done(['make', `${address}?value=1&mode=0640`])
  const { mode, size } = statSync(`/dev/shm/sem.${name}`)
  assert.deepEqual([mode & 0o777, size], [0o640, 32])
  assert.equal(await done(['sem', address, 'value']), '1\n')
  await done(['sem', address, 'wait'])
  const busy = await here(['sem', address, 'wait', '--try'])
  assert.deepEqual([busy.code, /^hutong sem: EAGAIN: [^\n]*\n$/.test(busy.stderr)], [1, true], busy.stderr)
  const late = await here(['sem', address, 'wait', '--timeout', '20'])
  assert.deepEqual(
    [late.code, late.stderr],
    [124, `hutong sem: ETIMEDOUT: waiting for ${address} timed out after 20 ms\n`],
  )
  const waiting = here(['sem', address, 'wait'])
  for (;;) {
    const object = await shown(address)
    if (object.kind === 'posix-sem' && object.waiting === 1) break
  }
  await done(['sem', address, 'post'])
  assert.equal((await waiting).code, 0)
  await done(['rm', address])
  assert.ok(!existsSync(`/dev/shm/sem.${name}`))
})

test('a semaphore of a C program: its value, and who has it', async () => {
  const name = `/${uniqueName()}`
  const peer = start(program, ['semaphore', name])
  await peer.line()
  assert.equal(await done(['sem', `posix-sem:${name}`, 'value']), '2\n')
  const row = (await here(['ls', 'posix-sem', '--noheadings'])).stdout
  assert.match(
    row,
    new RegExp(`^posix-sem +${name} +\\S+ +0640 +value 2 +.*hold-ipc\\[${peer.pid}\\] mapped rw`, 'm'),
  )
  peer.process.stdin?.end()
  await peer.ended
  await done(['rm', `posix-sem:${name}`])
})

test('memory: a C string at an offset, read by perl; bytes, and what does not fit', async () => {
  const [name, file] = [`/${uniqueName()}`, await uniquePath()]
  for (const [address, at] of [
    [`posix-shm:${name}`, `/dev/shm${name}`],
    [`mmap:${file}`, file],
  ] as const) {
    assert.equal((await here(['make', `${address}?size=16`])).code, 0)
    writeFileSync(at, '................')
    assert.equal((await here(['send', `${address}?offset=4`, 'hello'])).code, 0)
    assert.equal(readFileSync(at, 'latin1'), '....hello\0......')
    assert.equal((await here(['recv', `${address}?offset=4`])).stdout, 'hello\n')
    assert.equal((await here(['recv', `${address}?offset=2&size=4`, '--raw'])).stdout, '..he')
    assert.equal((await here(['send', `${address}?offset=12`, '--raw'], 'end\n')).code, 0)
    assert.equal(
      execFileSync('perl', ['-e', 'open F, shift; seek F, 12, 0; read F, $x, 9; print $x', at], {
        encoding: 'latin1',
      }),
      'end\n',
    )
    const long = await here(['send', `${address}?offset=12`, '12345'])
    assert.deepEqual([long.code, readFileSync(at, 'latin1').slice(12)], [1, 'end\n'])
    assert.match(long.stderr, /^hutong send: EFBIG: [^\n]*5 bytes at offset 12 do not fit: it has 16\.\n$/)
    const beyond = await here(['recv', `${address}?offset=16`])
    assert.match(beyond.stderr, /^hutong recv: ENXIO: /)
    assert.equal((await here(['rm', address])).code, 0)
  }
})
