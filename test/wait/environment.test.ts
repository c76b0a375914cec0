// What happens to waiting operations when their thread or process ends.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fixture } from '../support/child.ts'
import '../support/leaks.ts'

for (const scene of [
  'terminate',
  'exit-in-worker',
  'many-workers',
  'natural-end',
  'exit',
  'throw',
  'unref',
]) {
  test(`blocked waiters and ${scene}: the process ends as it should`, async () => {
    const { code, signal, stdout, stderr } = await fixture('wait/ending', [scene]).ended
    assert.deepEqual([stdout, code, signal], ['ends\n', scene === 'exit' ? 7 : 0, null], stderr)
  })
}

test('the addon may be loaded twice in a thread, and in several threads at once', async () => {
  const { code, signal, stdout, stderr } = await fixture('wait/twice').ended
  assert.deepEqual([stdout, code, signal], ['ends\n', 0, null], stderr)
})
