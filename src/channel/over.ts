// channelOver: a channel over a byte stream that is there already.
import type { PipeReader } from '../kernel/pipe/reader.ts'
import type { PipeWriter } from '../kernel/pipe/writer.ts'
import { UnixSocket } from '../kernel/socket/socket.ts'
import { TcpSocket } from '../kernel/socket/tcp.ts'
import { Channel } from './channel.ts'
import {
  type ChannelOptions,
  type Coded,
  checkChannelOptions,
  codecFrom,
  type Optional,
  streamOptions,
  type Uncoded,
} from './options.ts'
import type { ByteStream } from './stream/byte-stream.ts'
import { pipeStream } from './stream/pipe.ts'
import { tcpStream } from './stream/tcp.ts'
import { StreamTransport } from './stream/transport.ts'
import { socketStream } from './stream/unix.ts'

/** What carries bytes: a connected socket, or pipes: one for each direction, or one alone, which only sends or receives. */
export type Carrier =
  | UnixSocket
  | TcpSocket
  | { readonly reader: PipeReader; readonly writer?: PipeWriter }
  | { readonly reader?: PipeReader; readonly writer: PipeWriter }

/** Options of `channelOver`. */
export type OverOptions = Pick<ChannelOptions, 'framing' | 'limit'>

/**
 * A channel over what is connected already. It is taken over: use only the channel from now on. EBUSY: operations wait on it.
 * EOPNOTSUPP: a socket of packets.
 */
export function channelOver(carrier: Carrier, options?: OverOptions & Uncoded): Channel<Uint8Array>
export function channelOver<T>(carrier: Carrier, options: OverOptions & Coded<T>): Channel<T>
export function channelOver<T>(carrier: Carrier, options: OverOptions & Optional<Coded<T>> = {}): Channel<T> {
  checkChannelOptions(options)
  const codec = codecFrom(options)
  const agreed = streamOptions(options)
  return new Channel(new StreamTransport(streamOf(carrier), agreed), codec)
}

function streamOf(carrier: Carrier): ByteStream {
  if (carrier instanceof UnixSocket) return socketStream(carrier, `channel over ${carrier}`)
  if (carrier instanceof TcpSocket) return tcpStream(carrier, `channel over ${carrier}`)
  const { reader, writer } = carrier
  if (reader === undefined && writer === undefined) {
    throw new TypeError('carrier must be a UnixSocket, a TcpSocket, or have a reader or a writer')
  }
  return pipeStream({ reader, writer }, `channel over ${reader?.name ?? writer?.name}`)
}
