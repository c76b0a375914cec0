// A System V semaphore set, shared with peer.c, peer.pl or peer.py: `return KEY ROUNDS` or `serve KEY ROUNDS`
import { SysvSemaphores } from 'hutong'

const [PING, PONG] = [0, 1]
const [role, key, rounds] = process.argv.slice(2)
const count = Number(rounds)

if (role === 'return') {
  const set = SysvSemaphores.create(Number(key), { count: 2 })
  console.log('ready')
  for (let round = 0; round < count; round++) {
    // Both at once: whoever looks never finds the ball on neither side.
    await set.operate([
      { index: PING, change: -1 },
      { index: PONG, change: 1 },
    ])
  }
  await set.waitForZero({ index: PONG, timeout: 10_000 })
  set.remove()
} else {
  const set = await SysvSemaphores.openOrCreate(Number(key), { count: 2 })
  for (let round = 0; round < count; round++) {
    set.post({ index: PING })
    await set.wait({ index: PONG, timeout: 10_000 })
  }
  set.close()
}
console.log(`${count} rounds`)
