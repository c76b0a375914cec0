// Processes are killed at any moment while they send, most of them asleep in mq_send(3) because the queue is full. What they have
// sent arrives whole, once and in the order of its priority; a C sender and this process go on.
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { PosixQueue } from 'hutong'
import { compile } from '../support/compile.ts'
import { compiledFixtures } from '../support/paths.ts'
import { prefix } from '../support/process.ts'
import { below, type Random } from '../support/random.ts'
import { kill, launch, NODE_EVERY, PATIENCE } from './peer.ts'
import type { Soak } from './soak.ts'

const PRIORITIES = 4 // a sender's message `number` has priority `number % PRIORITIES`
const NAME = `/${prefix}-kills`
const SURVIVOR = 's'
const VICTIM = 'v'

/** The next numbers of a sender, one for each priority. */
type Next = number[]
type Received = Awaited<ReturnType<PosixQueue['receive']>>

interface Scene {
  readonly queue: PosixQueue
  readonly survivor: ChildProcess
  readonly next: Map<string, Next>
}

const first = (): Next => Array.from({ length: PRIORITIES }, (_, priority) => priority)

function sender(id: string, ours = false): ChildProcess {
  if (ours) return launch(process.execPath, [join(compiledFixtures, 'posix-queue/counter.js'), NAME, id])
  return launch(compile('posix-queue/peer.c', '-lrt'), ['number', NAME, id, `${2 ** 31 - 1}`])
}

function take({ next }: Scene, { data, priority }: Received): void {
  const text = Buffer.from(data).toString()
  const [, id = '', number] = /^(\w+)\.(\d+)$/.exec(text) ?? []
  const numbers = next.get(id)
  assert.equal(Number(number), numbers?.[priority], `${text}, priority ${priority}`)
  if (numbers !== undefined) numbers[priority] = Number(number) + PRIORITIES
}

/** How many messages of a sender have come; they must be all that it sent before the last of them. */
function whole(numbers: Next): number {
  const count = numbers.reduce((sum, number, priority) => sum + (number - priority) / PRIORITIES, 0)
  assert.ok(
    Math.max(...numbers) - PRIORITIES < count,
    `${count} messages came, their next numbers are ${numbers}`,
  )
  return count
}

/** Empties the queue while nobody sends. */
function drain(here: Scene): void {
  for (let left = here.queue.tryReceive(); left !== undefined; left = here.queue.tryReceive())
    take(here, left)
}

async function oneKill(here: Scene, random: Random, ours: boolean): Promise<void> {
  const { queue, survivor, next } = here
  const receive = async (): Promise<void> => take(here, await queue.receive({ timeout: PATIENCE }))
  const numbers = first()
  next.set(VICTIM, numbers)
  const victim = sender(VICTIM, ours)
  while (numbers.every((number, priority) => number === priority)) await receive()
  const end = performance.now() + random() * 3
  while (performance.now() < end) {
    await receive()
    for (let pause = below(random, 4); pause > 0; pause--) await new Promise(setImmediate)
  }
  await kill(victim)
  survivor.kill('SIGSTOP') // or the queue is never empty
  drain(here)
  whole(numbers)
  survivor.kill('SIGCONT')
  await receive()
}

let scene: Scene | undefined
let kills = 0

function begin(): Scene {
  const queue = PosixQueue.create(NAME, { maxMessages: 8, messageSize: 64 })
  process.on('exit', removeName)
  return { queue, survivor: sender(SURVIVOR), next: new Map([[SURVIVOR, first()]]) }
}

function removeName(): void {
  PosixQueue.unlink(NAME)
}

export const posixQueueKillSoak: Soak = {
  name: 'posix-queue-kills',
  slice: 5,
  async round(random) {
    scene ??= begin()
    await oneKill(scene, random, ++kills % NODE_EVERY === 0)
  },
  async finish() {
    if (scene === undefined) return
    const here = scene
    scene = undefined
    await kill(here.survivor)
    drain(here)
    assert.ok(whole(here.next.get(SURVIVOR) ?? []) > 0)
    process.off('exit', removeName)
    here.queue.close()
    removeName()
  },
}
