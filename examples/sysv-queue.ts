// Two workers share the jobs in a System V queue; each answer goes back to who asked, by its type.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { SysvQueue } from 'hutong'

const [JOB, STOP] = [1, 2] // the types of what workers take; answers have the asker's process id as their type
const text = new TextDecoder()

async function work(queue: SysvQueue): Promise<void> {
  for await (const { type, data } of queue.messages({ upTo: STOP })) {
    if (type === STOP) break // a lower type goes first: no job is left by now
    const { from, number } = JSON.parse(text.decode(data))
    await queue.send(`${number} squared is ${number ** 2}`, { type: from })
  }
}

if (process.argv[2] === 'worker') {
  await work(SysvQueue.from(Number(process.argv[3])))
} else {
  const queue = SysvQueue.createPrivate()
  console.log(`${queue}: look at it with \`ipcs -q -i ${queue.id}\``)
  try {
    for (const number of [3, 4, 5, 6])
      await queue.send(JSON.stringify({ from: process.pid, number }), { type: JOB })
    console.log(`${queue.stat().messages} jobs wait; the second is ${text.decode(queue.peek(1)?.data)}`)

    const workers = [1, 2].map(() =>
      spawn(process.execPath, [fileURLToPath(import.meta.url), 'worker', `${queue.id}`], {
        stdio: 'inherit',
      }),
    )
    const ended = workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)))
    for (let n = 0; n < 4; n++) {
      const { data } = await queue.receive({ type: process.pid, timeout: 20_000 })
      console.log(text.decode(data))
    }
    for (const _ of workers) await queue.send('', { type: STOP })
    await Promise.all(ended)
    const { lastSender, lastReceiver } = queue.stat()
    console.log(`sent last by ${lastSender} (this process), received last by ${lastReceiver}`)
  } finally {
    queue.remove() // it would outlive every process
  }
}
