// hutong's signals on the event loop: each is awaited. The same as bench/c/signal.c.
import { signals } from 'hutong'
import { meetPeer } from '../peer.ts'
import { speaksFirst, startClock, takePlan } from '../plan.ts'

const SIGNAL = 'SIGRTMIN+3'

const plan = takePlan()
const listener = signals.listen([SIGNAL], plan.extra === 'sleep' ? { spin: 0 } : {})
const peer = meetPeer()

async function receive(number: number): Promise<void> {
  const { pid, value } = await listener.wait()
  if (pid !== peer || value !== number) throw new Error(`${value} of ${pid} came where ${number} was due`)
}

async function call(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    signals.queue(peer, SIGNAL, i)
    await receive(i)
  }
}

async function answer(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await receive(i)
    signals.queue(peer, SIGNAL, i)
  }
}

const step = speaksFirst(plan) ? call : answer
await step(plan.warmUp)
const stop = speaksFirst(plan) ? startClock() : undefined
await step(plan.count)
stop?.()
listener.close()
