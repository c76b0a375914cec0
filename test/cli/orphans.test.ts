// Removes what it finds in /dev/shm: therefore in a mount namespace, with a /dev/shm that nobody else has.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { start } from '../support/child.ts'
import { compile } from '../support/compile.ts'
import '../support/leaks.ts'
import { command, fixtures } from '../support/paths.ts'

test('rm --orphans removes what no process uses, seen or unseen, and asks on a terminal', async () => {
  const program = compile('hold-memory.c')
  const env = { ...process.env, hutong: `${process.execPath} ${command}`, NO_COLOR: '1' }
  const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  const args = [...asRoot, '--mount', 'bash', join(fixtures, 'cli/orphans.bash'), program]
  const { stdout, stderr, code } = await start('unshare', args, { env }).ended
  assert.equal(code, 0, stderr)
  const steps = stdout.split('\n').filter((line) => /^(status|once|blind|no|yes)/.test(line))
  assert.deepEqual(steps, [
    'status 0',
    'once: mapped open sem.lock',
    'status 0',
    'blind: mapped open sem.lock',
    'status 0',
    'no: mapped open sem.lock',
    'yes: mapped sem.lock',
  ])
  assert.match(stdout, /^posix-shm:\/unused +\S+ +0644 +4K$/m)
  assert.match(stderr, /posix-shm:\/mapped is in use by a process that cannot be seen: left alone/)
  assert.match(stderr, /1 name removed/)
})
