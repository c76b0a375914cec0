// The part of msgpackr that is used here: the build without native code and without code made from what peers send.
import { requirePackage } from '../channel/missing-package.ts'

/** Options of msgpackr's `Packr`. */
export interface PackrOptions {
  readonly useRecords: false
  readonly mapsAsObjects: true
  readonly moreTypes: true
  readonly structuredClone: false
  readonly copyBuffers: true
}

/** msgpackr writes into one buffer that all its users share, from `position` on. */
export interface Packr {
  position: number
  encode(value: unknown, mode: number): Buffer & { readonly start: number; readonly end: number }
  decode(bytes: Uint8Array): unknown
  useBuffer(buffer: Buffer): void
}

/** How values of a class are sent: as what `write` makes of them. */
interface Extension {
  readonly Class: { [Symbol.hasInstance](value: object): boolean }
  write(value: Uint8Array): unknown
}

export interface Msgpackr {
  addExtension(extension: Extension): void
  readonly Packr: new (options: PackrOptions) => Packr
  /** `encode` gives the shared buffer itself; its `start` and `end` say where the bytes are. */
  readonly REUSE_BUFFER_MODE: number
  /** `encode` leaves `position` where it was, so that the bytes are good until the next call. */
  readonly RESET_BUFFER_MODE: number
}

// Left to itself msgpackr sends only Buffers as MessagePack's binary data, which other languages know.
const BINARY: Extension = {
  Class: { [Symbol.hasInstance]: (value) => value.constructor === Uint8Array },
  write: ({ buffer, byteOffset, length }) => Buffer.from(buffer, byteOffset, length),
}

let loaded: Msgpackr | undefined

/** MissingPackageError. */
export function msgpackr(): Msgpackr {
  if (loaded === undefined) {
    loaded = requirePackage('msgpackr/index-no-eval', 'the codec msgpack') as Msgpackr
    loaded.addExtension(BINARY)
  }
  return loaded
}
