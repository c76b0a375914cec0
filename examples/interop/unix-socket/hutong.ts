// An open file that travels through a Unix socket, to or from peer.c and peer.py: `serve PATH` waits for one client,
// says who it is, reads the file it sends and answers with its text in capitals; `give PATH FILE` is the client.
import { closeSync, openSync, readFileSync } from 'node:fs'
import { UnixListener, UnixSocket } from 'hutong'

const text = new TextDecoder()
const [role, path = '', file = ''] = process.argv.slice(2)

if (role === 'serve') {
  const listener = UnixListener.listen(path)
  console.log('ready')
  const client = await listener.accept()
  const { pid, uid, gid } = client.peer
  const message = await client.receive({ descriptors: 1, timeout: 10_000 })
  const descriptor = message?.descriptors[0]
  if (descriptor === undefined) throw new Error('the client sent no file')
  const content = readFileSync(descriptor.number, 'utf8')
  descriptor.close()
  console.log(`process ${pid} of user ${uid}, group ${gid}: ${content}`)
  await client.write(content.toUpperCase())
  client.close()
  listener.unlink()
  listener.close()
} else {
  const fd = openSync(file, 'r')
  const server = await UnixSocket.connect(path)
  await server.send('file', { descriptors: [fd] })
  closeSync(fd) // what is under way stays open
  console.log(text.decode((await server.read({ timeout: 10_000 })) ?? undefined))
  server.close()
}
