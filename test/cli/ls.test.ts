import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { EventFd, Fifo, Mapping, Memfd, Pipe, PosixMemory } from 'hutong'
import type { Host } from 'hutong/inspect'
import { type Child, start } from '../support/child.ts'
import { compile } from '../support/compile.ts'
import { run } from '../support/hutong.ts'
import { here } from '../support/in-process.ts'
import { uniqueName, uniquePath } from '../support/leaks.ts'

// What this process alone holds is left out of a listing that is made in this process: others must hold it, too.
async function lines(...args: string[]): Promise<string[]> {
  const { stdout, code } = await here(['ls', ...args])
  assert.equal(code, 0)
  return stdout.split('\n').slice(0, -1)
}

async function json(...args: string[]): Promise<Host> {
  return JSON.parse((await here(['ls', '--json', ...args])).stdout) as Host
}

/** A pipe of which another process has both ends, and nobody else any. */
function foreignPipe(queued = 0): { readonly name: string; readonly holder: Child } {
  const { reader, writer } = Pipe.create()
  writer.writeSync(new Uint8Array(queued))
  const { name } = reader
  const holder = start('sleep', ['30'], { stdio: [reader.inherit(), 'ignore', 'ignore', writer.inherit()] })
  reader.close()
  writer.close()
  return { name, holder }
}

/** `pid fd`, sorted. */
function ends(host: Host, id: string): string[] {
  return host.attachments
    .filter(({ object }) => object === id)
    .map(({ pid, through }) => `${pid} ${through.by === 'descriptor' ? through.fd : 'mapped'}`)
    .sort()
}

test('a pipe between two processes: who reads, who writes, how much of it is full', async () => {
  using pipe = Pipe.create({ capacity: 65_536 })
  const reader = start('sleep', ['30'], { stdio: [pipe.reader.inherit(), 'pipe', 'pipe'] })
  pipe.reader.close()
  pipe.writer.writeSync(new Uint8Array(20_480))
  const line = (await lines('pipe')).find((text) => text.includes(pipe.writer.name)) ?? ''
  assert.match(line, /^pipe +pipe:\[\d+\] +\S+ +0600 +20K\/64K /)
  assert.ok(line.includes(`sleep[${reader.pid}] reader`), line)
  assert.match(line, new RegExp(`\\[${process.pid}\\] writer`))
  const exact = (await lines('pipe', '-b')).find((text) => text.includes(pipe.writer.name)) ?? ''
  assert.match(exact, / 20480\/65536 /)
  reader.process.kill()
  await reader.ended
})

test('it names the same processes and descriptors as lsof', async () => {
  using pipe = Pipe.create()
  const child = start('sleep', ['30'], {
    stdio: [pipe.reader.inherit(), 'pipe', 'pipe', pipe.writer.inherit()],
  })
  const id = pipe.reader.name
  const inode = /\d+/.exec(id)?.[0] ?? ''
  // -F: one field per line; p pid, f descriptor, i inode
  const listing = execFileSync('lsof', ['-nP', '-w', '-Fpfi', '-p', `${process.pid},${child.pid}`], {
    encoding: 'utf8',
  })
  const wanted: string[] = []
  let [pid, fd] = ['', '']
  for (const field of listing.split('\n')) {
    if (field.startsWith('p')) pid = field.slice(1)
    else if (field.startsWith('f')) fd = field.slice(1)
    else if (field === `i${inode}`) wanted.push(`${pid} ${fd}`)
  }
  assert.equal(wanted.length, 4)
  assert.deepEqual(ends(await json('pipe'), id), wanted.sort())
  child.process.kill()
  await child.ended
})

test('shared memory, a memfd, a mapping and an eventfd: their sizes and how they are held', async () => {
  const [name, path] = [uniqueName(), await uniquePath()]
  using memory = PosixMemory.create(`/${name}`, { size: 8192, mode: 0o600 })
  using memfd = Memfd.create(name, { size: 4096 })
  using mapping = Mapping.create(path, { length: 12_288 })
  using event = EventFd.create({ initial: 4711 })
  const peers = [
    start(compile('hold-memory.c'), [`/dev/shm/${name}`, 'rw']),
    start(compile('hold-memory.c'), [`/dev/shm/${name}`, 'private']),
    start(compile('hold-memory.c'), [path, 'r']),
  ]
  for (const peer of peers) await peer.line()
  const { stdout } = await run(['ls', '-b', '--all'])
  const all = stdout.split('\n')
  const find = (...words: string[]): string =>
    all.find((line) => words.every((word) => line.includes(word))) ?? ''
  const shm = find('posix-shm', `/${name}`)
  assert.match(shm, / 0600 +8192 /)
  assert.ok(shm.includes(`hold-memory[${peers[0]?.pid}] mapped rw`), shm)
  assert.ok(shm.includes(`hold-memory[${peers[1]?.pid}] mapped private r`), shm)
  assert.ok(shm.includes(`[${process.pid}] open rw`), shm)
  assert.match(find('memfd', name), / 4096 /)
  const mapped = find('mapping', path)
  assert.match(mapped, / 12288 /)
  assert.ok(mapped.includes(`hold-memory[${peers[2]?.pid}] mapped r`) && mapped.includes('mapped rw'), mapped)
  assert.match(
    find('eventfd', `[${process.pid}] open rw`, ' 4711 '),
    /^eventfd +eventfd:\[\d+\] +- +- +4711 /,
  )
  for (const peer of peers) {
    peer.process.stdin?.end()
    await peer.ended
  }
  PosixMemory.unlink(`/${name}`)
  event.close()
  mapping.close()
  memfd.close()
  memory.close()
})

