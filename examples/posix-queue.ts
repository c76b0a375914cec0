// A queue of jobs: urgent ones first, two workers, and somebody who is told when work comes.
import { spawn } from 'node:child_process'
import { PosixQueue } from 'hutong'

const text = new TextDecoder()
const [, script = '', role, name = ''] = process.argv

if (role === 'worker') {
  const jobs = PosixQueue.open(name, { access: 'read' })
  let done = 0
  for await (const { data } of jobs.messages()) {
    if (data.length === 0) break
    done++
  }
  console.log(`worker ${process.pid}: ${done} jobs`)
  jobs.close()
} else {
  const jobs = PosixQueue.create(`/jobs-${process.pid}`, { maxMessages: 8, messageSize: 256 })
  try {
    const told = jobs.notify()
    await jobs.send('sweep the yard')
    await told
    console.log('the queue was empty, and a message came')
    await jobs.send('mend the roof', { priority: 5 })
    await jobs.send('put out the fire', { priority: 32_767 })
    while (jobs.queued > 0) {
      const { data, priority } = jobs.receiveSync()
      console.log(`${priority}: ${text.decode(data)}`)
    }
    await jobs.receive({ timeout: 10 }).catch((error) => console.log(`${error.name}: nothing left to do`))

    const workers = [1, 2].map(() => {
      const worker = spawn(process.execPath, [script, 'worker', jobs.name], { stdio: 'inherit' })
      return new Promise((resolve) => worker.once('exit', resolve))
    })
    // Eight fit: from then on each send waits until a worker has taken one, on the event loop.
    for (let number = 1; number <= 100; number++) await jobs.send(`job ${number}`, { priority: 1 })
    for (const _ of workers) await jobs.send('', { priority: 0 }) // comes after all the others
    await Promise.all(workers)
  } finally {
    PosixQueue.unlink(jobs.name)
    jobs.close()
  }
}
