// The four roles of a trial. Line for line the same as bench/c/roles.h.
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
}

export function makeMessage(size: number): Message {
  const buffer = new ArrayBuffer(size)
  return { bytes: new Uint8Array(buffer), words: new Uint32Array(buffer) }
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

function runSender(plan: Plan, link: Link): void {
  const message = makeMessage(plan.size)
  for (let i = 0; i < plan.warmUp; i++) sendNumbered(link, message, i)
  receiveNumbered(link, message, 0)
  for (let i = 0; i < plan.count; i++) sendNumbered(link, message, i)
}

function runReceiver(plan: Plan, link: Link): void {
  const message = makeMessage(plan.size)
  for (let i = 0; i < plan.warmUp; i++) receiveNumbered(link, message, i)
  const stop = startClock()
  sendNumbered(link, message, 0)
  for (let i = 0; i < plan.count; i++) receiveNumbered(link, message, i)
  stop()
}

function runCaller(plan: Plan, link: Link): void {
  const message = makeMessage(plan.size)
  let stop = (): void => {}
  for (let i = 0; i < plan.warmUp + plan.count; i++) {
    if (i === plan.warmUp) stop = startClock()
    sendNumbered(link, message, i)
    receiveNumbered(link, message, i)
  }
  stop()
}

function runAnswerer(plan: Plan, link: Link): void {
  const message = makeMessage(plan.size)
  for (let i = 0; i < plan.warmUp + plan.count; i++) {
    receiveNumbered(link, message, i)
    sendNumbered(link, message, i)
  }
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
