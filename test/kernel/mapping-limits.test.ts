// What the world refuses: a full file system, another user's files, a limit on the address space.
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { PosixMemory } from 'hutong'
import { fixture, start } from '../support/child.ts'
import '../support/leaks.ts'
import { uniqueName, uniquePath } from '../support/leaks.ts'
import { compiledFixtures } from '../support/paths.ts'

const isRoot = process.getuid?.() === 0

test('a full file system is ENOSPC when something is made or grows, and nothing is left behind', async (t) => {
  if (!isRoot) return t.skip('needs root, to mount a small tmpfs')
  const folder = await uniquePath()
  mkdirSync(folder)
  const script =
    'mount -t tmpfs -o size=1m t "$1" && mount -t tmpfs -o size=1m t /dev/shm && exec "$2" "$3" "$1"'
  const args = [
    '-m',
    'sh',
    '-c',
    script,
    'sh',
    folder,
    process.execPath,
    join(compiledFixtures, 'mapping/full.js'),
  ]
  const { code, stdout, stderr } = await start('unshare', args).ended
  assert.deepEqual([stderr, code, stdout], ['', 0, 'done\n'])
})

test('without permission: EACCES, naming the path', async (t) => {
  if (!isRoot) return t.skip('needs root, to become an ordinary user')
  const file = await uniquePath()
  const name = `/${uniqueName()}`
  writeFileSync(file, 'secret', { mode: 0o600 })
  chmodSync(dirname(file), 0o755)
  const memory = PosixMemory.create(name, { size: 1 })
  const child = fixture('mapping/nobody', [dirname(file), file, name], { uid: 65534, gid: 65534 })
  const { code, stdout, stderr } = await child.ended
  PosixMemory.unlink(name)
  memory.close()
  rmSync(file)
  assert.deepEqual([stderr, code, stdout], ['', 0, 'done\n'])
})

test('more than RLIMIT_AS allows: ENOMEM, and the process goes on', async () => {
  const { code, stdout, stderr } = await fixture('mapping/exhaust').ended
  assert.deepEqual([stderr, code, stdout], ['', 0, 'done\n'])
})
