// Messages in MessagePack, which programs in other languages read and write too.

import { noValue, refusal } from '../channel/codec/value.ts'
import type { Codec } from '../channel/codec.ts'
import { check } from './check.ts'
import { type Msgpackr, msgpackr, type Packr, type PackrOptions } from './packr.ts'

const OPTIONS: PackrOptions = {
  useRecords: false,
  mapsAsObjects: true,
  moreTypes: true,
  structuredClone: false,
  copyBuffers: true,
}

// Below this much room a value is encoded in msgpackr's own buffer and copied: making the place known to msgpackr costs more.
const WORTHWHILE = 16_384
// Where messages longer than this were encoded is not kept.
const LONG = 2 ** 20
const FRESH = 8192

const NIL = 0xc0
const EXTENSION_1 = 0xd4

function checkNotNothing(bytes: Uint8Array, at: number, end: number): void {
  const [first, type] = [bytes[at], bytes[at + 1]]
  // Also functions, and what has a `toJSON` that gives null, are nothing by now.
  if (end - at === 1 && first === NIL) throw noValue('msgpack', 'null')
  if (end - at === 3 && first === EXTENSION_1 && type === 0) throw noValue('msgpack', 'undefined')
}

// A value's `toJSON` may come back here, say by sending on another channel; msgpackr's buffer is not to be changed then.
let encoding = false

function alone<R>(encode: (nested: boolean) => R): R {
  const nested = encoding
  encoding = true
  try {
    return encode(nested)
  } catch (error) {
    throw refusal('msgpack', error)
  } finally {
    encoding = nested
  }
}

class MsgpackCodec<T> implements Codec<T> {
  readonly name = 'msgpack'
  readonly scratch = true
  readonly keeps = false
  readonly #packr: Packr
  readonly #reset: number
  readonly #reuse: number

  constructor({ Packr, RESET_BUFFER_MODE, REUSE_BUFFER_MODE }: Msgpackr) {
    this.#packr = new Packr(OPTIONS)
    this.#reset = RESET_BUFFER_MODE
    this.#reuse = REUSE_BUFFER_MODE
  }

  // Properties, so that a codec can be spread into another.
  readonly encode = (value: T): Uint8Array =>
    alone((nested) => {
      const bytes = this.#packr.encode(value, this.#reset)
      if (bytes.length > LONG && !nested) this.#packr.useBuffer(Buffer.allocUnsafeSlow(FRESH))
      checkNotNothing(bytes, 0, bytes.length)
      return bytes
    })

  readonly encodeInto = (value: T, target: Uint8Array): number => {
    if (target.length >= WORTHWHILE && !encoding) return alone(() => this.#encodeInPlace(value, target))
    const bytes = this.encode(value)
    if (bytes.length > target.length) return -1
    target.set(bytes)
    return bytes.length
  }

  readonly decode = (bytes: Uint8Array): T => {
    check(bytes)
    // What it slices out of a Buffer would be Buffers.
    const plain = Buffer.isBuffer(bytes)
      ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
      : bytes
    return this.#packr.decode(plain) as T
  }

  /** Lends msgpackr the target as its buffer. When the value does not fit it goes on in one of its own. */
  #encodeInPlace(value: T, target: Uint8Array): number {
    const packr = this.#packr
    const own = packr.encode(0, this.#reset | this.#reuse)
    const { position } = packr
    const place = Buffer.from(target.buffer, target.byteOffset, target.length)
    packr.useBuffer(place)
    try {
      const written = packr.encode(value, this.#reuse)
      if (written !== place) return -1
      checkNotNothing(place, written.start, written.end)
      return written.end - written.start
    } finally {
      packr.useBuffer(own)
      packr.position = position
    }
  }
}

/**
 * Messages are MessagePack, through the package msgpackr, which the program installs: MissingPackageError without it.
 *
 * Uint8Array is MessagePack's binary data, Date its timestamp, BigInt of up to 64 bits its integer, and a peer's 64-bit
 * integers are BigInts. Other typed arrays, Set, Error, RegExp and `undefined` are extensions that only msgpackr knows. A Map
 * arrives as an object with its keys as strings, and -0 as 0.
 */
export function msgpack<T>(): Codec<T> {
  return new MsgpackCodec<T>(msgpackr())
}
