// The four roles of a trial. The same steps in the same order as bench/c/roles.h.
//
// Each message carries its number, which the receiver checks: a lost or repeated message fails the trial. The timed
// part begins when both sides have been through the warm-up and the receiver has said so on the way back.
import { type Plan, type Role, startClock } from './plan.ts'

/** One buffer, used again for every message. */
export interface Message {
  readonly bytes: Uint8Array
  readonly words: Uint32Array
}

/** A way there and a way back; both block until the whole message has been moved. */
export interface Link {
  send(message: Message): void
  receive(message: Message): void
  /** Memory for a message, where some is better than other. */
  memory?(size: number): Uint8Array
}

export function makeMessage(bytes: Uint8Array): Message {
  return { bytes, words: new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4) }
}

function sendNumbered(link: Link, message: Message, number: number): void {
  message.words[0] = number
  link.send(message)
}

function receiveNumbered(link: Link, message: Message, number: number): void {
  link.receive(message)
  const got = message.words[0]
  if (got !== number) throw new Error(`message ${got} came where ${number} was due`)
}

// Warm-up and timed part run the same function, over and over: V8 compiles a function that is called often, while a
// loop that runs once is replaced half way.
const BATCH = 256

type Step = (link: Link, message: Message, from: number, to: number) => void

function repeat(step: Step, link: Link, message: Message, count: number): void {
  for (let from = 0; from < count; from += BATCH) step(link, message, from, Math.min(from + BATCH, count))
}

function sendBatch(link: Link, message: Message, from: number, to: number): void {
  for (let i = from; i < to; i++) sendNumbered(link, message, i)
}

function receiveBatch(link: Link, message: Message, from: number, to: number): void {
  for (let i = from; i < to; i++) receiveNumbered(link, message, i)
}

function callBatch(link: Link, message: Message, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    sendNumbered(link, message, i)
    receiveNumbered(link, message, i)
  }
}

function answerBatch(link: Link, message: Message, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    receiveNumbered(link, message, i)
    sendNumbered(link, message, i)
  }
}

function runSender({ size, warmUp, count }: Plan, link: Link): void {
  const message = makeMessage(link.memory?.(size) ?? new Uint8Array(size))
  repeat(sendBatch, link, message, warmUp)
  receiveNumbered(link, message, 0)
  repeat(sendBatch, link, message, count)
}

function runReceiver({ size, warmUp, count }: Plan, link: Link): void {
  const message = makeMessage(link.memory?.(size) ?? new Uint8Array(size))
  repeat(receiveBatch, link, message, warmUp)
  const stop = startClock()
  sendNumbered(link, message, 0)
  repeat(receiveBatch, link, message, count)
  stop()
}

function runCaller({ size, warmUp, count }: Plan, link: Link): void {
  const message = makeMessage(link.memory?.(size) ?? new Uint8Array(size))
  repeat(callBatch, link, message, warmUp)
  const stop = startClock()
  repeat(callBatch, link, message, count)
  stop()
}

function runAnswerer({ size, warmUp, count }: Plan, link: Link): void {
  const message = makeMessage(link.memory?.(size) ?? new Uint8Array(size))
  repeat(answerBatch, link, message, warmUp)
  repeat(answerBatch, link, message, count)
}

const runs: Readonly<Record<Role, (plan: Plan, link: Link) => void>> = {
  sender: runSender,
  receiver: runReceiver,
  caller: runCaller,
  answerer: runAnswerer,
}

export function runRole(plan: Plan, link: Link): void {
  runs[plan.role](plan, link)
}
