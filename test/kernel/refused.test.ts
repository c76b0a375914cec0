// The errors that only a system at its end gives, or a kernel that is built otherwise: a filter of system calls gives them here,
// since nothing that concerns one process alone brings them about. ENFILE is the whole host's fs.file-max; ENOMEM is memory for
// what the kernel itself keeps; ENOLCK is for file servers, RLIMIT_LOCKS is no more than a number since Linux 2.4. EFAULT cannot
// be had through an API that takes no addresses.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SysvQueue } from 'hutong'
import { start } from '../support/child.ts'
import { compile } from '../support/compile.ts'
import { cleanUp, uniquePath } from '../support/leaks.ts'
import { compiledFixtures } from '../support/paths.ts'

test('ENFILE, ENOMEM, ENOLCK and ENOSYS of queues, semaphores, segments and locks, which then hold nothing', async () => {
  const queue = SysvQueue.createPrivate()
  cleanUp(() => queue.remove())
  queue.sendSync('x')
  const calls = [`${compiledFixtures}/refused/calls.js`, `${queue.id}`, await uniquePath()]
  const { code, stdout, stderr } = await start(compile('refused/refuse-calls.c'), [
    process.execPath,
    ...calls,
  ]).ended
  assert.deepEqual([stderr, code, stdout], ['', 0, 'done\n'])
  assert.equal(queue.stat().messages, 1)
})
