// Opens channels to a path, one after the other, and prints the milliseconds of the one in the middle. Arguments: listen or
// connect, the path, how many.
import { setTimeout } from 'node:timers/promises'
import { bytes, connect, listen } from 'hutong/channel'
import { quantile } from '../../statistics.ts'
import { untilItListens } from '../until-it-listens.ts'

const [role, path, times] = process.argv.slice(2)
const address = `shm:${path}`

async function accept(count: number): Promise<void> {
  const listener = await listen(address, { codec: bytes })
  for (let i = 0; i < count; i++) {
    const channel = await listener.accept()
    void channel.closed.then(() => channel.destroy())
  }
  listener.close()
}

async function open(count: number): Promise<number> {
  const taken: number[] = []
  for (let i = 0; i < count; i++) {
    const start = performance.now()
    const channel = await connect(address, { codec: bytes })
    taken.push(performance.now() - start)
    channel.destroy()
    await setTimeout(0) // the listener lets go of its end
  }
  return quantile(taken, 0.5)
}

if (role === 'listen') {
  await accept(Number(times) + 1)
} else {
  const first = await untilItListens(() => connect(address, { codec: bytes }))
  first.destroy()
  console.log(await open(Number(times)))
}
