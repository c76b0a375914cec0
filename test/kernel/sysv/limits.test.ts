// Semaphore sets and segments: what another user may not, and what the system does not allow.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { SysvMemory, SysvSemaphores } from 'hutong'
import { fixture, start } from '../../support/child.ts'
import { cleanUp, uniqueKey } from '../../support/leaks.ts'
import { compiledFixtures } from '../../support/paths.ts'

const isRoot = process.getuid?.() === 0

function set(mode: number): SysvSemaphores {
  const made = SysvSemaphores.create(uniqueKey(), { count: 2, values: [1, 0], mode })
  cleanUp(() => made.remove())
  return made
}

function segment(mode: number): SysvMemory {
  const made = SysvMemory.create(uniqueKey(), { size: 100, mode })
  cleanUp(() => made.remove())
  return made
}

test('another user: EACCES and EPERM, and what its mode allows', async (t) => {
  if (!isRoot) return t.skip('needs root, to become an ordinary user')
  const sets = [set(0o600), set(0o644), set(0o622)] as const
  const segments = [segment(0o600), segment(0o644)] as const
  const writer = segments[1].attach()
  writer.bytes[0] = 7
  const args = [
    sets[0].id,
    segments[0].id,
    sets[1].id,
    segments[1].id,
    sets[2].id,
    sets[0].key,
    segments[0].key,
  ]
  const child = fixture('sysv/others', args.map(String), { uid: 65534, gid: 65534 })
  const { code, stdout, stderr } = await child.ended
  assert.deepEqual([stderr, code, stdout], ['', 0, 'done\n'])
  assert.equal(writer.bytes[0], 7)
  writer.close()
  assert.deepEqual(sets[2].values(), [3, 0])
})

test('the limits of the system: ENOSPC, EINVAL, E2BIG, ENOMEM', async (t) => {
  if (!isRoot) return t.skip('needs root, for an IPC namespace')
  const args = ['--ipc', process.execPath, join(compiledFixtures, 'sysv/limits.js')]
  const { code, stdout, stderr } = await start('unshare', args).ended
  assert.deepEqual([stderr, code, stdout], ['', 0, 'done\n'])
})
