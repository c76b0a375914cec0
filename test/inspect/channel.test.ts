import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect, listen } from 'hutong/channel'
import { collect } from 'hutong/inspect'
import { run } from '../support/hutong.ts'
import { uniquePath } from '../support/leaks.ts'

test('the counters of a channel are read from outside, and stay as they are', async () => {
  const address = `shm:${await uniquePath()}`
  using listener = await listen(address, { capacity: 8192, spin: 0 })
  await using far = await connect(address, { spin: 0 })
  await using near = await listener.accept()
  for (let i = 0; i < 3; i++) await near.send(new Uint8Array(100))
  far.tryReceive()
  const waiting = near.receive()
  await far.send(Uint8Array.of(1))
  await waiting
  const again = near.receive() // asleep on its bell
  await new Promise((resolve) => setImmediate(resolve))
  const look = async () => (await collect()).objects.find(({ name }) => name === `memfd:hutong ${address}`)
  const found = await look()
  assert.ok(found?.kind === 'memfd' && found.channel !== null)
  const { creator, capacity, rings } = found.channel
  assert.deepEqual([creator, capacity], [process.pid, 8192])
  assert.deepEqual(rings[0].sent, { messages: 3, bytes: 300 })
  assert.equal(rings[0].queued, 3 * 112) // nothing is given back before an eighth of the ring has been read
  assert.deepEqual(rings[1].received, { messages: 1, bytes: 1 })
  assert.deepEqual(
    rings.map(({ sleeping }) => sleeping.consumer),
    [false, true],
  )
  assert.deepEqual(await look(), found)

  const { stdout } = await run(['show', found.id])
  assert.match(stdout, /^ +channel +made by process \d+; each direction holds 8192 bytes \(8K\)$/m)
  assert.match(
    stdout,
    /^ +from there +3 messages \(300 bytes\) sent, 0 received, 336 bytes queued; 0 waits for room, \d+ for messages$/m,
  )
  assert.match(stdout, /^ +back +1 message \(1 byte\) sent, .* its consumer sleeps$/m)
  await far.send(Uint8Array.of(2))
  await again
  listener.close()
})

test('memory that only calls itself a channel is none', async () => {
  const { Memfd } = await import('hutong')
  using memory = Memfd.create('hutong pretender', { size: 4096 })
  using mapping = memory.map()
  const found = (await collect()).objects.find(({ name }) => name === 'memfd:hutong pretender')
  assert.ok(found?.kind === 'memfd')
  assert.equal(found.channel, null)
  mapping.close()
})
