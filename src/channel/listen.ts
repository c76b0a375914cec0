// listen: waits at an address for others to connect channels to it.
import { type Address, type AddressOf, formatAddress } from '../address/index.ts'
import { EOPNOTSUPP } from '../sys/errno.ts'
import { SysError } from '../sys/error.ts'
import type { WaitOptions } from '../wait/options.ts'
import { Channel } from './channel.ts'
import type { Codec } from './codec.ts'
import { type Acceptor, ChannelListener } from './listener.ts'
import {
  addressFrom,
  type ChannelOptions,
  type Coded,
  checkChannelOptions,
  codecFrom,
  type Optional,
  shmOptions,
  streamOptions,
  type Uncoded,
} from './options.ts'
import { ShmRendezvous } from './shm/rendezvous.ts'
import type { ByteStream } from './stream/byte-stream.ts'
import { TcpStreams } from './stream/tcp.ts'
import { type StreamOptions, StreamTransport } from './stream/transport.ts'
import { UnixStreams } from './stream/unix.ts'

/** Options of `listen`. */
export interface ListenOptions extends ChannelOptions {}

/** What gives byte streams, for one mechanism. */
interface StreamSource {
  readonly address: Address
  accept(options?: WaitOptions): Promise<ByteStream>
  ref(): void
  unref(): void
  close(): void
}

/**
 * Listens at an address: `shm:`, `unix:`, `tcp:`, `fifo:`. A path that a dead listener left behind is taken over. EADDRINUSE: somebody
 * else listens there. EACCES. AddressError.
 */
export async function listen(
  address: string | Address,
  options?: ListenOptions & Uncoded,
): Promise<ChannelListener<Uint8Array>>
export async function listen<T>(
  address: string | Address,
  options: ListenOptions & Coded<T>,
): Promise<ChannelListener<T>>
export async function listen<T>(
  address: string | Address,
  options: ListenOptions & Optional<Coded<T>> = {},
): Promise<ChannelListener<T>> {
  checkChannelOptions(options)
  const codec = codecFrom(options)
  return new ChannelListener(await acceptorAt(addressFrom(address), codec, options))
}

async function acceptorAt<T>(
  address: Address,
  codec: Codec<T>,
  options: ListenOptions,
): Promise<Acceptor<T>> {
  const label = labelOf(address)
  switch (address.kind) {
    case 'unix':
      return fromStreams(
        () => new UnixStreams(address, label),
        codec,
        streamOptions(options, address.options),
      )
    case 'tcp':
      return fromStreams(() => TcpStreams.listen(address), codec, streamOptions(options, address.options))
    case 'fifo':
      return fromStreams(
        async () => new (await import('./stream/fifo.ts')).FifoStreams(address, label),
        codec,
        streamOptions(options, address.options),
      )
    case 'shm':
      return fromShm(address, options, { label, codec })
    default:
      throw new SysError(EOPNOTSUPP, 'listen', {
        on: label,
        hint: 'Channels listen at shm:, unix:, tcp: and fifo:.',
      })
  }
}

/** What errors call a channel at this address. */
export function labelOf(address: Address): string {
  return formatAddress({ ...address, options: {} } as Address)
}

async function fromStreams<T>(
  begin: () => StreamSource | Promise<StreamSource>,
  codec: Codec<T>,
  options: StreamOptions,
): Promise<Acceptor<T>> {
  const source = await begin()
  return {
    address: source.address,
    accept: async (waiting?: WaitOptions) =>
      new Channel(new StreamTransport(await source.accept(waiting), options), codec),
    ref: () => source.ref(),
    unref: () => source.unref(),
    close: () => source.close(),
  }
}

function fromShm<T>(
  address: AddressOf<'shm'>,
  options: ListenOptions,
  named: { readonly label: string; readonly codec: Codec<T> },
): Acceptor<T> {
  const rendezvous = new ShmRendezvous(address, { ...shmOptions(options, address), ...named })
  return Object.assign(rendezvous, { address })
}
