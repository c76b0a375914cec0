// How a side waits: awake for a while, then asleep on its bell.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSpin, LONGEST_SPIN, ring, Wake } from '#src/channel/shm/wake.ts'
import { EventFd } from '#src/kernel/event-fd.ts'
import { Pipe } from '#src/kernel/pipe/pipe.ts'
import { deadlineOf } from '#src/wait/sync.ts'
import { cleanUp } from '../../support/leaks.ts'

const NEVER = deadlineOf(undefined)

/** What waits, and a word that says whether it is there. */
function sleeper(spin: number) {
  const bell = EventFd.create()
  bell.tryPost(0)
  const seen = { there: false, sleeps: 0, woken: 0, failed: [] as unknown[] }
  let tell = (): void => {}
  const wake = new Wake(
    bell,
    {
      label: 'a sleeper',
      looks: 1,
      ready: () => seen.there,
      sleep: () => {
        seen.sleeps++
        return !seen.there
      },
      woken: () => {
        seen.woken++
        tell()
      },
      failed: (error) => {
        seen.failed.push(error)
        tell()
      },
    },
    spin,
  )
  cleanUp(() => wake.close())
  const told = (): Promise<void> => new Promise((resolve) => (tell = resolve))
  return { bell, wake, seen, told }
}

test('with nothing to spin it sleeps at once, and its bell wakes it', async () => {
  const { bell, wake, seen, told } = sleeper(0)
  wake.want(true)
  assert.equal(seen.sleeps, 1)
  const woken = told()
  seen.there = true
  ring(bell)
  await woken
  assert.deepEqual({ ...seen, there: true }, { there: true, sleeps: 1, woken: 1, failed: [] })
})

test('a bell that rings for nothing is silenced, and it sleeps on', async () => {
  const { bell, wake, seen, told } = sleeper(0)
  wake.want(true)
  ring(bell)
  while (seen.sleeps < 2) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(seen.woken, 0)
  const woken = told()
  seen.there = true
  ring(bell)
  await woken
})

test('what comes between the look and the sleep is seen in the next turn', async () => {
  const { wake, seen, told } = sleeper(0)
  seen.there = true
  const woken = told()
  wake.want(true)
  assert.equal(seen.woken, 0, 'not inside the call')
  await woken
})

test('it stays awake for its budget, and sees without a bell what comes meanwhile', async () => {
  const { wake, seen, told } = sleeper(LONGEST_SPIN)
  const woken = told()
  wake.want(true)
  setImmediate(() => {
    seen.there = true
  })
  await woken
  assert.equal(seen.sleeps, 0)
})

test('what is there already is told in this turn, but never inside the call', async () => {
  const { wake, seen } = sleeper(LONGEST_SPIN)
  seen.there = true
  wake.want(true)
  assert.equal(seen.woken, 0)
  await Promise.resolve()
  assert.equal(seen.woken, 1)
})

test('who always finds something there leaves the others a turn every now and then', async () => {
  const { wake, seen, told } = sleeper(LONGEST_SPIN)
  seen.there = true
  const others = new Promise((resolve) => setTimeout(resolve, 0))
  let [last, asked] = [false, 0]
  void others.then(() => (last = true))
  while (!last) {
    const woken = told()
    wake.want(true)
    await woken
    asked++
  }
  assert.equal(seen.woken, asked)
})

test('when the budget is over it sleeps', async () => {
  const { wake, seen } = sleeper(1)
  wake.want(true)
  while (seen.sleeps === 0) await new Promise((resolve) => setImmediate(resolve))
})

test('what nobody wants wakes nobody', async () => {
  const { bell, wake, seen } = sleeper(0)
  wake.want(true)
  wake.want(false)
  seen.there = true
  ring(bell)
  while (bell.tryWait() !== undefined) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(seen.woken, 0)
})

for (const spin of [0, 1]) {
  test(`what goes wrong is told later, never thrown at who waits (spin ${spin})`, async () => {
    const bell = EventFd.create()
    const wrong = new Error('wrong')
    const failed = new Promise((resolve) => {
      const throws = (): never => {
        throw wrong
      }
      const wake = new Wake(
        bell,
        { label: 'a sleeper', looks: 1, ready: throws, sleep: throws, woken: throws, failed: resolve },
        spin,
      )
      cleanUp(() => wake.close())
      wake.want(true)
    })
    assert.equal(await failed, wrong)
  })
}

test('once closed it wants nothing any more', () => {
  const { wake, seen } = sleeper(0)
  wake.close()
  wake.want(true)
  assert.equal(seen.sleeps, 0)
})

test('a thread that blocks is woken by the bell, and silences it', () => {
  const { bell, wake, seen } = sleeper(0)
  const { reader, writer } = Pipe.create()
  ring(bell)
  assert.equal(wake.waitSync(reader.fd, NEVER), true)
  assert.equal(seen.sleeps, 1)
  assert.equal(bell.tryWait(), undefined)
  reader.close()
  writer.close()
})

test('a thread that blocks is woken by the end of the other descriptor, though nobody rings', () => {
  for (const spin of [0, Number.POSITIVE_INFINITY]) {
    const { wake } = sleeper(spin)
    const { reader, writer } = Pipe.create()
    writer.writeSync('x')
    assert.equal(wake.waitSync(reader.fd, NEVER), true)
    reader.close()
    writer.close()
  }
})

test('a thread that blocks is given up at its deadline, awake or asleep', () => {
  for (const spin of [0, 10, Number.POSITIVE_INFINITY]) {
    const { wake } = sleeper(spin)
    const { reader, writer } = Pipe.create()
    assert.throws(() => wake.waitSync(reader.fd, deadlineOf({ timeout: 1 })), { code: 'ETIMEDOUT' })
    reader.close()
    writer.close()
  }
})

test('a thread does not block for what is there', () => {
  for (const spin of [0, 10]) {
    const { wake, seen } = sleeper(spin)
    seen.there = true
    assert.equal(wake.waitSync(0, NEVER), false)
  }
})

test('spin is a number of microseconds, or Infinity', () => {
  assert.equal(checkSpin(0), 0)
  assert.equal(checkSpin(LONGEST_SPIN), LONGEST_SPIN)
  assert.equal(checkSpin(Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY)
  assert.ok(checkSpin(undefined) >= 0)
  for (const wrong of [-1, LONGEST_SPIN + 1, Number.NaN, '5' as unknown as number]) {
    assert.throws(() => checkSpin(wrong), /^RangeError: spin must be/)
  }
})
