// A parent and a child talk by real-time signals with values; then: blocked, sent five times, seen pending, unblocked.
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { signals } from 'hutong'

const QUESTION = 'SIGRTMIN+3'
const ANSWER = 'SIGRTMIN+4'

if (process.argv[2] === 'child') {
  const questions = signals.listen([QUESTION])
  signals.queue(process.ppid, ANSWER, 0) // it listens now
  for await (const { pid = 0, value = 0 } of questions) {
    if (value === 0) break // leaving the loop closes the listener
    signals.queue(pid, ANSWER, value * value)
  }
} else {
  const answers = signals.listen([ANSWER])
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), 'child'], { stdio: 'inherit' })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const { pid = 0 } = await answers.wait({ timeout: 10_000 })
  for (const value of [2, 3, 4]) signals.queue(pid, QUESTION, value) // all at once: they queue, in order
  for (let got = 0; got < 3; got++) {
    const { signal, source, uid, value } = await answers.wait({ timeout: 10_000 })
    console.log(`${signal} by ${source} from process ${pid} of user ${uid}: ${value}`)
  }
  signals.queue(pid, QUESTION, 0)
  answers.close()
  console.log(`the child exited with ${await ended}`)

  process.on('SIGUSR2', (name) => console.log(`process.on heard ${name}`)) // Node's own listeners go on
  signals.block(['SIGUSR2', QUESTION]) // in every thread of the process
  for (let value = 1; value <= 5; value++) {
    signals.send(process.pid, 'SIGUSR2')
    signals.queue(process.pid, QUESTION, value)
  }
  console.log(`pending: ${signals.pending().join(', ')}`)
  const listener = signals.listen([QUESTION])
  signals.unblock(['SIGUSR2', QUESTION])
  const values = []
  for (let got = 0; got < 5; got++) values.push((await listener.wait()).value)
  console.log(
    `${QUESTION} came five times, in order: ${values.join(' ')}; nothing more: ${listener.tryWait()}`,
  )
  listener.close()
  await sleep(20) // process.on is told once: standard signals do not queue

  const alarm = signals.listen(['SIGALRM'])
  signals.alarm(5)
  const { signal, source } = await alarm.wait()
  alarm.close()
  console.log(`${signal} by the ${source}, after 5 ms`)
}
