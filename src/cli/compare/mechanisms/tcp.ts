// The file through a TCP connection over the loopback interface: read(2), write(2), read(2), write(2).
import { constants } from '../../../sys/constants.ts'
import { must } from '../../../sys/error.ts'
import { Fd } from '../../../sys/fd.ts'
import * as sys from '../../../sys/socket.ts'
import type { Mechanism, Stage } from '../mechanism.ts'
import { StreamEnd } from '../parts/pipes.ts'
import { PlainSocket, stageSockets } from '../parts/sockets.ts'

const { AF_INET, SOCK_STREAM, SOCK_CLOEXEC, IPPROTO_TCP, TCP_NODELAY } = constants
const SOCKADDR_BYTES = 16

/** 127.0.0.1, and any port: struct sockaddr_in. */
function loopback(): Uint8Array {
  const address = new Uint8Array(SOCKADDR_BYTES)
  new Uint16Array(address.buffer)[0] = AF_INET
  address.set([127, 0, 0, 1], 4)
  return address
}

function open(): Fd {
  return new Fd(must(sys.socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), 'socket'), 'TCP socket')
}

/** A connection to ourselves, both of whose ends go to the sides. Messages leave at once (TCP_NODELAY). */
function prepare(): Stage {
  using listener = open()
  const address = loopback()
  must(sys.bind(listener.number, address), 'bind')
  must(sys.listen(listener.number, 1), 'listen')
  must(sys.getsockname(listener.number, address), 'getsockname')
  const client = open()
  must(sys.connect(client.number, address), 'connect')
  const server = new Fd(must(sys.accept4(listener.number, SOCK_CLOEXEC), 'accept4'), 'TCP socket')
  for (const { number } of [client, server]) {
    must(sys.setsockopt(number, IPPROTO_TCP, TCP_NODELAY, Int32Array.of(1)), 'setsockopt')
  }
  return stageSockets([new PlainSocket(client), new PlainSocket(server)])
}

export const mechanism: Mechanism = {
  name: 'tcp',
  how: 'the same through TCP over the loopback interface, as between machines',
  prepare,
  join({ descriptors: [fd = -1] }) {
    const socket = new PlainSocket(Fd.adopt(fd, 'TCP socket'))
    return new StreamEnd(socket, socket)
  },
}
