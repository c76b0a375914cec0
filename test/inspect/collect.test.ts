import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { EventFd, Fifo, Mapping, Memfd, Pipe, PosixMemory } from 'hutong'
import { collect, type Host, type IpcObject } from 'hutong/inspect'
import { constants } from 'hutong/sys'
import { start } from '../support/child.ts'
import { compile } from '../support/compile.ts'
import { uniqueName, uniquePath } from '../support/leaks.ts'
import { find } from '../support/look.ts'

/** Who holds it, as `pid:role`, in order. */
function roles({ attachments }: Host, { id }: IpcObject): string[] {
  const words = attachments.filter(({ object }) => object === id).map(({ pid, role }) => `${pid}:${role}`)
  return [...new Set(words)].sort()
}

test('a pipe shows what is queued, what fits, and both its ends', async () => {
  using pipe = Pipe.create({ capacity: 131_072 })
  pipe.writer.writeSync(new Uint8Array(777))
  const host = await collect()
  const found = find(host, 'pipe', ({ id }) => id === pipe.reader.name)
  assert.equal(found.queued, 777)
  assert.equal(found.capacity, 131_072)
  assert.equal(found.owner?.uid, process.getuid?.())
  assert.deepEqual(roles(host, found), [`${process.pid}:reader`, `${process.pid}:writer`])
})

test('without peeking nothing is borrowed, and the depth stays unknown', async () => {
  using pipe = Pipe.create()
  const host = await collect({ peek: false })
  const found = find(host, 'pipe', ({ id }) => id === pipe.reader.name)
  assert.deepEqual([found.queued, found.capacity], [null, null])
  assert.ok(host.unseen.objects > 0)
})

test('looking at a pipe adds no end to it: who waits for a reader of the FIFO goes on waiting', async () => {
  const path = await uniquePath()
  const fifo = Fifo.create(path)
  const { reader, writer } = fifo.openBoth()
  writer.writeSync('x')
  reader.close()
  const waiting = start('sh', ['-c', 'exec 3>"$0"; echo opened', path])
  const opened = waiting.line()
  while (!isOpening(waiting.pid, path)) await sleep(5)
  for (let round = 0; round < 3; round++) {
    assert.equal(find(await collect(), 'fifo', (object) => object.path === path).queued, 1)
  }
  assert.equal(await Promise.race([opened, sleep(50, 'waits')]), 'waits')
  const late = fifo.tryOpenReader()
  assert.equal(await opened, 'opened')
  await waiting.ended
  late.close()
  writer.close()
  fifo.unlink()
})

/** Whether the process is in open(2) of the FIFO: its open is blocked there as long as the state is S. */
function isOpening(pid: number, path: string): boolean {
  const started = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(path)
  const calling = readFileSync(`/proc/${pid}/syscall`, 'utf8').split(' ')[0]
  // Opening a library, it might wait for the disk: state D.
  return (
    started &&
    calling === `${constants.SYS_openat}` &&
    readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') S ')
  )
}

test('a FIFO is one object by whatever name, and a deleted one is still shown', async () => {
  const path = await uniquePath()
  const fifo = Fifo.create(path, { mode: 0o640 })
  const { reader, writer } = fifo.openBoth()
  const before = await collect()
  const found = find(before, 'fifo', (object) => object.path === path)
  assert.deepEqual([found.address, found.mode, found.deleted], [`fifo:${path}`, 0o640, false])
  assert.deepEqual(roles(before, found), [`${process.pid}:reader`, `${process.pid}:writer`])
  fifo.unlink()
  const after = find(await collect(), 'fifo', ({ id }) => id === found.id)
  assert.deepEqual([after.address, after.path, after.deleted], [null, path, true])
  reader.close()
  writer.close()
})

test('POSIX shared memory shows who maps it and how, C programs too', async () => {
  const name = `/${uniqueName()}`
  using memory = PosixMemory.create(name, { size: 8192 })
  using mapping = memory.map()
  const peer = start(compile('hold-memory.c'), [`/dev/shm${name}`, 'r'])
  await peer.line()
  const host = await collect()
  const found = find(host, 'posix-shm', (object) => object.name === name)
  assert.deepEqual(
    [found.size, found.mode, found.orphan, found.address],
    [8192, 0o600, false, `posix-shm:${name}`],
  )
  assert.deepEqual(roles(host, found), [`${process.pid}:both`, `${peer.pid}:reader`].sort())
  peer.process.stdin?.end()
  await peer.ended
  mapping.close()
  memory.close()
  const alone = find(await collect(), 'posix-shm', (object) => object.name === name)
  // Where another process may not be looked into, it might use the name.
  assert.notEqual(alone.orphan, false)
  PosixMemory.unlink(name)
})

