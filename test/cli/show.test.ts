import assert from 'node:assert/strict'
import { rmSync, statSync } from 'node:fs'
import { test } from 'node:test'
import { Fifo, Memfd, Pipe, PosixMemory } from 'hutong'
import type { Host } from 'hutong/inspect'
import { start } from '../support/child.ts'
import { compile } from '../support/compile.ts'
import { run } from '../support/hutong.ts'
import { done } from '../support/in-process.ts'
import { uniqueName, uniquePath } from '../support/leaks.ts'

function show(...args: string[]): Promise<string> {
  return done(['show', ...args])
}

test('a pipe by the name that the kernel prints: both ends, through which descriptors', async () => {
  using pipe = Pipe.create()
  const child = start('sleep', ['30'], { stdio: [pipe.reader.inherit(), 'ignore', 'ignore'] })
  pipe.writer.writeSync('abc')
  const text = await show(pipe.reader.name)
  assert.match(text, /^pipe pipe:\[\d+\]\n/)
  assert.match(text, /^ {2}queued +3 bytes\n/m)
  assert.match(text, new RegExp(`^ *${child.pid} +sleep +reader +fd 0 +sleep 30$`, 'm'))
  assert.match(text, new RegExp(`^ *${process.pid} +\\S+ +writer +fd ${pipe.writer.fd}( |$)`, 'm'))
  child.process.kill()
  await child.ended
})

test('shared memory by address and by path: who maps it, where', async () => {
  const name = `/${uniqueName()}`
  using memory = PosixMemory.create(name, { size: 4096 })
  const peer = start(compile('hold-memory.c'), [`/dev/shm${name}`, 'rw'])
  await peer.line()
  const text = await show(`posix-shm:${name}`)
  assert.match(text, /^ {2}size +4096 bytes \(4K\)\n/m)
  assert.match(text, new RegExp(`^ *${peer.pid} +hold-memory +both +mapped, 4K at 0x[0-9a-f]+ `, 'm'))
  assert.equal(await show(`/dev/shm${name}`), text)
  peer.process.stdin?.end()
  await peer.ended
  PosixMemory.unlink(name)
  memory.close()
})

test('a FIFO and a file that nobody has open are shown all the same', async () => {
  const path = await uniquePath()
  const fifo = Fifo.create(path, { mode: 0o640 })
  const text = await show(`fifo:${path}`)
  assert.match(text, /^ {2}mode +0640\n/m)
  assert.match(text, /no process that can be seen holds it\n$/)
  assert.equal(await show(path), text)
  fifo.unlink()
  const self = await show('mmap:/etc/passwd')
  assert.match(self, new RegExp(`^ {2}size +${statSync('/etc/passwd').size} bytes`, 'm'))
})

test('an inherited descriptor and standard input', async () => {
  using pipe = Pipe.create()
  const inherited = start(process.execPath, [(await import('../support/paths.ts')).command, 'show', 'fd:3'], {
    stdio: ['ignore', 'pipe', 'pipe', pipe.reader.inherit()],
  })
  assert.match(
    (await inherited.ended).stdout,
    new RegExp(`^pipe ${pipe.reader.name.replace(/[[\]]/g, '\\$&')}\n`),
  )
  const file = await run(['show', '-'], { stdio: ['ignore', 'pipe', 'pipe'] })
  assert.deepEqual([file.code, file.stdout], [1, ''])
  assert.match(file.stderr, /ENODEV: .*\/dev\/null/)
})

test('a process: what it holds, and with whom', async () => {
  using pipe = Pipe.create()
  const child = start('sleep', ['30'], { stdio: [pipe.reader.inherit(), 'ignore', 'ignore'] })
  const text = await show(String(child.pid))
  assert.match(text, new RegExp(`^process ${child.pid} sleep\n`))
  assert.match(text, /^ {2}command +sleep 30\n/m)
  assert.match(text, new RegExp(`^fd 0 +pipe +pipe:\\[\\d+\\] +reader +.*\\[${process.pid}\\]`, 'm'))
  child.process.kill()
  await child.ended
})

test('--json is a part of what ls --json says', async () => {
  const name = uniqueName()
  using memfd = Memfd.create(name, { size: 4096 })
  memfd.seal('grow')
  const host = JSON.parse((await run(['ls', 'memfd', '--json'])).stdout) as Host
  const listed = host.objects.find((object) => object.name === `memfd:${name}`)
  assert.ok(listed !== undefined)
  const shown = JSON.parse(await show('--json', listed.id)) as Host
  assert.deepEqual(shown.objects, [listed])
  assert.deepEqual(
    shown.attachments,
    host.attachments.filter(({ object }) => object === listed.id),
  )
  const one = JSON.parse(await show('--json', String(process.pid))) as Host
  assert.ok(one.objects.some(({ id }) => id === listed.id))
  memfd.close()
})

test('a relative path is looked up where the command runs', async () => {
  const path = await uniquePath()
  Fifo.create(path)
  const [folder, file] = [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)]
  const { stdout } = await run(['show', file], { cwd: folder })
  assert.match(stdout, new RegExp(`^fifo ${path}\n`))
  rmSync(path)
})
