// One process publishes prices to three: two keep up, a slow one loses the oldest and knows exactly how many.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { json, publish, subscribe } from 'hutong/channel'

interface Price {
  readonly symbol: string
  readonly price: number
}

const PRICES = 2000
const [role, address = `shm:${join(tmpdir(), `prices-${process.pid}`)}`] = process.argv.slice(2)

if (role === undefined) {
  const publisher = publish<Price>(address, { codec: json(), capacity: 65_536 })
  const children = ['eager', 'eager', 'slow'].map((name) =>
    spawn(process.execPath, [fileURLToPath(import.meta.url), name, address], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  )
  for (const { stdout } of children) await once(stdout, 'data') // has subscribed
  for (const { stdout } of children) stdout.pipe(process.stdout)
  for (let i = 0; i < PRICES; i++) {
    await publisher.send({ symbol: 'HTG', price: 100 + (i % 7) })
    if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const { messages, wakes } = publisher.counters
  await publisher.close() // what is in the log is still received
  console.log(`publisher ${process.pid}: ${messages} prices, rang a bell ${wakes} times`)
  await Promise.all(children.map((child) => once(child, 'exit')))
} else {
  const subscriber = await subscribe<Price>(address, { codec: json() })
  console.log('ready')
  if (role === 'slow') await new Promise((resolve) => setTimeout(resolve, 300)) // busy with something else
  let received = 0
  let sum = 0
  for await (const { price } of subscriber) {
    received++
    sum += price
  }
  const mean = (sum / received).toFixed(2)
  console.log(`${role} ${process.pid}: ${received} received, mean ${mean}, ${subscriber.lost} lost`)
  subscriber.close()
}
