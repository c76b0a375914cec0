// Packets through sockets: unix: of type seqpacket or dgram, udp:.
import type { AddressOf } from '../../address/index.ts'
import type { PeerCredentials } from '../../kernel/socket/credentials.ts'
import { isAbstract, type UnixName } from '../../kernel/socket/name.ts'
import { withMode } from '../mode.ts'
import { type Coming, come, type NetworkAddress, nameOf, tellPort, unixName } from './come.ts'
import type { QueueSink, QueueSource } from './queue.ts'
import { inTime } from './wait.ts'

const CLOSED = 'the sender closed'

/** Takes the name; of seqpacket one connection, otherwise from anybody. */
export async function openSource(address: NetworkAddress, coming: Coming): Promise<QueueSource> {
  if (address.kind === 'udp') return udpSource(address, coming)
  if (address.kind === 'tcp') throw new TypeError('tcp: has no packets')
  return address.options.type === 'dgram'
    ? datagramSource(address, coming)
    : connectionSource(address, coming)
}

export async function openSink(address: NetworkAddress, coming: Coming): Promise<QueueSink> {
  const name = nameOf(address)
  if (address.kind === 'udp') {
    const { UdpSocket } = await import('../../kernel/socket/udp.ts')
    const socket = await UdpSocket.create({ host: address.host.includes(':') ? '::' : '0.0.0.0', port: 0 })
    return {
      name,
      send: (data, wait) => socket.send(data, { ...wait, to: address }),
      close: () => socket.close(),
    }
  }
  if (address.kind === 'tcp') throw new TypeError('tcp: has no packets')
  if (address.options.type === 'dgram') {
    const { UnixDatagram } = await import('../../kernel/socket/datagram.ts')
    const socket = UnixDatagram.create()
    await come(address, coming, () => socket.connect(unixName(address)))
    return { name, send: (data, wait) => socket.send(data, wait), close: () => socket.close() }
  }
  const { UnixSocket } = await import('../../kernel/socket/socket.ts')
  const type = 'seqpacket'
  const socket = await come(address, coming, (wait) =>
    UnixSocket.connect(unixName(address), { type, ...wait }),
  )
  return { name, send: (data, wait) => socket.send(data, wait), close: () => socket.close() }
}

async function udpSource(address: AddressOf<'udp'>, coming: Coming): Promise<QueueSource> {
  const { UdpSocket } = await import('../../kernel/socket/udp.ts')
  const socket = await UdpSocket.create(address)
  tellPort(address, socket.name.port, coming)
  return {
    name: nameOf(address),
    async receive(wait) {
      const { data, sender } = await socket.receive(wait)
      return { data, sender: { address: nameOf({ kind: 'udp', ...sender, options: {} }) } }
    },
    close: () => socket.close(),
  }
}

async function datagramSource(address: AddressOf<'unix'>, coming: Coming): Promise<QueueSource> {
  const { UnixDatagram } = await import('../../kernel/socket/datagram.ts')
  const socket = withMode(address.options.mode, (permissions) =>
    UnixDatagram.create(unixName(address), { replaceStale: true, ...permissions }),
  )
  socket.passCredentials = true
  const callOff = coming.onInterrupt(() => socket.unlink())
  return {
    name: nameOf(address),
    async receive(wait) {
      const got = await socket.receive(wait)
      return got === null ? null : { data: got.data, sender: senderOf(got.credentials, got.sender) }
    },
    close() {
      callOff()
      socket.unlink()
      socket.close()
    },
  }
}

async function connectionSource(address: AddressOf<'unix'>, coming: Coming): Promise<QueueSource> {
  const { UnixListener } = await import('../../kernel/socket/listener.ts')
  const name = nameOf(address)
  using listener = withMode(address.options.mode, (permissions) =>
    UnixListener.listen(unixName(address), { type: 'seqpacket', replaceStale: true, ...permissions }),
  )
  const callOff = coming.onInterrupt(() => listener.unlink())
  const socket = await inTime(`waiting for a sender to ${name}`, coming.timeout, () =>
    listener.accept(coming.left()),
  ).finally(() => {
    callOff()
    listener.unlink()
  })
  const sender = senderOf(socket.peer, undefined)
  return {
    name,
    ended: CLOSED,
    async receive(wait) {
      const data = await socket.read(wait)
      return data === null ? null : { data, sender }
    },
    close: () => socket.close(),
  }
}

function senderOf(who: PeerCredentials | undefined, name: UnixName | undefined): object {
  if (name === undefined) return { ...who }
  const text = typeof name === 'string' ? name.replace(/^\0/, '') : Buffer.from(name.abstract).toString()
  return { ...who, address: nameOf({ kind: 'unix', name: text, abstract: isAbstract(name), options: {} }) }
}
