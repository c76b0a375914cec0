// Topics of which one side is killed at a step of its algorithm: the fixture topic/mortal.
import assert from 'node:assert/strict'
import { bytes, publish, type Subscriber, subscribe } from 'hutong/channel'
import { type Child, fixture } from './child.ts'
import { uniquePath } from './leaks.ts'
import { numbered, numberOf } from './topic-message.ts'

type PolicyName = 'block' | 'overwrite'

interface Heard {
  readonly numbers: readonly number[]
  readonly lost: number
  readonly code: string | undefined
  readonly reason: string
}

async function hear(subscriber: Subscriber<Uint8Array>): Promise<Heard> {
  const numbers: number[] = []
  let code: string | undefined
  try {
    for await (const message of subscriber) numbers.push(numberOf(message))
  } catch (error) {
    code = (error as { code?: string }).code
  }
  const { reason } = await subscriber.closed
  const { lost } = subscriber
  subscriber.close()
  return { numbers, lost, code, reason }
}

async function committedBy(child: Child): Promise<number> {
  const { stdout, stderr } = await child.ended
  const [, committed] = /committed (\d+)/.exec(stdout) ?? []
  assert.ok(committed !== undefined, stderr)
  return Number(committed)
}

/** A publisher dies before its n-th step. True if it was killed, false if it came to its end first. */
export async function killPublisher(policy: PolicyName, step: number): Promise<boolean> {
  const address = `shm:${await uniquePath()}`
  const child = fixture('topic/mortal', ['publisher', address, policy, `${step}`])
  await child.line()
  const [busy, sleepy] = await Promise.all([
    subscribe(address, { codec: bytes }),
    subscribe(address, { codec: bytes, spin: 0 }),
  ])
  child.tell('go')
  const hearing = Promise.all([hear(busy), hear(sleepy)])
  const committed = await committedBy(child)
  const killed = (await child.ended).signal === 'SIGKILL'
  for (const { numbers, lost, code, reason } of await hearing) {
    const what = `${policy}, step ${step}: ${reason}`
    assert.ok(reason === 'peer-died' || reason === 'peer-closed', what)
    assert.equal(code, reason === 'peer-died' ? 'ERR_PEER_DIED' : undefined, what)
    if (!killed) assert.equal(reason, 'peer-closed', what)
    assert.equal(numbers.length + lost, committed, what)
    assert.ok(
      numbers.every((number, i) => i === 0 || number > (numbers[i - 1] as number)),
      what,
    )
    if (numbers.length > 0) assert.equal(numbers.at(-1), committed - 1, what)
    if (policy === 'block') assert.equal(lost, 0, what)
  }
  return killed
}

const MESSAGES = 400

/** A subscriber dies before its n-th step: its publisher and the other subscriber go on. True if it was killed. */
export async function killSubscriber(policy: PolicyName, step: number): Promise<boolean> {
  const address = `shm:${await uniquePath()}`
  await using publisher = publish(address, { codec: bytes, policy, capacity: 4096 })
  const child = fixture('topic/mortal', ['subscriber', address, policy, `${step}`])
  await child.line()
  const hearing = hear(await subscribe(address, { codec: bytes }))
  for (let i = 0; i < MESSAGES; i++) await publisher.send(numbered(i, (i * 29) % 300))
  await publisher.close()
  const { signal, code, stderr } = await child.ended
  assert.ok(signal === 'SIGKILL' || code === 0, stderr)
  const { numbers, lost } = await hearing
  assert.equal(numbers.length + lost, MESSAGES)
  if (policy === 'block') assert.equal(lost, 0)
  return signal === 'SIGKILL'
}
