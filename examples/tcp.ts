// A conversation over TCP, then one over UDP, within this process.
import { TcpListener, TcpSocket, UdpSocket } from 'hutong'

const HERE = { host: '127.0.0.1', port: 0 } // any port that is free

const listener = await TcpListener.listen(HERE)
const serving = (async () => {
  const socket = await listener.accept()
  for await (const chunk of socket) await socket.write(Buffer.from(chunk).toString().toUpperCase())
  socket.close() // the client has ended its direction, and so do we
  listener.close()
})()

const client = await TcpSocket.connect(listener.name, { timeout: 5000 })
await client.write('hello over tcp')
await client.shutdown()
let answer = ''
for await (const chunk of client) answer += Buffer.from(chunk).toString()
console.log(answer)
client.close()
await serving

const [asking, answering] = [await UdpSocket.create(HERE), await UdpSocket.create(HERE)]
await asking.send('hello over udp', { to: answering.name })
const { data, sender } = await answering.receive({ timeout: 5000 })
await answering.send(Buffer.from(data).toString().toUpperCase(), { to: sender })
console.log(Buffer.from((await asking.receive({ timeout: 5000 })).data).toString())
asking.close()
answering.close()
