// A server that knows who its clients are, and reads a file that one of them gives it. Then packets, and many with one call.
import { spawn } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Fd, PacketBatch, UnixListener, UnixSocket } from 'hutong'

const [, , path, secret = ''] = process.argv
if (path !== undefined) {
  const socket = await UnixSocket.connect(path)
  const file = new Fd(openSync(secret, 'r'), secret)
  await socket.send('a file for you', { descriptors: [file] })
  file.close() // the one that is under way stays open
  socket.shutdown()
  console.log(`client: the server says ${Buffer.from((await socket.read()) ?? []).toString()}`)
  socket.close()
} else {
  const folder = mkdtempSync(join(tmpdir(), 'hutong-example-'))
  writeFileSync(join(folder, 'secret'), 'open sesame')
  const listener = UnixListener.listen(join(folder, 'socket'))

  const self = fileURLToPath(import.meta.url)
  const child = spawn(
    process.execPath,
    ['--no-warnings', self, join(folder, 'socket'), join(folder, 'secret')],
    {
      stdio: 'inherit',
    },
  )
  const client = await listener.accept({ timeout: 20_000 })
  console.log(`server: the client is ${client.peer.pid === child.pid ? 'the child' : 'a stranger'}`)
  const message = await client.receive({ descriptors: 1 })
  for (const file of message?.descriptors ?? []) {
    await client.write(`"${readFileSync(file.number, 'utf8')}"`)
    file.close()
  }
  client.close()
  listener.unlink()
  listener.close()
  await new Promise((resolve) => child.on('close', resolve))
  rmSync(folder, { recursive: true })

  // Packets stay whole, in order, and have an end.
  const [one, other] = UnixSocket.pair({ type: 'seqpacket' })
  const batch = new PacketBatch({ capacity: 100, size: 16 })
  for (let index = 0; index < 100; index++) batch.add(`packet ${index}`)
  const sending = one.sendBatch(batch).then(() => one.close())
  const got = new PacketBatch({ capacity: 100, size: 16 })
  let count = 0
  for (let some = await other.receiveBatch(got); some !== null; some = await other.receiveBatch(got))
    count += some
  await sending
  other.close()
  console.log(`${count} packets, then the end`)
}
