// A channel in shared memory, shared with peer.c or peer.py: `answer PATH`, or `ask PATH WORD...`
import { bytes, connect, listen } from 'hutong/channel'

const text = new TextDecoder()
const [role, path = '', ...words] = process.argv.slice(2)

if (role === 'answer') {
  const listener = await listen(`shm:${path}`, { codec: bytes, capacity: 4096 })
  console.log('ready')
  const channel = await listener.accept()
  for await (const question of channel) await channel.send(Buffer.from(text.decode(question).toUpperCase()))
  await channel.close()
  listener.close()
} else {
  const channel = await connect(`shm:${path}`, { codec: bytes })
  for (const word of words) {
    await channel.send(Buffer.from(word))
    console.log(text.decode((await channel.receive({ timeout: 10_000 })) ?? undefined))
  }
  await channel.close()
}
