// A peer that dies, at a few of the steps it takes; `npm run soak -- 'channel deaths'` takes them all.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { bytes } from '#src/channel/codec.ts'
import { channelPair } from '#src/channel/shm/rendezvous.ts'
import { cleanUp, uniquePath } from '../support/leaks.ts'
import { numbered, receiveNumbered, sendNumbered } from '../support/numbered.ts'
import type { Bytes } from '../support/pair.ts'
import { compiledFixtures } from '../support/paths.ts'
import { below, seeded } from '../support/random.ts'
import { playDeath, type Scene } from './scene.ts'

const random = seeded(20)
const MOST_STEPS = { producer: 500, consumer: 550, echo: 1000 }

const somewhere = (role: keyof typeof MOST_STEPS): number => 1 + below(random, MOST_STEPS[role])

const scenes: readonly Omit<Scene, 'path'>[] = [
  { role: 'producer', way: 'inherits', step: somewhere('producer') },
  { role: 'consumer', way: 'inherits', step: somewhere('consumer') },
  { role: 'echo', way: 'listens', step: somewhere('echo') },
  { role: 'producer', way: 'inherits', step: somewhere('producer'), blocks: 'survivor' },
  { role: 'consumer', way: 'connects', step: 100, blocks: 'victim' },
  { role: 'echo', way: 'listens', step: 8 }, // in the handshake
  { role: 'echo', way: 'connects', step: 4 },
  { role: 'producer', way: 'inherits', step: somewhere('producer'), exits: true },
]

for (const scene of scenes) {
  const { role, way, step } = scene
  const blocking = scene.blocks === undefined ? '' : `, where the ${scene.blocks} blocks`
  test(`${scene.exits === true ? 'process.exit' : 'killed'} at step ${step}, the ${role} that ${way}${blocking}: the other ends, with all that was committed`, async () => {
    const { steps } = await playDeath({ ...scene, path: await uniquePath() })
    assert.equal(steps, undefined, 'it was killed')
  })
}

/** A pair with one end here. */
function opened(): { near: Bytes; fd: number; letGo: () => void } {
  const [near, remote] = channelPair({ codec: bytes, capacity: 4096, spin: 0 })
  cleanUp(() => near.destroy())
  return { near, fd: remote.fd, letGo: () => remote.close() }
}

const stateOf = (pid: number): string => /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? ''

test('a peer that is stopped is not dead: everything goes on when it is', async () => {
  const { near, fd, letGo } = opened()
  const file = join(compiledFixtures, 'channel/victim.js')
  const child = spawn(process.execPath, [file, 'echo', 'inherits', '0', ''], {
    stdio: ['ignore', 'ignore', 'inherit', fd],
  })
  cleanUp(() => child.kill('SIGKILL'))
  letGo()
  await near.send(numbered(0, 20))
  assert.equal((await near.receive())?.length, 20)
  child.kill('SIGSTOP')
  while (stateOf(child.pid ?? 0) !== 'T') await sleep(1)
  let told = ''
  near.closed.then(({ reason }) => {
    told = reason
  })
  let sent = 1
  while (near.trySend(numbered(sent, 500)) === true) sent++
  await assert.rejects(near.send(numbered(sent, 500), { timeout: 100 }), { code: 'ETIMEDOUT' })
  await assert.rejects(near.receive({ timeout: 100 }), { code: 'ETIMEDOUT' })
  assert.equal(told, '')
  child.kill('SIGCONT')
  for (let i = 1; i < sent; i++) assert.equal((await near.receive())?.length, 500)
  const exit = once(child, 'exit')
  await near.close()
  assert.deepEqual(await exit, [0, null])
})

function worker(exits: boolean): { near: Bytes; thread: Worker } {
  const [near, remote] = channelPair({ codec: bytes, capacity: 4096, spin: 0 })
  cleanUp(() => near.destroy())
  const fd = Number(remote.detach().slice(3))
  const thread = new Worker(join(compiledFixtures, 'channel/worker.js'), { workerData: { fd, exits } })
  cleanUp(() => thread.terminate())
  return { near, thread }
}

test('a worker that is terminated is a peer that died, and all that it committed is received', async () => {
  const { near, thread } = worker(false)
  const reading = { done: 0, handle: async () => void (reading.done === 50 && thread.terminate()) }
  await assert.rejects(receiveNumbered(near, reading), { code: 'ERR_PEER_DIED' })
  assert.ok(reading.done >= 50)
  await assert.rejects(sendNumbered(near, 1), { code: 'ERR_PEER_DIED' })
})

test('a worker that exits has closed its channel', async () => {
  const { near } = worker(true)
  const reading = { done: 0 }
  await receiveNumbered(near, reading)
  assert.equal(reading.done, 3)
  assert.equal((await near.closed).reason, 'peer-closed')
})
