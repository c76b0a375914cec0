// One death: a child that plays its role at one end of a pair is killed at a given step; this process, at the other end,
// must come to its end and have all that was committed.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Channel } from '#src/channel/channel.ts'
import type { Closed } from '#src/channel/closed.ts'
import { bytes } from '#src/channel/codec.ts'
import { RING, ringOffset } from '#src/channel/shm/layout.ts'
import type { Meeting } from '#src/channel/shm/meeting.ts'
import { ringMemory } from '#src/channel/shm/memory.ts'
import { ShmTransport } from '#src/channel/shm/transport.ts'
import { meet, welcome } from '#src/channel/shm/welcome.ts'
import { UnixListener } from '#src/kernel/socket/listener.ts'
import { UnixSocket } from '#src/kernel/socket/socket.ts'
import {
  type Reading,
  receiveBlocking,
  receiveNumbered,
  sendBlocking,
  sendNumbered,
} from '../support/numbered.ts'
import { compiledFixtures } from '../support/paths.ts'

/** `endless` is a producer that does not come to its end. */
export type Role = 'producer' | 'consumer' | 'echo' | 'endless'
export const ROLES = ['producer', 'consumer', 'echo'] as const
export const WAYS = ['inherits', 'listens', 'connects'] as const

export interface Scene {
  readonly role: Role
  readonly way: (typeof WAYS)[number]
  /** The step at which the child dies; 0: it does not. */
  readonly step: number
  /** After so many messages from it the survivor kills it, wherever it is. */
  readonly killAfter?: number
  /** Who of them uses the forms that block the thread; no echo does. */
  readonly blocks?: 'survivor' | 'victim'
  /** It calls process.exit at that step, and is not killed. */
  readonly exits?: boolean
  /** A path for the rendezvous. */
  readonly path: string
}

export interface Ending {
  /** How it ended for the survivor; `undefined` if the two never met. */
  readonly reason: Closed['reason'] | undefined
  /** Messages that the survivor received. */
  readonly received: number
  /** Steps of the child, if it came to its end. */
  readonly steps: number | undefined
}

const TERMS = { label: 'the survivor', codec: 'bytes' }
const CAPACITY = 4096
const TOTAL = 40
const HANGS_AFTER = 20_000

/** Plays it; throws if anything is lost, torn, doubled or out of order, or if the survivor does not come to its end. */
export async function playDeath(scene: Scene): Promise<Ending> {
  const stuck = new AbortController()
  const watchdog = setTimeout(() => stuck.abort(new Error('the survivor hangs')), HANGS_AFTER)
  try {
    return await Promise.race([play(scene), rejection(stuck.signal)])
  } catch (error) {
    throw new Error(`${scene.role} that ${scene.way}, step ${scene.step}`, { cause: error })
  } finally {
    clearTimeout(watchdog)
    rmSync(scene.path, { force: true })
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
}

async function play(scene: Scene): Promise<Ending> {
  const over = new AbortController()
  const { child, met } = start(scene, over.signal)
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const ended = once(child, 'close')
  child.once('close', () => over.abort())
  const side = await met.catch(() => undefined) // it died before
  const kill = async (done: number): Promise<void> => void (done === scene.killAfter && child.kill('SIGKILL'))
  const outcome = side === undefined ? { reason: undefined, received: 0 } : await survive(side, scene, kill)
  const [code, signal] = await ended
  if (signal === 'SIGKILL') return { ...outcome, steps: undefined }
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, 'the child has found something wrong')
  if (scene.exits === true) return { ...outcome, steps: undefined }
  assert.equal(outcome.reason, scene.role === 'producer' ? 'peer-closed' : 'closed')
  return { ...outcome, steps: Number(output.trim().split('\n').at(-1)) }
}

/** Starts the child and meets it. */
function start(
  { role, way, step, path, blocks, exits }: Scene,
  signal: AbortSignal,
): { child: ChildProcess; met: Promise<Meeting> } {
  const run = (fd: number | 'ignore'): ChildProcess => {
    const file = join(compiledFixtures, 'channel/victim.js')
    const how = blocks === 'victim' ? 'blocks' : exits === true ? 'exits' : ''
    return spawn(process.execPath, [file, role, way, `${step}`, path, how], {
      stdio: ['ignore', 'pipe', 'inherit', fd],
    })
  }
  if (way === 'inherits') {
    const [near, far] = UnixSocket.pair()
    const met = welcome(near, CAPACITY, TERMS)
    const child = run(far.inherit())
    far.close()
    return { child, met: Promise.resolve(met) }
  }
  if (way === 'connects') {
    const listener = UnixListener.listen(path)
    const met = listener.accept({ signal }).then((socket) => welcome(socket, CAPACITY, TERMS))
    return { child: run('ignore'), met: met.finally(() => listener.close()) }
  }
  const child = run('ignore')
  const listening = once(child.stdout ?? assert.fail(), 'data', { signal })
  const met = listening.then(async () => meet(await UnixSocket.connect(path, { signal }), TERMS, { signal }))
  return { child, met }
}

/** The other role, until the end. */
async function survive(
  side: Meeting,
  { role, blocks, exits }: Scene,
  took: (done: number) => Promise<void>,
): Promise<Omit<Ending, 'steps'>> {
  const channel = new Channel(new ShmTransport(side, { limit: 2 ** 26, spin: 0 }), bytes)
  const most = role === 'echo' ? TOTAL : Number.POSITIVE_INFINITY
  const reading: Reading = { done: 0, most, handle: () => took(reading.done) }
  const producing = role === 'producer' || role === 'endless'
  const [send, receive] =
    blocks === 'survivor' ? [sendBlocking, receiveBlocking] : [sendNumbered, receiveNumbered]
  try {
    const results = await Promise.allSettled([
      producing ? undefined : send(channel, TOTAL),
      role === 'consumer' ? undefined : receive(channel, reading),
    ])
    const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    for (const error of failed) expectDeath(error)
    if (producing) allReceived(side)
    if (failed.length > 0) {
      await channel.closed
      if (role === 'echo') allReceived(side)
      await assert.rejects(channel.send(new Uint8Array(1)), expectDeath)
    } else if (role === 'producer') assert.ok(reading.done === TOTAL || exits === true, `${reading.done}`)
    else await channel.close()
    return { reason: (await channel.closed).reason, received: reading.done }
  } finally {
    channel.destroy()
  }
}

function allReceived({ mapping, side }: Meeting): void {
  const { control } = ringMemory(mapping.buffer, ringOffset(side === 0 ? 1 : 0, CAPACITY), CAPACITY)
  assert.equal(control[RING.tail], control[RING.head], 'all that was committed was received')
}

function expectDeath(error: unknown): true {
  const { code } = error as NodeJS.ErrnoException
  assert.ok(code === 'ERR_PEER_DIED' || code === 'EPIPE', `${(error as Error).stack}`)
  return true
}