test('a FIFO with a newline and an escape sequence in its path is one harmless line', async () => {
  const path = `${await uniquePath()}\n\x1b[31mred\x07\u202e`
  const fifo = Fifo.create(path)
  const { reader, writer } = fifo.openBoth()
  const holder = start('sleep', ['30'], { stdio: [reader.inherit(), 'ignore', 'ignore'] })
  const listing = await lines('fifo')
  const line = listing.find((text) => text.includes('red')) ?? ''
  assert.ok(line.includes('\\n\\e[31mred\\u{7}\\u{202e}'), line)
  assert.doesNotMatch(listing.join(''), /\p{Cc}|\p{Cf}/u)
  const found = (await json('fifo')).objects.find((object) => object.name === path)
  assert.equal(
    found?.address,
    `fifo:${path.replace('\n', '%0A').replace('\x1b', '%1B').replace('\x07', '%07').replace('\u202e', '%E2%80%AE')}`,
  )
  fifo.unlink()
  reader.close()
  writer.close()
  holder.process.kill()
  await holder.ended
})

test('what joins nobody is left out and counted, until it is asked for', async () => {
  const { name, holder } = foreignPipe()
  const { stdout, stderr } = await run(['ls'])
  assert.ok(!stdout.includes(name))
  assert.match(stderr, /^hutong ls: \d+ more that join no processes \(--all shows them\)/)
  for (const args of [['--all'], ['pipe'], ['--pid', `${holder.pid}`], ['--json']]) {
    assert.ok((await here(['ls', ...args])).stdout.includes(name), args.join(' '))
  }
  holder.process.kill()
  await holder.ended
})

test('--pid: what one process holds, and who else holds that', async () => {
  using pipe = Pipe.create()
  const child = start('sleep', ['30'], { stdio: [pipe.reader.inherit(), 'ignore', 'ignore'] })
  const host = await json('--pid', String(child.pid))
  assert.ok(host.objects.some(({ id }) => id === pipe.reader.name))
  const held = new Set(host.attachments.filter(({ pid }) => pid === child.pid).map(({ object }) => object))
  assert.ok(host.objects.every(({ id }) => held.has(id)))
  assert.ok(host.processes.some(({ pid }) => pid === process.pid))
  child.process.kill()
  await child.ended
})

test('--orphans: what stays without a process', async () => {
  const name = `/${uniqueName()}`
  const memory = PosixMemory.create(name, { size: 4096 })
  const used = await lines('--orphans', '-o', 'address', '--noheadings')
  assert.ok(!used.includes(`posix-shm:${name}`))
  memory.close()
  const after = await lines('--orphans', '-o', 'address', '--noheadings')
  assert.ok(after.includes(`posix-shm:${name}`))
  const { objects } = await json('--orphans')
  assert.ok(objects.every((object) => 'orphan' in object && object.orphan !== false))
  PosixMemory.unlink(name)
})

test('columns, headings and order are chosen', async () => {
  const [large, small] = [foreignPipe(9000), foreignPipe(8000)]
  const own = ['--pid', `${large.holder.pid},${small.holder.pid}`, 'pipe']
  assert.equal((await lines(...own, '-o', 'id,size'))[0]?.replace(/ +/g, ' '), 'ID SIZE')
  const up = await lines(...own, '-o', 'id', '--noheadings', '--sort', 'size')
  const down = await lines(...own, '-o', 'id', '--noheadings', '--sort=-size')
  assert.deepEqual(up.slice(-2), [small.name, large.name])
  assert.deepEqual(down.slice(0, 2), [large.name, small.name])
  const added = await lines(...own, '-o', '+pids')
  assert.match(added[0] ?? '', /^KIND +NAME +OWNER +MODE +SIZE +USERS +PIDS$/)
})

test('the listing’s own descriptors are not in it', async () => {
  const child = run(['ls', '--all', '--json'])
  const host = JSON.parse((await child).stdout) as Host
  const commands = host.processes.filter(({ args }) => args.includes('ls') && args.includes('--json'))
  for (const { pid } of commands) {
    const own = host.attachments.filter((attachment) => attachment.pid === pid)
    for (const { object } of own) {
      assert.ok(host.attachments.some((other) => other.object === object && other.pid !== pid))
    }
  }
})

test('who may see less is told so, in words and in JSON', async () => {
  // Root without its capabilities is as blind as any user towards processes that have them.
  const asRoot = process.getuid?.() === 0
  const { command } = await import('../support/paths.ts')
  const [program, ...before] = asRoot
    ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all', process.execPath]
    : [process.execPath]
  const blind = (...args: string[]) => start(program ?? '', [...before, command, ...args]).ended
  const [text, data, show] = await Promise.all([
    blind('ls'),
    blind('ls', '--json'),
    blind('show', asRoot ? String(process.pid) : '1'),
  ])
  assert.match(text.stderr, /\d+ process(es)? may not be looked into/)
  const { unseen } = JSON.parse(data.stdout) as Host
  assert.ok(unseen.processes.includes(asRoot ? process.pid : 1))
  assert.equal(show.code, 1)
  assert.match(show.stderr, /^hutong show: EACCES: [^\n]*process \d+\n$/)
})

test('the peek can be turned off', async () => {
  const { name } = foreignPipe()
  const line = (await lines('pipe', '--no-peek')).find((text) => text.includes(name)) ?? ''
  assert.match(line, / 0600 +\? /)
})
