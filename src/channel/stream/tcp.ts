// Channels over TCP. Node finds and makes the connection; from then on its descriptor is read and written as any other.
import type { AddressOf } from '../../address/address.ts'
import { TcpSocket } from '../../kernel/socket/tcp.ts'
import { TcpListener } from '../../kernel/socket/tcp-listener.ts'
import { Fd } from '../../sys/fd.ts'
import type { WaitOptions } from '../../wait/options.ts'
import { type ByteStream, nonblocking } from './byte-stream.ts'

type TcpAddress = AddressOf<'tcp'>

/** The byte stream of a connection, which is taken over. */
export function tcpStream(socket: TcpSocket, label: string): ByteStream {
  const { fd: number, early } = socket.detach()
  const fd = nonblocking(new Fd(number, label))
  return { label, kind: 'tcp', input: fd, output: fd, early }
}

export async function connectTcp(
  address: TcpAddress,
  options: WaitOptions & { readonly label: string },
): Promise<ByteStream> {
  return tcpStream(await TcpSocket.connect(address, options), options.label)
}

/** Listens at a TCP address. */
export class TcpStreams {
  readonly address: TcpAddress
  readonly #listener: TcpListener

  static async listen(address: TcpAddress): Promise<TcpStreams> {
    const { backlog } = address.options
    return new TcpStreams(
      address,
      await TcpListener.listen(address, backlog === undefined ? {} : { backlog }),
    )
  }

  private constructor(address: TcpAddress, listener: TcpListener) {
    this.address = { ...address, port: listener.name.port }
    this.#listener = listener
  }

  async accept(options?: WaitOptions): Promise<ByteStream> {
    const socket = await this.#listener.accept(options)
    const { host, port } = socket.peerName
    return tcpStream(socket, `tcp:${host.includes(':') ? `[${host}]` : host}:${port}`)
  }

  ref(): void {
    this.#listener.ref()
  }

  unref(): void {
    this.#listener.unref()
  }

  close(): void {
    this.#listener.close()
  }
}
