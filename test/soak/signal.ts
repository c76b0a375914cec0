// Bursts of real-time signals from a C program, whole and in order, while children end, workers come and go, and `process.on`
// hears what is its own. Masks, descriptors and children are as before.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { signals } from 'hutong'
import { compileFile } from '../support/compile.ts'
import { root } from '../support/paths.ts'
import { descriptors } from '../support/process.ts'
import { below, type Random } from '../support/random.ts'
import { masks } from '../support/thread-masks.ts'
import type { Soak } from './soak.ts'

const FIRST = 5000
const BURST = 100_000
let size = FIRST

async function receive(pid: number, random: Random): Promise<void> {
  const listener = signals.listen(['SIGRTMIN+3'])
  const program = compileFile(join(root, 'examples/interop/signal/peer.c'), 'interop/signal.c')
  const peer = spawn(program, ['send', `${pid}`, '+3', `${size}`], { stdio: 'inherit' })
  const exits: Promise<unknown>[] = [once(peer, 'exit')]
  for (let value = 0; value < size; value++) {
    const info =
      value % 3 === 0 ? listener.waitSync({ timeout: 30_000 }) : await listener.wait({ timeout: 30_000 })
    assert.equal(info.value, value)
    if (below(random, 500) === 0) exits.push(once(spawn('true', { stdio: 'ignore' }), 'exit'))
    if (below(random, 2000) === 0) exits.push(once(new Worker('', { eval: true }), 'exit'))
    if (below(random, 50) === 0) signals.send(pid, 'SIGWINCH')
  }
  await Promise.all(exits)
  assert.equal(peer.exitCode, 0)
  assert.equal(listener.tryWait(), undefined)
  listener.close()
}

export const signalSoak: Soak = {
  name: 'signals',
  slice: 1,
  async round(random) {
    const main = `${process.pid}`
    const before = { mask: masks().get(main), descriptors: descriptors().size }
    let heard = 0
    const onSignal = (): void => void heard++
    process.on('SIGWINCH', onSignal)
    await receive(process.pid, random)
    while (heard === 0) await new Promise((resolve) => setImmediate(resolve))
    process.off('SIGWINCH', onSignal)
    assert.equal(masks().get(main), before.mask)
    assert.ok(descriptors().size <= before.descriptors + 4) // pipes of children that are just closing
    size = BURST
  },
}
