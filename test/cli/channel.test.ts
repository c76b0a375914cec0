// send and recv through a channel in shared memory.
import assert from 'node:assert/strict'
import { lstatSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, consume, holdQueue, json, listen, publish } from 'hutong/channel'
import { hutong, run } from '../support/hutong.ts'
import { uniquePath } from '../support/leaks.ts'

test('recv listens, send comes to it; both see when the other is done', async () => {
  const path = await uniquePath()
  const receiver = hutong(['recv', `shm:${path}`, '--follow', '--json'])
  const sender = hutong(['send', `shm:${path}`, 'hello', '', 'a\nb'])
  assert.equal((await sender.ended).code, 0)
  const { stdout, stderr, code } = await receiver.ended
  assert.deepEqual([code, stderr], [0, ''])
  assert.deepEqual(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    ['hello', '', 'a\nb'].map((text) => ({
      address: `shm:${path}`,
      sender: { pid: sender.pid, uid: process.getuid?.(), gid: process.getgid?.() },
      length: text.length,
      text,
    })),
  )
  assert.equal(lstatSync(path, { throwIfNoEntry: false }), undefined)
})

test('the command speaks with programs whatever their codec', async () => {
  const path = await uniquePath()
  using listener = await listen(`shm:${path}`, { codec: json<{ readonly n: number }>() })
  const sending = run(['send', `shm:${path}`, '{"n":1}'])
  await using channel = await listener.accept()
  assert.deepEqual(await channel.receive(), { n: 1 })
  assert.equal((await sending).code, 0)

  const receiving = run(['recv', `shm:${path}-2`])
  await using other = await connect(`shm:${path}-2`, { codec: json<object>(), wait: true, timeout: 10_000 })
  await other.send({ n: 2 })
  assert.equal((await receiving).stdout, '{"n":2}\n')
})

test('recv subscribes to a topic, and takes a job of a queue; send adds one', async () => {
  const path = await uniquePath()
  const publisher = publish(`shm:${path}`, { codec: json<object>() })
  const receiving = run(['recv', `shm:${path}`])
  // Again and again: who comes first may only look whether anybody listens at the path.
  const over = receiving.then(() => true)
  while (!(await Promise.race([over, sleep(2)]))) await publisher.send({ price: 1 })
  assert.equal((await receiving).stdout, '{"price":1}\n')
  await publisher.close()

  const holder = await holdQueue(`shm:${path}`)
  assert.equal((await run(['send', `shm:${path}`, '"first"', '"second"'])).code, 0)
  assert.equal((await run(['recv', `shm:${path}`])).stdout, '"first"\n')
  const worker = await consume(`shm:${path}`, { codec: json<string>() })
  const job = await worker.receive()
  assert.equal(job?.message, 'second') // perhaps for the second time: it may have been on its way to recv
  job?.acknowledge()
  await holder.close()
  worker.destroy()
})

test('nobody comes, nobody is there: 124 in time, 1 after a moment; somebody listens already: 1', async () => {
  const path = await uniquePath()
  using _ = await listen(`shm:${path}`)
  const [late, alone, second] = await Promise.all([
    run(['recv', `shm:${path}-3`, '--timeout', '30']),
    run(['send', `shm:${path}-4`, 'x', '--timeout', '30']),
    run(['recv', `shm:${path}`]),
  ])
  assert.deepEqual([late.code, alone.code, second.code], [124, 124, 1])
  assert.match(late.stderr, /waiting for a sender to shm:.* timed out after 30 ms/)
  assert.match(alone.stderr, /waiting for a receiver at shm:.* timed out after 30 ms/)
  assert.match(second.stderr, /EADDRINUSE/)
})
