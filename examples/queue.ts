// A queue of jobs between processes: two workers share them; one is killed half-way, and the other gets what it had.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { consume, holdQueue, json, produce } from 'hutong/channel'

const JOBS = 1000
const codec = json<{ readonly number: number }>()

if (process.argv[2] === 'work') {
  const worker = await consume(process.argv[3] ?? '', { codec, atOnce: 50 })
  let done = 0
  let again = 0
  for await (const job of worker) {
    if (process.argv[4] === 'clumsy' && done === 100) process.kill(process.pid, 'SIGKILL')
    if (job.redelivered) again++
    job.acknowledge()
    done++
  }
  console.log(`worker ${process.pid}: did ${done} jobs, ${again} of them after another had them`)
} else {
  const folder = mkdtempSync(join(tmpdir(), 'hutong-'))
  const address = `shm:${join(folder, 'jobs')}`
  const holder = await holdQueue(address)
  const producer = await produce(address, { codec })
  for (let number = 0; number < JOBS; number++) await producer.send({ number })

  const clumsy = fork(fileURLToPath(import.meta.url), ['work', address, 'clumsy'])
  const [, signal] = await once(clumsy, 'exit')
  console.log(`worker ${clumsy.pid} was killed (${signal}): ${JSON.stringify(holder.counters)}`)

  const worker = fork(fileURLToPath(import.meta.url), ['work', address])
  const ended = once(worker, 'exit')
  await producer.close()
  while (holder.counters.done < JOBS) await new Promise((resolve) => setTimeout(resolve, 5))
  await holder.close()
  await ended
  console.log(
    `all ${holder.counters.done} jobs are done, ${holder.counters.redelivered} were given out again`,
  )
  rmSync(folder, { recursive: true })
}
