// channelPair in place of process.send and postMessage: one end here, one in a child process or in a worker.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { type Channel, channelPair, connect, json } from 'hutong/channel'

interface Question {
  readonly numbers: readonly number[]
}
interface Answer {
  readonly sum: number
  readonly by: string
}
const codec = json<Question | Answer>()
const self = fileURLToPath(import.meta.url)

async function answer(channel: Channel<Question | Answer>, by: string): Promise<void> {
  for await (const question of channel) {
    if ('numbers' in question) await channel.send({ sum: question.numbers.reduce((a, b) => a + b, 0), by })
  }
  await channel.close()
}

async function ask(channel: Channel<Question | Answer>): Promise<void> {
  await channel.send({ numbers: [1, 2, 3] })
  console.log(await channel.receive())
  await channel.close()
}

if (!isMainThread) {
  await answer(await connect(workerData, { codec }), 'a worker')
} else if (process.argv[2] === 'child') {
  await answer(await connect('fd:3', { codec }), 'a child')
} else {
  const [toChild, childsEnd] = channelPair({ codec })
  spawn(process.execPath, [self, 'child'], { stdio: ['ignore', 'inherit', 'inherit', childsEnd.fd] })
  childsEnd.close() // the child has its own: otherwise we would never see it die
  await ask(toChild)

  const [toWorker, workersEnd] = channelPair({ codec })
  new Worker(self, { workerData: workersEnd.detach() })
  await ask(toWorker)

  const [toNobody, end] = channelPair({ codec })
  spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', end.fd] }).kill('SIGKILL')
  end.close()
  console.log((await toNobody.closed).reason)
  toNobody.destroy()
}
