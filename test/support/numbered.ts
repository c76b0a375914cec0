// Messages that carry their number, their length and a checksum, sent and received in every way there is.
import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import type { Bytes } from './pair.ts'

const HEADER = 12

function checksum(message: Uint8Array): number {
  let sum = 0x811c9dc5
  for (let i = HEADER; i < message.length; i++) sum = Math.imul(sum ^ (message[i] ?? 0), 0x01000193)
  return sum | 0
}

/** Message `number`, of `length` bytes. */
export function numbered(number: number, length: number): Uint8Array {
  const message = new Uint8Array(length)
  for (let i = HEADER; i < length; i++) message[i] = number * 7 + i
  const words = new Int32Array(message.buffer, 0, 3)
  words.set([number, length, checksum(message)])
  return message
}

/** Throws unless it is message `number`, whole. */
export function checkNumbered(message: Uint8Array, number: number): void {
  const [found, length, sum] = new Int32Array(message.slice(0, HEADER).buffer)
  assert.deepEqual([found, length, sum], [number, message.length, checksum(message)])
}

type Way = (channel: Bytes, number: number) => Promise<number>

/** Sends in one way or another; gives how many messages that were. */
const ways: readonly Way[] = [
  async (channel, number) => {
    await channel.send(numbered(number, 20))
    return 1
  },
  async (channel, number) => {
    while (channel.trySend(numbered(number, 700)) === undefined) await channel.writable(700)
    channel.flush()
    return 1
  },
  async (channel, number) => {
    const packed = Buffer.concat([0, 1, 2].map((i) => numbered(number + i, 24)))
    while (channel.trySendPacked(packed, 24) === undefined) await channel.writable(72)
    return 3
  },
  async (channel, number) => {
    channel.tryLoan(100)?.abort()
    let loan = channel.tryLoan(300)
    for (; loan === undefined; loan = channel.tryLoan(300)) await channel.writable(300)
    loan.bytes.set(numbered(number, 200))
    loan.commit(200)
    await turn() // whoever reads goes to sleep
    return 1
  },
  async (channel, number) => {
    await channel.send(numbered(number, 9000))
    return 1
  },
  async (channel, number) => {
    await Promise.all([0, 1, 2].map((i) => channel.send(numbered(number + i, 900))))
    return 3
  },
]

/** Sends messages 0, 1, ... up to `total` or a little more; gives how many. */
export async function sendNumbered(channel: Bytes, total: number): Promise<number> {
  let sent = 0
  for (let i = 0; sent < total; i++) sent += (await ways[i % ways.length]?.(channel, sent)) ?? 0
  return sent
}

/** How a reader goes about it, and how far it has come: it may be interrupted. */
export interface Reading {
  done: number
  /** Where it stops, before the end. */
  readonly most?: number
  /** What it does with each. */
  readonly handle?: (message: Uint8Array) => Promise<void>
}

/** Receives messages 0, 1, ... until the end, each whole and once. */
export async function receiveNumbered(channel: Bytes, reading: Reading): Promise<void> {
  while (reading.done !== reading.most) {
    const message = await (takes[reading.done % takes.length] ?? takeView)(channel)
    if (message === null) return
    checkNumbered(message, reading.done)
    reading.done++
    await reading.handle?.(message)
    if (reading.done % 5 === 0) for (let i = 0; i < 4; i++) await turn() // whoever writes has no more room
  }
}

const room = new Uint8Array(16_384)

const takes: readonly ((channel: Bytes) => Promise<Uint8Array | null>)[] = [
  (channel) => channel.receive(),
  async (channel) => {
    const length = await channel.receiveInto(room)
    return length === null ? null : room.slice(0, length)
  },
  takeView,
]

/** Holds its place for a turn. */
async function takeView(channel: Bytes): Promise<Uint8Array | null> {
  const view = await channel.receiveView()
  await turn()
  const message = view?.bytes.slice() ?? null
  view?.release()
  return message
}

const PATIENCE = { timeout: 20_000 }

/** As `sendNumbered`, blocking the thread: what it promises has been done. */
export async function sendBlocking(channel: Bytes, total: number): Promise<void> {
  for (let i = 0; i < total; i++) channel.sendSync(numbered(i, [20, 700, 9000][i % 3] ?? 20), PATIENCE)
}

/** As `receiveNumbered`, blocking the thread. */
export async function receiveBlocking(channel: Bytes, reading: Reading): Promise<void> {
  while (reading.done !== reading.most) {
    const message = channel.receiveSync(PATIENCE)
    if (message === null) return
    checkNumbered(message, reading.done)
    reading.done++
    await reading.handle?.(message)
  }
}
