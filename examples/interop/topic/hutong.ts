// A topic, for peer.c or peer.py: `publish PATH WORD...` waits for a subscriber and ends after the last word;
// `subscribe PATH` prints every message until the end, then how many were lost.
import { bytes, publish, subscribe } from 'hutong/channel'

const text = new TextDecoder()
const [role, path = '', ...words] = process.argv.slice(2)

if (role === 'publish') {
  const publisher = publish(`shm:${path}`, { codec: bytes })
  console.log('ready')
  while (publisher.subscribers === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  for (const word of words) await publisher.send(Buffer.from(word))
  await publisher.close()
} else {
  const subscriber = await subscribe(`shm:${path}`, { codec: bytes })
  console.log('ready')
  for await (const message of subscriber) console.log(text.decode(message))
  console.log(`lost ${subscriber.lost}`)
  subscriber.close()
}