test('shared memory without a name lives on in its users', async () => {
  const name = `/${uniqueName()}`
  using memory = PosixMemory.create(name, { size: 4096 })
  PosixMemory.unlink(name)
  const found = find(await collect(), 'posix-shm', (object) => object.name === name)
  assert.deepEqual([found.deleted, found.address, found.orphan, found.size], [true, null, false, 4096])
  memory.close()
})

test('a memfd shows its size and its seals, and who has it mapped', async () => {
  const name = uniqueName()
  using memfd = Memfd.create(name, { size: 12_288 })
  memfd.seal('shrink', 'grow')
  using mapping = memfd.map()
  const host = await collect()
  const found = find(host, 'memfd', (object) => object.name === `memfd:${name}`)
  assert.equal(found.size, 12_288)
  assert.deepEqual(
    found.seals?.filter((seal) => seal !== 'exec'),
    ['shrink', 'grow'],
  )
  assert.deepEqual(roles(host, found), [`${process.pid}:both`])
  mapping.close()
})

test('an eventfd shows its count, to the last bit', async () => {
  using event = EventFd.create({ initial: 5 })
  event.tryPost(2n ** 63n)
  const host = await collect()
  const found = find(host, 'eventfd', ({ count }) => count === (2n ** 63n + 5n).toString())
  assert.deepEqual(roles(host, found), [`${process.pid}:both`])
})

test('a shared file mapping is listed, a private one of another file is not', async () => {
  const [shared, own] = [await uniquePath(), await uniquePath()]
  using mapping = Mapping.create(shared, { length: 4096 })
  writeFileSync(own, new Uint8Array(4096))
  using privately = Mapping.open(own, { copyOnWrite: true })
  const host = await collect()
  const found = find(host, 'mapping', ({ path }) => path === shared)
  assert.deepEqual([found.size, found.deleted, found.address], [4096, false, `mmap:${shared}`])
  const id = `mapping:[`
  assert.ok(found.id.startsWith(id) && found.id.endsWith(`:${statSync(shared).ino}]`))
  assert.ok(!host.objects.some(({ name }) => name === own))
  mapping.close()
  privately.close()
})

test('what has a descriptor by O_PATH only is not attached', async () => {
  const path = await uniquePath()
  Fifo.create(path)
  const O_PATH = 0o10000000
  const fd = openSync(path, O_PATH)
  const host = await collect()
  closeSync(fd)
  unlinkSync(path)
  assert.ok(!host.objects.some(({ name }) => name === path))
})

test('the pipes found are those that ls -l /proc/PID/fd names', async () => {
  using pipe = Pipe.create()
  const child = start('sleep', ['30'], { stdio: [pipe.reader.inherit(), pipe.writer.inherit(), 'ignore'] })
  const listing = execFileSync('ls', ['-l', `/proc/${child.pid}/fd`], { encoding: 'utf8' })
  const wanted = new Set(listing.match(/pipe:\[\d+\]/g))
  const { attachments } = await collect()
  const found = attachments.filter(({ pid, object }) => pid === child.pid && object.startsWith('pipe:'))
  assert.deepEqual(new Set(found.map(({ object }) => object)), wanted)
  assert.ok(wanted.has(pipe.reader.name))
  child.process.kill()
  await child.ended
})

test('the model is plain data: JSON carries all of it', async () => {
  using pipe = Pipe.create()
  const host = await collect()
  assert.deepEqual(JSON.parse(JSON.stringify(host)), host)
  const { pid, startTime } = host.processes.find((process_) => process_.pid === process.pid) ?? {}
  assert.equal(pid, process.pid)
  assert.ok(startTime !== undefined && startTime > 0)
  pipe.close()
})

test('every attachment names an object and a process of the same look', async () => {
  using pipe = Pipe.create()
  const { objects, processes, attachments } = await collect()
  const [ids, pids] = [new Set(objects.map(({ id }) => id)), new Set(processes.map(({ pid }) => pid))]
  assert.equal(ids.size, objects.length, 'ids are unique')
  for (const { object, pid } of attachments) assert.ok(ids.has(object) && pids.has(pid), `${object} ${pid}`)
  pipe.close()
})
