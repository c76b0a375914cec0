// Both ends of a pair work while another thread writes into their memory: values, or errors of the peer; nothing else, and
// an end.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Channel } from '#src/channel/channel.ts'
import { json } from '#src/channel/codec/index.ts'
import type { Meeting } from '#src/channel/shm/meeting.ts'
import { ShmTransport } from '#src/channel/shm/transport.ts'
import { meet, welcome } from '#src/channel/shm/welcome.ts'
import { UnixSocket } from '#src/kernel/socket/socket.ts'
import { type Order, STOP } from '../fixtures/channel/hammer.ts'
import { cleanUp } from '../support/leaks.ts'
import { compiledFixtures } from '../support/paths.ts'

const CAPACITY = 4096
const LIMIT = 2 ** 22
const ROUNDS = 15
// EPIPE: the word that says the end was hit.
const EXPECTED = ['ERR_CORRUPT_PEER', 'ERR_BAD_MESSAGE', 'EPIPE']

interface Value {
  readonly text: string
  readonly numbers: readonly number[]
}

interface Tapped {
  readonly meetings: readonly [Meeting, Meeting]
  /** The memory, for somebody else. */
  readonly fd: number
  readonly between: readonly UnixSocket[]
}

/** A pair whose welcome goes through our hands. */
async function tapped(): Promise<Tapped> {
  const terms = { label: 'hammered', codec: 'json' }
  const [near, middle] = UnixSocket.pair()
  const [other, far] = UnixSocket.pair()
  const first = welcome(near, CAPACITY, terms)
  const seen = await middle.receive({ descriptors: 3 })
  assert.ok(seen)
  other.trySend(seen.data, { descriptors: seen.descriptors })
  const [memory, ...bells] = seen.descriptors
  for (const bell of bells) bell.close()
  return { meetings: [first, await meet(far, terms)], fd: memory?.release() ?? -1, between: [middle, other] }
}

/** Sends and receives on both ends until one has failed; gives the values that came. */
function work(ends: readonly Channel<Value>[], failures: Map<string, number>): number {
  let values = 0
  for (let i = 0; i < 3000; i++) {
    const end = ends[i & 1] ?? assert.fail()
    try {
      end.trySend({ text: `message ${i}`, numbers: Array.from({ length: i % 60 }, (_, n) => n) })
      if (i % 5 === 0) end.flush()
      if (end.tryReceive() != null) values++
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (!EXPECTED.includes(code)) throw error
      failures.set(code, (failures.get(code) ?? 0) + 1)
      if (code !== 'ERR_BAD_MESSAGE') break
    }
  }
  return values
}

async function round(worker: Worker, seldom: number, failures: Map<string, number>): Promise<number> {
  const { meetings, fd, between } = await tapped()
  const ends = meetings.map(
    (one) => new Channel(new ShmTransport(one, { limit: LIMIT, spin: 0 }), json<Value>()),
  )
  const stop = meetings[0].mapping.view(Int32Array, STOP, 1)
  const order: Order = { fd, capacity: CAPACITY, seldom }
  worker.postMessage(order)
  await once(worker, 'message')
  try {
    return work(ends, failures)
  } finally {
    const stopped = once(worker, 'message')
    Atomics.store(stop, 0, 1)
    await stopped
    for (const one of [...ends, ...between]) 'destroy' in one ? one.destroy() : one.close()
    for (const { reason } of await Promise.all(ends.map(({ closed }) => closed))) {
      assert.ok(reason === 'failed' || reason === 'closed' || reason === 'peer-closed', reason)
    }
  }
}

test('a peer that rewrites everything while it is read: values or its errors, and the memory taken is bounded', async () => {
  const seed = Date.now() % 2 ** 31
  const worker = new Worker(join(compiledFixtures, 'channel/hammer.js'), { workerData: { seed } })
  cleanUp(() => worker.terminate())
  const failures = new Map<string, number>()
  let values = 0
  for (let i = 0; i < ROUNDS; i++) values += await round(worker, 10 ** (1 + (i % 5)), failures)
  const told = `seed ${seed}: ${values} values, ${JSON.stringify([...failures])}`
  assert.ok(values > 0 && failures.has('ERR_CORRUPT_PEER'), told)
  assert.ok(process.memoryUsage().arrayBuffers < 2 ** 26, told)
})
