// connect: joins the channel of whoever listens at an address.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Address } from '../address/index.ts'
import { EOPNOTSUPP } from '../sys/errno.ts'
import { SysError } from '../sys/error.ts'
import { checkOptions, TimeoutError, type WaitOptions } from '../wait/options.ts'
import { Channel } from './channel.ts'
import type { Codec } from './codec.ts'
import { labelOf } from './listen.ts'
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
import { connectDescriptor, connectShm } from './shm/rendezvous.ts'
import type { ByteStream } from './stream/byte-stream.ts'
import { descriptorStream } from './stream/descriptor.ts'
import { connectTcp } from './stream/tcp.ts'
import { StreamTransport } from './stream/transport.ts'
import { connectUnix } from './stream/unix.ts'

/** Options of `connect`. */
export interface ConnectOptions extends ChannelOptions, WaitOptions {
  /** Tries again while nobody listens, until the timeout or abort. Default false: ENOENT, ECONNREFUSED at once. */
  readonly wait?: boolean | undefined
}

const PAUSE = { first: 5, most: 100 } // ms
// The last: it was closed before it took us.
const NOBODY = ['ENOENT', 'ECONNREFUSED', 'ENXIO', 'ECONNRESET']

/**
 * Connects to whoever listens at an address; `fd:N` is an end of a `channelPair` that was handed to this process, or, with
 * a `framing`, any inherited socket or pipe. ENOENT, ECONNREFUSED: nobody listens. EACCES. AddressError.
 */
export async function connect(
  address: string | Address,
  options?: ConnectOptions & Uncoded,
): Promise<Channel<Uint8Array>>
export async function connect<T>(
  address: string | Address,
  options: ConnectOptions & Coded<T>,
): Promise<Channel<T>>
export async function connect<T>(
  address: string | Address,
  options: ConnectOptions & Optional<Coded<T>> = {},
): Promise<Channel<T>> {
  checkChannelOptions(options)
  checkOptions(options)
  const codec = codecFrom(options)
  const to = addressFrom(address)
  if (options.wait !== true) return join(to, codec, options)
  const deadline = performance.now() + (options.timeout ?? Number.POSITIVE_INFINITY)
  for (let pause = PAUSE.first; ; pause = Math.min(2 * pause, PAUSE.most)) {
    const left = Math.max(0, deadline - performance.now())
    try {
      return await join(to, codec, { ...options, timeout: options.timeout && left })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && NOBODY.includes(error.code as string))) throw error
      if (left === 0) throw new TimeoutError(`waiting for a listener at ${labelOf(to)}`, options.timeout ?? 0)
    }
    await sleep(Math.min(pause, left), undefined, { signal: options.signal }).catch(() => {})
    options.signal?.throwIfAborted()
  }
}

async function join<T>(address: Address, codec: Codec<T>, options: ConnectOptions): Promise<Channel<T>> {
  const label = labelOf(address)
  if (address.kind === 'shm') {
    return connectShm(address, { ...options, ...shmOptions(options, address), label, codec })
  }
  if (address.kind === 'fd' && (options.framing ?? address.options.framing) === undefined) {
    return connectDescriptor(address.fd, { ...options, ...shmOptions(options), label, codec })
  }
  const { framing, limit } =
    'framing' in address.options ? address.options : { framing: undefined, limit: undefined }
  const agreed = streamOptions(options, { ...(framing && { framing }), ...(limit && { limit }) })
  return new Channel(new StreamTransport(await streamTo(address, { ...options, label }), agreed), codec)
}

async function streamTo(
  address: Address,
  options: WaitOptions & { readonly label: string },
): Promise<ByteStream> {
  switch (address.kind) {
    case 'unix':
      return connectUnix(address, options)
    case 'tcp':
      return connectTcp(address, options)
    case 'fifo':
      return (await import('./stream/fifo.ts')).connectFifo(address, options.label)
    case 'fd':
      return descriptorStream(address.fd, options.label)
    default:
      throw new SysError(EOPNOTSUPP, 'connect', {
        on: options.label,
        hint: 'Channels connect to shm:, unix:, tcp:, fifo: and fd:.',
      })
  }
}
