import assert from 'node:assert/strict'
import { cpus } from 'node:os'
import { test } from 'node:test'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { Awake, spinOf } from '#src/wait/awake.ts'

const LONGEST = 1000

/** The budget is used up: it is 1 ms of the same clock. */
async function usedUp(): Promise<void> {
  await sleep(3)
  await turn()
}

test('without traffic, and with a budget of 0, a wait sleeps at once', () => {
  const awake = new Awake(LONGEST)
  awake.begin()
  assert.equal(awake.awake, false)
  const never = new Awake(0)
  never.came()
  never.begin()
  assert.equal(never.awake, false)
})

test('after a message the event loop turns until the next one comes, or the budget is used up', async () => {
  const awake = new Awake(LONGEST)
  awake.came()
  awake.begin()
  assert.equal(awake.awake, true)
  awake.came()
  assert.equal(awake.awake, false)
  awake.begin()
  assert.equal(awake.awake, true)
  await usedUp()
  assert.equal(awake.awake, false)
})

test('what was in vain is tried ever more seldom, until it is not', async () => {
  const awake = new Awake(LONGEST)
  const pattern: boolean[] = []
  for (let wait = 0; wait < 12; wait++) {
    awake.came()
    awake.begin()
    pattern.push(awake.awake)
    if (awake.awake) await usedUp()
  }
  const [yes, no] = [true, false]
  assert.deepEqual(pattern, [yes, no, yes, no, no, no, yes, no, no, no, no, no])
  while (!awake.awake) {
    awake.came()
    awake.begin()
  }
  for (let wait = 0; wait < 3; wait++) {
    awake.came()
    awake.begin()
    assert.equal(awake.awake, true)
  }
  await usedUp()
})

test('one message is good for one wait only', async () => {
  const awake = new Awake(LONGEST)
  awake.came()
  awake.begin()
  await usedUp()
  awake.begin()
  assert.equal(awake.awake, false)
})

test('on a machine with one processor the budget is 0', () => {
  const several = cpus().length > 1
  assert.equal(spinOf({}), several ? 50 : 0)
  assert.equal(spinOf({ spin: 7 }), several ? 7 : 0)
  assert.equal(spinOf({ spin: 0 }), 0)
})

test('a budget that is none is refused', () => {
  for (const spin of [-1, 1001, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => spinOf({ spin }), { name: 'RangeError', message: /^spin must be 0 to 1000/ })
  }
  assert.throws(() => spinOf({ spin: '50' as unknown as number }), { name: 'TypeError', message: /^spin/ })
})
