// A condition whose waiters in C are killed at any moment: whoever lives takes everything that is brought.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Mapping } from 'hutong'
import { compile } from '../support/compile.ts'
import { prefix } from '../support/process.ts'
import { below, type Random } from '../support/random.ts'
import { consume, produce, type Stock, stockIn, untilWaiting } from '../support/stock.ts'
import { type Peer, startPeer } from './peer.ts'
import type { Soak } from './soak.ts'

const TAKEN_HERE = 20

const peer = (...args: readonly string[]): Peer => startPeer(compile('condition/peer.c', '-pthread'), ...args)

async function round(random: Random): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), `${prefix}-`))
  const path = join(folder, 'stock')
  const mapping = Mapping.create(path, { length: 8192 })
  const stock: Stock = stockIn(mapping, path, 8)
  try {
    const doomed = [0, 1].map(() => peer('consume', path, '1000000'))
    let done = false
    const taking = Array.from({ length: 2 }, async () => {
      for (let item = 0; item < TAKEN_HERE; item++) await consume(stock)
    })
    const ended = Promise.all(taking).then(() => {
      done = true
    })
    const kills = doomed.map(async (child) => {
      await sleep(below(random, 40))
      child.process.kill('SIGKILL')
      await child.ended
    })
    let brought = 0
    for (; !done; brought++) {
      await produce(stock)
      if (below(random, 3) === 0) await sleep(0)
    }
    await Promise.all([ended, ...kills])
    while ((stock.counts[0] ?? 0) > 0) await consume(stock)
    const lost = brought - (stock.counts[1] ?? 0)
    assert.ok(lost >= 0 && lost <= doomed.length, `${lost} of ${brought} items are lost`)
    assert.equal(stock.condition.waiting, 0)
    const last = consume(stock)
    await untilWaiting(stock)
    assert.equal(await produce(stock), 1)
    await last
  } finally {
    mapping.close()
    rmSync(folder, { recursive: true })
  }
}

export const conditionSoak: Soak = { name: 'condition', slice: 1, round }
