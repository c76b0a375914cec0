// A System V message queue, shared with peer.c, peer.pl or peer.py: `answer KEY` or `ask KEY WORD...`
import { SysvQueue } from 'hutong'

const [QUESTION, ANSWER] = [1, 2]
const text = new TextDecoder()
const [role, key, ...words] = process.argv.slice(2)

if (role === 'answer') {
  const queue = SysvQueue.create(Number(key))
  console.log('ready')
  for await (const { data } of queue.messages({ type: QUESTION })) {
    if (data.length === 0) break
    await queue.send(text.decode(data).toUpperCase(), { type: ANSWER })
  }
  queue.remove()
} else {
  const queue = SysvQueue.open(Number(key))
  for (const word of words) {
    await queue.send(word, { type: QUESTION })
    const { data } = await queue.receive({ type: ANSWER, timeout: 10_000 })
    console.log(text.decode(data))
  }
  await queue.send('', { type: QUESTION })
  queue.close()
}
