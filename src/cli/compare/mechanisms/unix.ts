// The file through a Unix stream socket: read(2), write(2), read(2), write(2).
import { UnixSocket } from '../../../kernel/socket/socket.ts'
import type { Mechanism } from '../mechanism.ts'
import { StreamEnd } from '../parts/pipes.ts'
import { stageSockets } from '../parts/sockets.ts'

export const mechanism: Mechanism = {
  name: 'unix',
  how: 'the same through a Unix stream socket',
  prepare: () => stageSockets(UnixSocket.pair()),
  join({ descriptors: [fd = -1] }) {
    const socket = UnixSocket.from(fd)
    return new StreamEnd(socket, socket)
  },
}
