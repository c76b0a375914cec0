// Real-time signals cannot be sent when the user's queue of pending signals is full; giving up a wait must not need them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { start } from '../support/child.ts'
import '../support/leaks.ts'

const given = 'at once, later, TimeoutError'
const expected = [
  ...['FIFO', 'msgrcv', 'semop', 'semaphore', 'mutex', 'flock'].map((what) => `${what}: ${given}`),
  `blocking: ${Array(6).fill('TimeoutError').join(', ')}`,
  `listened to: ${given}`,
  `not listened to: ${given}`,
  'blocking: TimeoutError',
  'in the same breath: given up',
  'mutex of the worker: owner died',
  'queue: undefined',
]

test('with a full queue of signals every wait can be given up, by abort, by timeout, and by the end', async () => {
  const { code, signal, stdout, stderr } = await start('bash', [
    '-c',
    'ulimit -i 50; exec "$0" "$1"',
    process.execPath,
    new URL('../fixtures/wait/full-queue.js', import.meta.url).pathname,
  ]).ended
  assert.deepEqual([stdout.trimEnd().split('\n'), code, signal, stderr], [expected, 7, null, ''])
})
