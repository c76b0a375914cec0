// The options of listen, connect and channelOver: those given in code, those of the address, and the defaults, checked.
import type { StreamOptions as AddressStreamOptions } from '../address/address.ts'
import { type Address, type AddressOf, parseAddress } from '../address/index.ts'
import { bytes, type Codec } from './codec.ts'
import { DEFAULT_MAX_MESSAGE, type FramingName, framing } from './framing/index.ts'
import type { ShmChannelOptions } from './shm/rendezvous.ts'
import type { StreamOptions } from './stream/transport.ts'

/** Options of every end of a channel. Those that an address has, too, win over it. */
export interface ChannelOptions {
  /** How messages are told apart on a byte stream; see docs/address.md. Default `length`. Both ends must use the same. */
  readonly framing?: FramingName | undefined
  /** Bytes of the longest message, sent or received: 1 to 2^32 - 1. Default 64 MiB. */
  readonly limit?: number | undefined
  /** shm: bytes each direction holds, rounded up to a power of two; who listens decides. Default 256 KiB. */
  readonly capacity?: number | undefined
  /** shm: microseconds this end stays awake after traffic. Default 50; 0 with a single processor. */
  readonly spin?: number | undefined
}

/** A codec, where values are to be sent that are no bytes. */
export interface Coded<T> {
  readonly codec: Codec<T>
}
/** Without a codec messages are bytes. */
export interface Uncoded {
  readonly codec?: undefined
}

/** With or without. */
export type Optional<O> = { readonly [K in keyof O]?: O[K] | undefined }

/** The address as data. AddressError. */
export function addressFrom(address: string | Address): Address {
  if (typeof address === 'string') return parseAddress(address)
  if (typeof address === 'object' && address !== null) return address
  throw new TypeError(`address must be a string or an Address, not ${typeof address}`)
}

/** The codec that is meant. TypeError. */
export function codecFrom<T>(options: Optional<Coded<T>>): Codec<T> {
  const codec = options.codec ?? (bytes as unknown as Codec<T>)
  if (typeof codec.encode === 'function' && typeof codec.decode === 'function') return codec
  throw new TypeError('codec must have encode and decode: see the codecs of hutong/channel')
}

/** TypeError for options that are none. */
export function checkChannelOptions(options: unknown): void {
  if (options === undefined || (typeof options === 'object' && options !== null)) return
  throw new TypeError(`options must be an object, not ${typeof options}`)
}

/** What a byte stream needs to know, checked. TypeError, RangeError. */
export function streamOptions(options: ChannelOptions, address: AddressStreamOptions = {}): StreamOptions {
  const name = options.framing ?? address.framing ?? 'length'
  const limit = options.limit ?? address.limit ?? DEFAULT_MAX_MESSAGE
  return { framing: framing(name, { maxMessage: limit }).name, limit }
}

/** What a channel in shared memory needs to know; checked there. */
export function shmOptions(options: ChannelOptions, address?: AddressOf<'shm'>): ShmChannelOptions {
  return {
    capacity: options.capacity ?? address?.options.capacity,
    limit: options.limit ?? address?.options.limit,
    spin: options.spin ?? address?.options.spin,
  }
}
