// The file through a Unix socket that keeps packets apart: write(2) and read(2) of a packet each.
import { UnixSocket } from '../../../kernel/socket/socket.ts'
import type { Mechanism } from '../mechanism.ts'
import { PacketEnd } from '../parts/packets.ts'
import { SocketPackets, stageSockets } from '../parts/sockets.ts'

export const mechanism: Mechanism = {
  name: 'seqpacket',
  how: 'as packets of 64 KiB through a Unix socket that keeps them apart',
  prepare: () => stageSockets(UnixSocket.pair({ type: 'seqpacket' })),
  join: ({ descriptors: [fd = -1] }) => new PacketEnd(new SocketPackets(fd)),
}
