// No test leaves a signal blocked: importing this file compares the threads' masks before and after each test of a file.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

/** `SigBlk` of every thread of this process, by its number. */
export function masks(): Map<string, bigint> {
  const found = new Map<string, bigint>()
  for (const task of readdirSync('/proc/self/task')) {
    try {
      const status = readFileSync(`/proc/self/task/${task}/status`, 'utf8')
      found.set(task, BigInt(`0x${/^SigBlk:\t(\w+)$/m.exec(status)?.[1] ?? '0'}`))
    } catch {
      // the thread has ended
    }
  }
  return found
}

/** The bit that a signal has in a mask. */
export function bit(signal: number): bigint {
  return 1n << BigInt(signal - 1)
}

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
