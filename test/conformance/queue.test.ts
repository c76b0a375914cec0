// What every queue of jobs does, whoever holds it: a process, over each mechanism that channels know, or the kernel.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PosixQueue, SysvQueue } from 'hutong'
import { type ConsumeOptions, consume, holdQueue, json, produce, utf8 } from 'hutong/channel'
import { messages, take } from '../support/jobs.ts'
import { uniqueKey, uniqueName, uniquePath } from '../support/leaks.ts'

/** A queue that is there until it is disposed of. */
interface Queue extends AsyncDisposable {
  readonly address: string
}

interface Lane {
  readonly name: string
  /** Whether jobs are acknowledged, and given to another when their worker goes. */
  readonly acknowledges: boolean
  open(): Promise<Queue>
}

async function held(at: string): Promise<Queue> {
  const holder = await holdQueue(at)
  return { address: holder.address, [Symbol.asyncDispose]: async () => holder.destroy() }
}

function kept(address: string, remove: () => void): Queue {
  return { address, [Symbol.asyncDispose]: async () => remove() }
}

const LANES: readonly Lane[] = [
  { name: 'shm', acknowledges: true, open: async () => held(`shm:${await uniquePath()}`) },
  { name: 'unix', acknowledges: true, open: async () => held(`unix:${await uniquePath()}`) },
  { name: 'tcp', acknowledges: true, open: () => held('tcp:127.0.0.1:0') },
  {
    name: 'posix-mq',
    acknowledges: false,
    async open() {
      const name = `/${uniqueName()}`
      const queue = PosixQueue.create(name)
      return kept(`posix-mq:${name}`, () => {
        PosixQueue.unlink(name)
        queue.close()
      })
    },
  },
  {
    name: 'sysv-mq',
    acknowledges: false,
    async open() {
      const key = uniqueKey()
      const queue = SysvQueue.create(key)
      return kept(`sysv-mq:${key}`, () => {
        queue.remove()
        queue.close()
      })
    },
  },
]

const codec = json<number>()

for (const { name, acknowledges, open } of LANES) {
  const working = { codec, acknowledge: acknowledges, atOnce: 2 } satisfies ConsumeOptions<number>

  test(`${name}: each job goes to one worker, in the order in which they came`, async () => {
    await using queue = await open()
    await using producer = await produce(queue.address, { codec })
    await using one = await consume(queue.address, working)
    await using other = await consume(queue.address, working)
    const COUNT = 30
    const seen: number[][] = [[], []]
    const work = [one, other].map(async (worker, which) => {
      const gone = new AbortController()
      const done = setInterval(() => seen.flat().length === COUNT && gone.abort(), 1)
      try {
        for (;;) {
          const job = await worker.receive({ signal: gone.signal })
          seen[which]?.push(job?.message ?? -1)
          job?.acknowledge()
        }
      } catch {
        clearInterval(done)
      }
    })
    for (let i = 0; i < COUNT; i++) await producer.send(i)
    await Promise.all(work)
    assert.deepEqual(
      seen.flat().sort((a, b) => a - b),
      Array.from({ length: COUNT }, (_, i) => i),
    )
    for (const mine of seen)
      assert.deepEqual(
        mine,
        [...mine].sort((a, b) => a - b),
      )
  })

  test(`${name}: nothing there, given up, misfits: nothing is lost`, async () => {
    await using queue = await open()
    await using worker = await consume(queue.address, working)
    assert.equal(worker.tryReceive(), undefined)
    await assert.rejects(worker.receive({ timeout: 5 }), { code: 'ETIMEDOUT' })
    await assert.rejects(worker.receive({ signal: AbortSignal.abort(new Error('no')) }), /no/)
    await using producer = await produce(queue.address, { codec })
    await using _ = await produce(queue.address, { codec: { ...utf8, name: 'json' } }).then(
      async (clumsy) => {
        await clumsy.send('{')
        return clumsy
      },
    )
    await assert.rejects(worker.receive(), { code: 'ERR_BAD_MESSAGE' })
    assert.equal(producer.trySend(1), true)
    await producer.send(2)
    const jobs = await take(worker, 2)
    assert.deepEqual(messages(jobs), [1, 2])
    for (const job of jobs) job.acknowledge()
    await worker.close()
    await assert.rejects(worker.receive(), { code: 'EBADF' })
    assert.equal((await worker.closed).reason, 'closed')
  })

  if (!acknowledges) continue
  test(`${name}: what a worker had goes to another`, async () => {
    await using queue = await open()
    await using producer = await produce(queue.address, { codec })
    for (let i = 0; i < 3; i++) await producer.send(i)
    const first = await consume(queue.address, working)
    const [zero] = await take(first, 2)
    zero?.acknowledge()
    await first.close()
    await using second = await consume(queue.address, working)
    const jobs = await take(second, 2)
    assert.deepEqual(
      jobs.map(({ message, redelivered }) => [message, redelivered]),
      [
        [1, true],
        [2, false],
      ],
    )
  })
}
