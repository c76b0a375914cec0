// Waiting: in order, by the thousand, and given up without a loss.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { fixture } from '../../support/child.ts'
import { drained, freshQueue, shown } from '../../support/queue.ts'
import { below, seeded } from '../../support/random.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('several receives are served in the order in which they came', async () => {
  const queue = freshQueue()
  const receives = Array.from({ length: 10 }, () => queue.receive().then(shown))
  assert.equal(queue.tryReceive(), undefined)
  for (let index = 0; index < 10; index++) await queue.send(`${index}`)
  assert.deepEqual(
    await Promise.all(receives),
    Array.from({ length: 10 }, (_, index) => `0:${index}`),
  )
})

test('several sends are served in the order in which they came; what would overtake them is refused', async () => {
  const queue = freshQueue({ maxMessages: 2, messageSize: 8 })
  const sends = Array.from({ length: 10 }, (_, index) => queue.send(`${index}`))
  assert.throws(() => queue.sendSync('x'), { code: 'EBUSY', message: /would overtake/ })
  assert.equal(shown(queue.receiveSync()), '0:0')
  assert.equal(queue.trySend('x'), undefined, 'there is room, but it is not its turn')
  const received: string[] = []
  while (received.length < 9) received.push(shown(await queue.receive()))
  assert.deepEqual(
    received,
    Array.from({ length: 9 }, (_, index) => `0:${index + 1}`),
  )
  await Promise.all(sends)
  queue.sendSync('free')
})

test('an abort and a timeout take nothing, and let the next one through', async () => {
  const queue = freshQueue({ maxMessages: 1, messageSize: 8 })
  const controller = new AbortController()
  const [first, second] = [queue.receive({ signal: controller.signal }), queue.receive()]
  controller.abort('enough')
  await assert.rejects(first, (reason) => reason === 'enough')
  await assert.rejects(queue.receive({ signal: controller.signal }), (reason) => reason === 'enough')
  queue.sendSync('second')
  assert.equal(shown(await second), '0:second')
})

test('an abort that races with a message loses nothing: it is delivered, or still there', async () => {
  const queue = freshQueue({ maxMessages: 1, messageSize: 8 })
  const random = seeded(7)
  let taken = 0
  for (let round = 0; round < 400; round++) {
    const controller = new AbortController()
    const waiting = queue.receive({ signal: controller.signal }).then(shown, () => undefined)
    for (let turns = below(random, 3); turns > 0; turns--) await turn()
    const acts = [() => queue.trySend(`${round}`), () => controller.abort()]
    for (const act of below(random, 2) === 0 ? acts : acts.reverse()) {
      act()
      if (below(random, 2) === 0) await turn()
    }
    queue.trySend(`${round}`) // its turn may have come only now
    const got = await waiting
    if (got !== undefined) taken++
    assert.deepEqual([got, ...drained(queue)].filter((one) => one !== undefined)[0], `0:${round}`)
  }
  assert.ok(taken > 0 && taken < 400, `${taken} of 400 were delivered`)
})

test('a thousand receivers on one queue and on a hundred: nobody is held up, one signal ends them all', async () => {
  const one = freshQueue()
  const many = Array.from({ length: 100 }, () => freshQueue({ maxMessages: 1, messageSize: 8 }))
  const threads = /Threads:.*/.exec(await readFile('/proc/self/status', 'utf8'))?.[0]
  const controller = new AbortController()
  const options = { signal: controller.signal }
  const waits = Array.from({ length: 1000 }, () => one.receive(options))
  for (const queue of many) waits.push(...Array.from({ length: 10 }, () => queue.receive(options)))
  const outcomes = Promise.allSettled(waits)
  assert.match(await readFile('/proc/self/status', 'utf8'), new RegExp(threads ?? 'none'))
  one.sendSync('for the first of them')
  assert.equal(shown(await (waits[0] as (typeof waits)[0])), '0:for the first of them')
  controller.abort(new Error('enough'))
  const rejected = (await outcomes).filter(
    (each) => each.status === 'rejected' && each.reason.message === 'enough',
  )
  assert.equal(rejected.length, 1999)
  one.sendSync('still in order')
  assert.equal(shown(await one.receive()), '0:still in order')
})

test('operations that wait do not keep the process running once it is unref', async () => {
  const [empty, full] = [freshQueue(), freshQueue({ maxMessages: 1, messageSize: 8 })]
  full.sendSync('full')
  const { code, stdout, stderr } = await fixture('posix-queue/role', ['unref', empty.name, full.name]).ended
  assert.deepEqual([code, stdout, stderr], [0, 'waiting\n', ''])
  assert.deepEqual(drained(full), ['0:full'])
})
