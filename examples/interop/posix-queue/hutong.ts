// POSIX message queues, shared with peer.c, peer.pl or peer.py: `answer NAME` or `ask NAME WORD...`
// Questions go through NAME, answers come back through NAME-answers. The last question, of the lowest priority, is empty.
import { PosixQueue } from 'hutong'

const size = { maxMessages: 8, messageSize: 8192 }
const text = new TextDecoder()
const [role, name = '', ...words] = process.argv.slice(2)

if (role === 'answer') {
  const questions = PosixQueue.create(name, size)
  const answers = PosixQueue.create(`${name}-answers`, size)
  console.log('ready')
  for await (const { data, priority } of questions.messages()) {
    if (data.length === 0) break
    await answers.send(text.decode(data).toUpperCase(), { priority })
  }
  PosixQueue.unlink(name)
  PosixQueue.unlink(`${name}-answers`)
  for (const queue of [questions, answers]) queue.close()
} else {
  const questions = PosixQueue.open(name, { access: 'write' })
  const answers = PosixQueue.open(`${name}-answers`, { access: 'read' })
  for (const [index, word] of words.entries()) {
    await questions.send(word, { priority: index + 1 })
    const { data, priority } = await answers.receive({ timeout: 10_000 })
    console.log(`${priority} ${text.decode(data)}`)
  }
  await questions.send('', { priority: 0 })
  for (const queue of [questions, answers]) queue.close()
}
