// The file through Unix datagram sockets: write(2) and read(2) of a packet each.
import { UnixDatagram } from '../../../kernel/socket/datagram.ts'
import type { Mechanism } from '../mechanism.ts'
import { PacketEnd } from '../parts/packets.ts'
import { SocketPackets, stageSockets } from '../parts/sockets.ts'

export const mechanism: Mechanism = {
  name: 'dgram',
  how: 'the same as Unix datagrams, without a connection to end',
  prepare: () => stageSockets(UnixDatagram.pair()),
  join: ({ descriptors: [fd = -1] }) => new PacketEnd(new SocketPackets(fd)),
}
