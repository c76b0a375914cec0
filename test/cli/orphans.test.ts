// Removes whatever nobody uses: therefore in mount and IPC namespaces of its own, with a /dev/shm that nobody else has.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { start } from '../support/child.ts'
import { compile } from '../support/compile.ts'
import '../support/leaks.ts'
import { command, fixtures } from '../support/paths.ts'

test('rm --orphans removes what no process uses, seen or unseen, and asks on a terminal', async () => {
  const programs = [compile('hold-memory.c'), compile('inspect/hold-ipc.c')]
  const env = { ...process.env, hutong: `${process.execPath} ${command}`, NO_COLOR: '1' }
  const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  const args = [...asRoot, '--mount', '--ipc', 'bash', join(fixtures, 'cli/orphans.bash'), ...programs]
  const { stdout, stderr, code } = await start('unshare', args, { env }).ended
  assert.equal(code, 0, stderr)
  const steps = stdout.split('\n').filter((line) => /^(status|once|blind|no|yes)/.test(line))
  assert.deepEqual(steps, [
    'status 0',
    'once: mapped open sem.held sem.lock, System V: queue segment',
    'status 0',
    'blind: mapped open sem.held sem.lock, System V: queue segment',
    'status 0',
    'no: mapped open sem.held sem.lock, System V: queue segment',
    'yes: mapped sem.held sem.lock, System V: queue segment',
  ])
  assert.match(stdout, /^posix-sem:\/gone +\S+ +0644 +value 0$/m)
  assert.match(stdout, /^sysv-shm:0x\w+ +\S+ +0644 +100$/m)
  assert.match(stdout, /^posix-shm:\/unused +\S+ +0644 +4K$/m)
  assert.match(stderr, /posix-shm:\/mapped is in use by a process that cannot be seen: left alone/)
  assert.match(stderr, /1 object removed/)
})
