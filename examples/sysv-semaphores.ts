// Two desks for four clerks: each process takes a desk with `undo`, works, and gives it back. One of them is killed at its desk, and
// the kernel gives its desk back in its place.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { SysvSemaphores } from 'hutong'

// The semaphores of the set.
const [DESKS, BUSY] = [0, 1]
const [, , id, name] = process.argv

if (id !== undefined) {
  const set = SysvSemaphores.from(Number(id))
  // Both at once, or neither: nobody is busy without a desk.
  await set.operate([
    { index: DESKS, change: -1, undo: true },
    { index: BUSY, change: 1, undo: true },
  ])
  console.log(`${name} has a desk`)
  if (name === 'Ann') await sleep(60_000) // until she is killed
  await sleep(5)
  set.operateSync([
    { index: BUSY, change: -1, undo: true },
    { index: DESKS, change: 1, undo: true },
  ])
} else {
  const set = SysvSemaphores.createPrivate({ count: 2, values: [2, 0] })
  const hire = (clerk: string): ChildProcess =>
    spawn(process.execPath, [fileURLToPath(import.meta.url), String(set.id), clerk], { stdio: 'inherit' })
  const ann = hire('Ann')
  try {
    while (set.value(BUSY) === 0) await sleep(1)
    const others = ['Bo', 'Cy', 'Di'].map(hire)
    await Promise.all(others.map((clerk) => once(clerk, 'exit')))
    console.log(`desks free: ${set.value(DESKS)}, Ann is still at hers`)
    ann.kill('SIGKILL')
    await set.waitForZero({ index: BUSY, timeout: 10_000 })
    console.log(`desks free: ${set.value(DESKS)}, although Ann was killed`)
  } finally {
    ann.kill('SIGKILL')
    set.remove() // it would outlive all processes
  }
}
