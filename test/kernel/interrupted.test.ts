// EINTR never shows: a blocking operation that a signal handler interrupts goes on waiting.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fixture } from '../support/child.ts'
import { uniquePath } from '../support/leaks.ts'

test('signals that come every millisecond end no blocking operation, with a deadline or without', async () => {
  const { code, stdout, stderr } = await fixture('interrupted', [await uniquePath()]).ended
  assert.deepEqual([stderr, code, stdout], ['', 0, 'done\n'])
})
