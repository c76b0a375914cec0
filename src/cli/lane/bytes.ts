// Byte streams through sockets: unix: of type stream, tcp:.
import type { AddressOf } from '../../address/index.ts'
import { withMode } from '../mode.ts'
import { type Coming, come, nameOf, tellPort, unixName } from './come.ts'
import type { Sink, Source } from './stream.ts'
import { inTime } from './wait.ts'

export type ByteAddress = AddressOf<'unix' | 'tcp'>

/** Takes the name, and one connection. A stale path is replaced; the path is gone again once somebody has come. */
export async function openSource(address: ByteAddress, coming: Coming): Promise<Source> {
  const name = nameOf(address)
  const what = `waiting for a sender to ${name}`
  if (address.kind === 'tcp') {
    const { TcpListener } = await import('../../kernel/socket/tcp-listener.ts')
    const { host, port, options } = address
    using listener = await TcpListener.listen({ host, port }, options)
    tellPort(address, listener.name.port, coming)
    const socket = await inTime(what, coming.timeout, () => listener.accept(coming.left()))
    return {
      name,
      read: (max, wait) => socket.read({ max, ...wait }),
      readByte: () => socket.tryRead({ max: 1 })?.[0],
      close: () => socket.close(),
    }
  }
  const { UnixListener } = await import('../../kernel/socket/listener.ts')
  const { mode, backlog } = address.options
  using listener = withMode(mode, (permissions) => {
    const options = backlog === undefined ? permissions : { backlog, ...permissions }
    return UnixListener.listen(unixName(address), { replaceStale: true, ...options })
  })
  const callOff = coming.onInterrupt(() => listener.unlink())
  const stop = (): void => {
    callOff()
    listener.unlink()
  }
  const socket = await inTime(what, coming.timeout, () => listener.accept(coming.left())).finally(stop)
  const one = new Uint8Array(1)
  return {
    name,
    read: (max, wait) => socket.read({ max, ...wait }),
    readByte: () => (socket.tryReadInto(one) === 1 ? one[0] : undefined),
    close: () => socket.close(),
  }
}

/** Connects to whoever listens there. */
export async function openSink(address: ByteAddress, coming: Coming): Promise<Sink> {
  const name = nameOf(address)
  const { TcpSocket } = await import('../../kernel/socket/tcp.ts')
  const { UnixSocket } = await import('../../kernel/socket/socket.ts')
  const socket = await come<{ write(data: Uint8Array, wait: object): Promise<number>; close(): void }>(
    address,
    coming,
    (wait) =>
      address.kind === 'tcp' ? TcpSocket.connect(address, wait) : UnixSocket.connect(unixName(address), wait),
  )
  return {
    name,
    write: async (bytes, wait) => void (await socket.write(bytes, wait)),
    close: () => socket.close(),
  }
}
