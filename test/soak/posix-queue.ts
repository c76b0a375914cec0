// A POSIX queue between C programs and ours, of which a sender and a receiver are killed at any moment while ours give up
// again and again: each message arrives once and whole, in order, but for one that the killed receiver may have had.
import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { PosixQueue } from 'hutong'
import { compile } from '../support/compile.ts'
import { prefix } from '../support/process.ts'
import { below, type Random } from '../support/random.ts'
import { type Peer, startPeer } from './peer.ts'
import type { Soak } from './soak.ts'

const MESSAGES = 400

const peer = (...args: readonly string[]): Peer => startPeer(compile('posix-queue/peer.c', '-lrt'), ...args)

/** Receives until nothing is left and `done()`, giving up in every way there is. */
async function receiveAll(queue: PosixQueue, random: Random, done: () => boolean): Promise<string[]> {
  const got: string[] = []
  const keep = ({ data, priority }: { data: Uint8Array; priority: number }): void => {
    got.push(`${priority}:${Buffer.from(data).toString()}`)
  }
  while (!done() || queue.queued > 0) {
    const controller = new AbortController()
    if (below(random, 2) === 0) setImmediate(() => controller.abort())
    await queue.receive({ signal: controller.signal, timeout: below(random, 3) }).then(keep, () => {})
    const more = queue.tryReceive()
    if (more !== undefined) keep(more)
    if (below(random, 4) === 0) await queue.notify({ timeout: 1 }).catch(() => {})
  }
  return got
}

/** The numbers of each sender and priority come in order to each receiver. */
function checkOrder(got: readonly string[]): void {
  const last = new Map<string, number>()
  for (const message of got) {
    const [, priority = '', sender = '', number = ''] = /^(\d):([ab])\.(\d+)$/.exec(message) ?? []
    assert.equal(Number(priority), Number(number) & 3, message)
    assert.ok(Number(number) > (last.get(sender + priority) ?? -1), message)
    last.set(sender + priority, Number(number))
  }
}

const numbersOf = (all: readonly string[], sender: string): number[] =>
  all.flatMap((message) => (message.includes(`:${sender}.`) ? [Number(message.split('.')[1])] : []))

function checkComplete(got: readonly string[]): void {
  assert.equal(new Set(got).size, got.length, 'no message comes twice')
  const whole = numbersOf(got, 'a')
  const cut = numbersOf(got, 'b')
  const missing = MESSAGES - whole.length + (Math.max(-1, ...cut) + 1 - cut.length)
  assert.ok(missing <= 1, `${missing} messages were lost; the receiver that was killed may have one`)
}

async function round(random: Random): Promise<void> {
  const name = `/${prefix}-soak`
  const queue = PosixQueue.create(name, { maxMessages: 8, messageSize: 64 })
  try {
    const [survivor, sender] = [
      peer('number', name, 'a', `${MESSAGES}`),
      peer('number', name, 'b', '1000000'),
    ]
    const receiver = peer('receive', name, '1000000')
    const killAt = below(random, MESSAGES)
    let turns = 0
    let finished = false
    const receiving = receiveAll(queue, random, () => finished)
    while (turns++ < killAt) await turn()
    for (const { process } of below(random, 2) === 0 ? [receiver, sender] : [sender, receiver]) {
      process.kill('SIGKILL')
      for (let wait = below(random, 10); wait > 0; wait--) await turn()
    }
    const [, , printed] = await Promise.all([survivor.ended, sender.ended, receiver.ended])
    finished = true
    const theirs = printed.split('\n').slice(1, -1)
    const ours = await receiving
    checkOrder(ours)
    checkOrder(theirs)
    checkComplete([...ours, ...theirs])
  } finally {
    queue.close()
    PosixQueue.unlink(name)
  }
}

export const posixQueueSoak: Soak = { name: 'posix-queue', slice: 2, round }
