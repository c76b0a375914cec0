// No test leaves a signal blocked: importing this file compares the threads' masks before and after each test of a file.
import assert from 'node:assert/strict'
import { afterEach, beforeEach } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { bit, masks } from './thread-masks.ts'

export { bit, masks }

function different(before: Map<string, bigint>): string[] {
  return [...masks()]
    .filter(([task, mask]) => before.has(task) && before.get(task) !== mask)
    .map(([task, mask]) => `${task}: ${before.get(task)?.toString(16)} is now ${mask.toString(16)}`)
}

let before: Map<string, bigint>
beforeEach(() => {
  before = masks()
})
// A thread that happens to block everything for a moment is looked at again.
afterEach(async () => {
  let left = different(before)
  for (let wait = 1; left.length > 0 && wait <= 256; wait *= 2) {
    await sleep(wait)
    left = different(before)
  }
  assert.deepEqual(left, [], 'the test left masks changed')
})
