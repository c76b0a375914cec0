// A channel between two processes: orders go one way, what was filled comes back; then one of them is killed.
// The lane is an address: run it with `unix:/tmp/orders`, `tcp:127.0.0.1:0` or `fifo:/tmp/orders` as well.
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Channel, connect, json, listen } from 'hutong/channel'

interface Order {
  readonly symbol: string
  readonly amount: number
  readonly filled?: boolean
}
const codec = json<Order>()

async function serve(channel: Channel<Order>): Promise<void> {
  for await (const order of channel) await channel.send({ ...order, filled: true })
}

async function trade(address: string): Promise<void> {
  const channel = await connect(address, { codec, wait: true, timeout: 5000 })
  for (const symbol of ['tea', 'silk', 'salt']) await channel.send({ symbol, amount: 10 })
  for (let answers = 0; answers < 3; answers++) {
    const order = await channel.receive({ timeout: 5000 })
    console.log(`${order?.amount} of ${order?.symbol}: ${order?.filled ? 'filled' : 'open'}`)
  }
  console.log(`${JSON.stringify(channel.counters.sent)}: what this end has sent`)
  process.kill(process.pid, 'SIGKILL') // without closing anything
}

const [role, given] = process.argv.slice(2)
if (role === 'trade') await trade(given ?? '')
else {
  const folder = mkdtempSync(join(tmpdir(), 'hutong-'))
  const listener = await listen(role ?? `shm:${join(folder, 'orders')}`, { codec })
  const child = fork(fileURLToPath(import.meta.url), ['trade', listener.address])
  const channel = await listener.accept({ timeout: 5000 })
  listener.close() // which takes its path away; the channel stays
  await serve(channel).catch((error) => console.log(`${error}`))
  const { reason } = await channel.closed
  console.log(`the channel to process ${child.pid} is over: ${reason}`)
  await channel.close()
  rmSync(folder, { recursive: true })
}
