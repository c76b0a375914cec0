import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Patience } from '#src/channel/shm/patience.ts'

/** How many waits sleep at once before one is awake again. */
function skipped(patience: Patience): number {
  let count = 0
  while (!patience.awake) count++
  return count
}

test('what was in vain is tried ever more seldom, up to a limit', () => {
  const patience = new Patience(true)
  assert.equal(skipped(patience), 0)
  const counts = Array.from({ length: 12 }, () => {
    patience.inVain()
    return skipped(patience)
  })
  assert.deepEqual(counts, [1, 3, 7, 15, 31, 63, 127, 255, 511, 1023, 1023, 1023])
})

test('what was not in vain is tried more often again', () => {
  const patience = new Patience(true)
  for (let i = 0; i < 5; i++) patience.inVain()
  skipped(patience)
  for (let i = 0; i < 4; i++) patience.rewarded()
  patience.inVain()
  assert.equal(skipped(patience), 3)
})

test('without a budget nobody stays awake', () => {
  const patience = new Patience(false)
  patience.rewarded()
  assert.equal(patience.awake, false)
})
