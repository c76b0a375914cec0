// One side of a ping-pong over two semaphores, one for each direction. The same as bench/c/semaphore.c.
import { Mapping, PosixSemaphore, SysvSemaphores } from 'hutong'
import { type Plan, speaksFirst, startClock, takePlan } from './plan.ts'
import { LINE, MEMORY } from './semaphore-layout.ts'

interface Pair {
  post(): void
  wait(): void
}

function overSysv(plan: Plan): Pair {
  const set = SysvSemaphores.from(Number(plan.extra))
  const mine = { index: speaksFirst(plan) ? 1 : 0 }
  const theirs = { index: 1 - mine.index }
  return { post: () => set.post(theirs), wait: () => set.waitSync(mine) }
}

function overPosix(plan: Plan): Pair {
  const memory = Mapping.of(MEMORY)
  const there = PosixSemaphore.at(memory, 0)
  const back = PosixSemaphore.at(memory, LINE)
  const [mine, theirs] = speaksFirst(plan) ? [back, there] : [there, back]
  return { post: () => theirs.post(), wait: () => mine.waitSync() }
}

/** As in roles.ts: V8 compiles a function that is called often. */
const BATCH = 256

function call(pair: Pair, count: number): void {
  for (let i = 0; i < count; i++) {
    pair.post()
    pair.wait()
  }
}

function answer(pair: Pair, count: number): void {
  for (let i = 0; i < count; i++) {
    pair.wait()
    pair.post()
  }
}

function repeat(step: typeof call, pair: Pair, count: number): void {
  for (let left = count; left > 0; left -= BATCH) step(pair, Math.min(BATCH, left))
}

const plan = takePlan()
const pair = plan.mechanism === 'posix-sem' ? overPosix(plan) : overSysv(plan)
if (speaksFirst(plan)) {
  repeat(call, pair, plan.warmUp)
  const stop = startClock()
  repeat(call, pair, plan.count)
  stop()
} else {
  repeat(answer, pair, plan.warmUp + plan.count)
}
