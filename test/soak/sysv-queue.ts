// System V queues: processes send while they are killed, receives are given up at any moment, and every message arrives exactly
// once and in order, or was never sent. Threads and memory stay flat.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { SysvQueue } from 'hutong'
import { compile } from '../support/compile.ts'
import { below, type Random } from '../support/random.ts'
import type { Soak } from './soak.ts'

const SENDERS = 3
const MIB = 1 << 20

/** A receive that may be given up; undefined if it was. */
async function receive(
  queue: SysvQueue,
  random: Random,
): Promise<{ type: number; number: number } | undefined> {
  const form = below(random, 4)
  const controller = new AbortController()
  const options = { except: 9, signal: controller.signal }
  if (form === 0) {
    const message = queue.tryReceive({ except: 9 })
    return message && { type: message.type, number: Buffer.from(message.data).readUInt32LE() }
  }
  const into = Buffer.alloc(8192)
  const wait =
    form === 1
      ? queue.receive(options).then(({ type, data }) => ({ type, number: Buffer.from(data).readUInt32LE() }))
      : queue.receiveInto(into, options).then(({ type }) => ({ type, number: into.readUInt32LE() }))
  if (form === 3) for (let spin = below(random, 20_000); spin > 0; spin--);
  else setTimeout(() => controller.abort('enough'), below(random, 4))
  if (form === 3) controller.abort('enough')
  return wait.catch((reason) => {
    assert.equal(reason, 'enough')
    return undefined
  })
}

/** The numbers of each sender must come one after the other. */
function count(seen: number[], message: { type: number; number: number } | undefined): void {
  if (message === undefined) return
  assert.equal(message.number, seen[message.type], `of sender ${message.type}`)
  seen[message.type] = message.number + 1
}

let start: number | undefined

export const sysvQueueSoak: Soak = {
  name: 'sysv-queue',
  slice: 6,
  async round(random) {
    const queue = SysvQueue.createPrivate()
    try {
      const program = compile('sysv/count-into-queue.c')
      const senders = Array.from({ length: SENDERS }, (_, index) =>
        spawn(program, [`${queue.id}`, `${index + 1}`, `${8 + below(random, 6000)}`], { stdio: 'ignore' }),
      )
      const ended = senders.map((sender) => once(sender, 'exit'))
      const seen = Array.from({ length: SENDERS + 1 }, () => 0)
      const end = performance.now() + below(random, 60)
      while (performance.now() < end) count(seen, await receive(queue, random))
      for (const sender of senders) sender.kill('SIGKILL')
      await Promise.all(ended)
      // What the dead have sent is whole, and there.
      for (let message = queue.tryReceive(); message !== undefined; message = queue.tryReceive()) {
        count(seen, { type: message.type, number: Buffer.from(message.data).readUInt32LE() })
      }
      assert.deepEqual([queue.stat().messages, queue.stat().bytes], [0, 0])
    } finally {
      queue.remove()
    }
    start ??= process.memoryUsage.rss()
  },
  async finish() {
    assert.ok(start !== undefined)
    await sleep(10)
    const threads = readdirSync('/proc/self/task').length
    assert.ok(threads < 40, `${threads} threads`)
    const grown = process.memoryUsage.rss() - start
    assert.ok(grown < 100 * MIB, `${Math.round(grown / MIB)} MiB more in memory`)
    start = undefined
  },
}
