// One side of a ping-pong by real-time signals with a value: `queue` and `waitSync`. The same as bench/c/signal.c.
import { signals } from 'hutong'
import { speaksFirst, startClock, takePlan } from './plan.ts'

const SIGNAL = 'SIGRTMIN+3'

import { meetPeer } from './peer.ts'

/** As in roles.ts: V8 compiles a function that is called often. */
const BATCH = 256

const plan = takePlan()
const listener = signals.listen([SIGNAL])
const peer = meetPeer()

function receive(number: number): void {
  const { pid, value } = listener.waitSync()
  if (pid !== peer || value !== number) throw new Error(`${value} of ${pid} came where ${number} was due`)
}

function call(from: number, to: number): void {
  for (let i = from; i < to; i++) {
    signals.queue(peer, SIGNAL, i)
    receive(i)
  }
}

function answer(from: number, to: number): void {
  for (let i = from; i < to; i++) {
    receive(i)
    signals.queue(peer, SIGNAL, i)
  }
}

function repeat(step: typeof call, count: number): void {
  for (let from = 0; from < count; from += BATCH) step(from, Math.min(from + BATCH, count))
}

const step = speaksFirst(plan) ? call : answer
repeat(step, plan.warmUp)
const stop = speaksFirst(plan) ? startClock() : undefined
repeat(step, plan.count)
stop?.()
listener.close()
