// Processes that take from a stock and bring to it are killed at any moment. A C program that waits and this process go on,
// the stock is whole or they are told, and what a dead one was notified of goes to the one that lives.
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { Memfd, TimeoutError } from 'hutong'
import { compile } from '../support/compile.ts'
import { compiledFixtures } from '../support/paths.ts'
import { below, type Random } from '../support/random.ts'
import { consume, produce, produceWhile, type Stock, stockIn } from '../support/stock.ts'
import { kill, launch, moves, NODE_EVERY, until } from './peer.ts'
import type { Soak } from './soak.ts'

const ROOM = 8192
const SURVIVOR = 4096 // words in which the C survivor and the victim count their rounds
const VICTIM = 4104

interface Scene {
  readonly file: Memfd
  readonly stock: Stock
  readonly survivor: ChildProcess
}

function run(path: string, role: 'take' | 'bring', word: number): ChildProcess {
  return launch(
    compile('condition/peer.c', '-pthread'),
    ['soak', path, role, `${word}`],
    ['ignore', 'ignore', 'inherit'],
  )
}

function begin(): Scene {
  const file = Memfd.create('soak', { size: ROOM })
  const stock = stockIn(file.map(), `/proc/${process.pid}/fd/${file.fd}`, 8)
  return { file, stock, survivor: run(stock.path, 'take', SURVIVOR) }
}

async function busy(stock: Stock, random: Random): Promise<void> {
  if (below(random, 4) > 0) {
    await produce(stock)
    return
  }
  await consume(stock, { timeout: below(random, 2) }).catch((error: unknown) => {
    if (!(error instanceof TimeoutError)) throw error
  })
}

async function oneKill({ stock, survivor }: Scene, random: Random, ours: boolean): Promise<void> {
  const { path, counts, mapping } = stock
  const takes = ours || below(random, 3) > 0
  const child = ours
    ? launch(process.execPath, [join(compiledFixtures, 'condition/soak.js'), path, `${VICTIM}`])
    : run(path, takes ? 'take' : 'bring', VICTIM)
  const feeding = { done: false }
  const started = moves(mapping, VICTIM, 'the victim').finally(() => {
    feeding.done = true
  })
  while (!feeding.done) await busy(stock, random)
  await started
  const end = performance.now() + random() * 3
  while (performance.now() < end) await busy(stock, random)
  if (below(random, 2) === 0) await kill(child)
  else await produceWhile(stock, () => kill(child))
  // Each item was notified of, and nobody helps now. Only who died on the way from bringing one to saying so may be helped.
  if (!takes) await produce(stock)
  await until(() => counts[0] === 0 || survivor.exitCode !== null, 'the C program')
  assert.equal(survivor.exitCode, null, 'the C program has found something wrong')
}

let scene: Scene | undefined
let kills = 0

export const conditionKillSoak: Soak = {
  name: 'condition-kills',
  slice: 5,
  async round(random) {
    scene ??= begin()
    await oneKill(scene, random, ++kills % NODE_EVERY === 0)
  },
  async finish() {
    if (scene === undefined) return
    const { file, stock, survivor } = scene
    scene = undefined
    await kill(survivor)
    await produce(stock)
    await consume(stock)
    assert.deepEqual([stock.counts[0], stock.condition.waiting], [0, 0])
    stock.mapping.close()
    file.close()
  },
}
