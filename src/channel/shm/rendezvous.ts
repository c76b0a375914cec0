// How the two ends of a pair in shared memory find each other.
import type { AddressOf } from '../../address/address.ts'
import { UnixListener } from '../../kernel/socket/listener.ts'
import { UnixSocket } from '../../kernel/socket/socket.ts'
import { EPIPE } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import type { WaitOptions } from '../../wait/options.ts'
import { Channel } from '../channel.ts'
import type { Codec } from '../codec.ts'
import { type Coded, codecFrom, type Optional, type Uncoded } from '../options.ts'
import { Arrivals } from './arrivals.ts'
import { LEAST_CAPACITY, MOST_CAPACITY } from './layout.ts'
import type { Meeting } from './meeting.ts'
import { socketPath } from './names.ts'
import { type ShmOptions, ShmTransport } from './transport.ts'
import { checkSpin } from './wake.ts'
import { isCapacity, meet, type Terms, welcome } from './welcome.ts'

/** Options of channels in shared memory. */
export interface ShmChannelOptions {
  /** Bytes each direction holds: rounded up to a power of two, 4 KiB to 1 GiB. Default 256 KiB. Set by who listens. */
  readonly capacity?: number | undefined
  /** Bytes of the longest message taken from the peer. Default 64 MiB. */
  readonly limit?: number | undefined
  /**
   * Microseconds this end stays awake after traffic, 0 to 1,000,000, looking at the memory once a turn of the event loop
   * (the blocking forms: all the time); Infinity: the blocking forms never sleep. Default 50; 0 with a single processor.
   */
  readonly spin?: number | undefined
}

const DEFAULT_CAPACITY = 2 ** 18
const DEFAULT_LIMIT = 2 ** 26

/** The capacity that is meant. RangeError. */
export function checkCapacity(capacity: number = DEFAULT_CAPACITY): number {
  if (!Number.isInteger(capacity) || capacity < 1 || capacity > MOST_CAPACITY) {
    throw new RangeError(`capacity must be 1 to ${MOST_CAPACITY} bytes, not ${String(capacity)}`)
  }
  if (isCapacity(capacity)) return capacity
  return Math.max(LEAST_CAPACITY, 2 ** Math.ceil(Math.log2(capacity)))
}

function checked(options: ShmChannelOptions): ShmOptions {
  const { limit = DEFAULT_LIMIT } = options
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new RangeError(`limit must be 1 or more bytes, not ${String(limit)}`)
  }
  return { limit, spin: checkSpin(options.spin) }
}

/** The listening end of `shm:`. */
export class ShmRendezvous<T> {
  readonly #listener: UnixListener
  readonly #arrivals: Arrivals<Channel<T>>

  constructor(
    address: AddressOf<'shm'>,
    options: ShmChannelOptions & { readonly label: string; readonly codec: Codec<T> },
  ) {
    const { label, codec } = options
    const own = checked(options)
    const capacity = checkCapacity(options.capacity)
    // A path whose listener was killed is taken over; one that somebody listens at is EADDRINUSE.
    const listener = UnixListener.listen(socketPath(address, true), {
      mode: address.options.mode ?? 0o600,
      replaceStale: true,
    })
    /** Who connects and is gone again at once is not told of. */
    const next = async (): Promise<Channel<T>> => {
      for (;;) {
        const socket = await listener.accept()
        const { peer } = socket
        const meeting = welcomed(socket, capacity, { label, codec: codec.name })
        if (meeting !== undefined) return new Channel(new ShmTransport({ ...meeting, peer }, own), codec)
      }
    }
    this.#listener = listener
    this.#arrivals = new Arrivals({ next, ref: () => listener.ref(), unref: () => listener.unref() }, label)
  }

  /** The next end. */
  accept(options?: WaitOptions): Promise<Channel<T>> {
    return this.#arrivals.next(options)
  }

  ref(): void {
    this.#arrivals.keepAlive = true
  }

  unref(): void {
    this.#arrivals.keepAlive = false
  }

  /** Removes the path and stops listening; channels stay, but for those that nobody has accepted. */
  close(): void {
    if (this.#listener.closed) return
    this.#listener.unlink()
    this.#listener.close()
    this.#arrivals.close((channel) => channel.destroy())
  }
}

function welcomed(socket: UnixSocket, capacity: number, terms: Terms): Meeting | undefined {
  try {
    return welcome(socket, capacity, terms)
  } catch (error) {
    if (error instanceof SysError && error.errno === EPIPE) return undefined
    throw error
  }
}

/** The connecting end of `shm:`. ENOENT, ECONNREFUSED: nobody listens. EACCES. HandshakeError. */
export async function connectShm<T>(
  address: AddressOf<'shm'>,
  options: ShmChannelOptions & WaitOptions & { readonly label: string; readonly codec: Codec<T> },
): Promise<Channel<T>> {
  const own = checked(options)
  const socket = await UnixSocket.connect(socketPath(address, false), options)
  return join(socket, own, options)
}

/** An end that was handed to this process, or thread, by `channelPair`. */
export function connectDescriptor<T>(
  fd: number,
  options: ShmChannelOptions & WaitOptions & { readonly label: string; readonly codec: Codec<T> },
): Promise<Channel<T>> {
  return join(UnixSocket.from(fd), checked(options), options)
}

async function join<T>(
  socket: UnixSocket,
  own: ShmOptions,
  options: WaitOptions & { readonly label: string; readonly codec: Codec<T> },
): Promise<Channel<T>> {
  const meeting = await meet(socket, { label: options.label, codec: options.codec.name }, options)
  return new Channel(new ShmTransport(meeting, own), options.codec)
}

/** The end of a `channelPair` that goes to a child process or a worker. */
export class RemoteEnd {
  readonly #socket: UnixSocket

  /** For `channelPair`. */
  constructor(socket: UnixSocket) {
    this.#socket = socket
  }

  /** For `stdio` of `child_process.spawn`; there it is `connect('fd:3')`. Close this end after the spawn. */
  get fd(): number {
    return this.#socket.inherit()
  }

  /** For a worker, by `workerData` or `postMessage`: `connect(address)` there takes it over, and this end is closed. */
  detach(): string {
    return `fd:${this.#socket.detach()}`
  }

  /** Closes it here. Idempotent. */
  close(): void {
    this.#socket.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/** Two joined ends: one for here, one for a child process or a worker. Without a codec messages are bytes. */
export function channelPair(options?: ShmChannelOptions & Uncoded): [Channel<Uint8Array>, RemoteEnd]
export function channelPair<T>(options: ShmChannelOptions & Coded<T>): [Channel<T>, RemoteEnd]
export function channelPair<T>(
  options: ShmChannelOptions & Optional<Coded<T>> = {},
): [Channel<T>, RemoteEnd] {
  const codec = codecFrom(options)
  const own = checked(options)
  const capacity = checkCapacity(options.capacity)
  const [near, far] = UnixSocket.pair()
  const meeting = welcome(near, capacity, { label: 'channel pair', codec: codec.name })
  return [new Channel(new ShmTransport(meeting, own), codec), new RemoteEnd(far)]
}
