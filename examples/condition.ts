// One process waits, under a mutex in shared memory, for the items that another brings.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Condition, Mutex, PosixMemory } from 'hutong'

const NAME = `/hutong-example-${process.pid}`
const ITEMS = 3
// The memory: the mutex at 0, the number of items at 48, the condition at 64.
const [COUNT, CONDITION] = [48, 64]

const [, , name] = process.argv
const memory = name === undefined ? PosixMemory.create(NAME, { size: 4096 }) : PosixMemory.open(name)
const mapping = memory.map()
const items = mapping.view(Int32Array, COUNT, 1)

if (name !== undefined) {
  // The one who waits. A C program would include <hutong/condition.h>.
  const [mutex, condition] = [Mutex.at(mapping, 0), Condition.at(mapping, CONDITION)]
  for (let taken = 0; taken < ITEMS; taken++) {
    const held = await mutex.lock()
    while (items[0] === 0) await condition.wait(held, { timeout: 10_000 })
    items[0] = (items[0] ?? 0) - 1
    console.log(`process ${process.pid} took one, ${items[0]} left`)
    held.unlock()
  }
} else {
  try {
    const mutex = Mutex.initialize(mapping, 0)
    const condition = Condition.initialize(mapping, CONDITION, { waiters: 4 })
    const taker = spawn(process.execPath, [fileURLToPath(import.meta.url), NAME], { stdio: 'inherit' })
    const ended = once(taker, 'exit')
    while (condition.waiting === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    for (let brought = 0; brought < ITEMS; brought++) {
      const held = await mutex.lock()
      items[0] = (items[0] ?? 0) + 1
      held.unlock()
      condition.notify()
    }
    await ended
    console.log(`all are taken; waiting: ${condition.waiting}`)
  } finally {
    PosixMemory.unlink(NAME)
  }
}
mapping.close()
memory.close()
