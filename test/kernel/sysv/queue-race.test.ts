// Operations that are given up in the very moment in which they could succeed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import '../../support/leaks.ts'
import { below, seeded } from '../../support/random.ts'
import { freshQueue, textOf } from '../../support/sysv-queue.ts'

const spin = (microseconds: number): void => {
  const end = performance.now() + microseconds / 1000
  while (performance.now() < end);
}

test('an abort that comes with the message loses, or leaves it in the queue: 1000 rounds', async () => {
  const queue = freshQueue()
  const random = seeded(5)
  let delivered = 0
  for (let round = 0; round < 1000; round++) {
    const controller = new AbortController()
    const options = { signal: controller.signal }
    const wait = round % 3 === 0 ? queue.receiveInto(new Uint8Array(9), options) : queue.receive(options)
    if (round % 2 === 0) await new Promise((resolve) => setImmediate(resolve))
    spin(below(random, 60))
    if (round % 4 < 2) queue.sendSync(`${round}`)
    controller.abort('enough')
    if (round % 4 >= 2) queue.sendSync(`${round}`)
    const got = await wait.catch((reason) => assert.equal(reason, 'enough'))
    if (got) delivered++
    else assert.equal(textOf(queue.tryReceive()), `${round}`)
    assert.equal(queue.stat().messages, 0)
  }
  assert.ok(delivered > 0 && delivered < 1000, `${delivered} of 1000 were delivered: the race was run`)
})

test('an abort that comes with the room for a message either loses or sends nothing: 500 rounds', async () => {
  const queue = freshQueue({ capacity: 1 })
  const random = seeded(6)
  let sent = 0
  for (let round = 0; round < 500; round++) {
    queue.sendSync('x')
    const controller = new AbortController()
    const wait = queue.send('y', { signal: controller.signal })
    if (round % 2 === 0) await new Promise((resolve) => setImmediate(resolve))
    spin(below(random, 60))
    assert.equal(textOf(queue.receiveSync()), 'x')
    controller.abort('enough')
    const done = await wait.then(
      () => true,
      (reason) => assert.equal(reason, 'enough'),
    )
    assert.equal(textOf(queue.tryReceive()), done ? 'y' : undefined)
    if (done) sent++
  }
  assert.ok(sent > 0 && sent < 500, `${sent} of 500 were sent: the race was run`)
})
