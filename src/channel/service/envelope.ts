// What goes between a service and its clients: eight bytes that say what it is and which request it belongs to, then the
// bytes of the value's own codec.
//
//   0  kind      1 to 7, see KIND
//   1  0, 0, 0
//   4  id        of the request, little-endian; of HELLO how many requests may be open at once
//   8  a timed request: milliseconds until nobody waits for the reply, 32 bits, little-endian; the value

import { decodeText, encodeText } from '../codec/text.ts'
import type { Codec } from '../codec.ts'
import { type ErrorReport, toReport } from './service-error.ts'

/** How a service and its clients encode what they send: one codec, or one for each direction. */
export type ServiceCodec<Request, Reply> =
  | Codec<Request | Reply>
  | { readonly request: Codec<Request>; readonly reply: Codec<Reply> }

export type Envelope<Request, Reply> =
  /** The service's first word. Nothing: the reply to a request that asked for none but "done". */
  | { readonly kind: 'hello' | 'nothing' | 'cancel'; readonly id: number }
  | {
      readonly kind: 'request'
      readonly id: number
      readonly value: Request
      /** Milliseconds. */
      readonly timeout?: number | undefined
    }
  | { readonly kind: 'reply'; readonly id: number; readonly value: Reply }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorReport }
  /** Never sent: what was received, and its value is none of the codec. */
  | { readonly kind: 'broken'; readonly id: number; readonly of: 'request' | 'reply'; readonly fault: Fault }

/** Why a value is none. */
export interface Fault {
  readonly codec: string
  readonly cause: unknown
}

const KIND = { hello: 1, request: 2, timed: 3, reply: 4, nothing: 5, error: 6, cancel: 7 } as const
const HEADER = 8
const TIMED_HEADER = 12
export const MOST_ID = 2 ** 32 - 1

function put32(target: Uint8Array, at: number, value: number): void {
  target[at] = value
  target[at + 1] = value >>> 8
  target[at + 2] = value >>> 16
  target[at + 3] = value >>> 24
}

function get32(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0
}

/** Puts the header at the start of `target`, which has room for it; gives its length. */
function putHeader<Request, Reply>(target: Uint8Array, envelope: Envelope<Request, Reply>): number {
  const { kind, id } = envelope
  if (kind === 'broken') throw new TypeError('a broken envelope is never sent')
  const timeout = kind === 'request' ? envelope.timeout : undefined
  put32(target, 0, timeout === undefined ? KIND[kind] : KIND.timed)
  put32(target, 4, id)
  if (timeout === undefined) return HEADER
  put32(target, HEADER, timeout)
  return TIMED_HEADER
}

class EnvelopeCodec<Request, Reply> implements Codec<Envelope<Request, Reply>> {
  readonly name: string
  readonly scratch = false
  readonly keeps: boolean
  readonly #request: Codec<Request>
  readonly #reply: Codec<Reply>

  constructor(request: Codec<Request>, reply: Codec<Reply>) {
    this.#request = request
    this.#reply = reply
    this.name =
      request.name === reply.name ? `service:${reply.name}` : `service:${request.name},${reply.name}`
    this.keeps = request.keeps || reply.keeps
  }

  encode(envelope: Envelope<Request, Reply>): Uint8Array {
    const value = this.#valueOf(envelope)
    const bytes = new Uint8Array(TIMED_HEADER + value.length)
    const header = putHeader(bytes, envelope)
    bytes.set(value, header)
    return bytes.subarray(0, header + value.length)
  }

  encodeInto(envelope: Envelope<Request, Reply>, target: Uint8Array): number {
    if (target.length < TIMED_HEADER) return -1
    const header = putHeader(target, envelope)
    const place = target.subarray(header)
    const length = this.#valueInto(envelope, place)
    return length < 0 ? -1 : header + length
  }

  decode(bytes: Uint8Array): Envelope<Request, Reply> {
    if (bytes.length < HEADER) throw new RangeError(`an envelope of ${bytes.length} bytes`)
    const kind = get32(bytes, 0)
    const id = get32(bytes, 4)
    const value = bytes.subarray(kind === KIND.timed ? TIMED_HEADER : HEADER)
    if (kind === KIND.request) return this.#requestOf(value, id, undefined)
    if (kind === KIND.timed && bytes.length >= TIMED_HEADER)
      return this.#requestOf(value, id, get32(bytes, HEADER))
    if (kind === KIND.reply) return this.#replyOf(value, id)
    if (kind === KIND.error) return { kind: 'error', id, error: toReport(JSON.parse(decodeText(value))) }
    if (value.length > 0) throw new RangeError(`an envelope of kind ${kind} with ${value.length} bytes`)
    if (kind === KIND.nothing) return { kind: 'nothing', id }
    if (kind === KIND.cancel) return { kind: 'cancel', id }
    if (kind === KIND.hello) return { kind: 'hello', id }
    throw new RangeError(`an envelope of kind ${kind}`)
  }

  #valueOf(envelope: Envelope<Request, Reply>): Uint8Array {
    if (envelope.kind === 'request') return this.#request.encode(envelope.value)
    if (envelope.kind === 'reply') return this.#reply.encode(envelope.value)
    return encodeText(envelope.kind === 'error' ? JSON.stringify(envelope.error) : '')
  }

  #valueInto(envelope: Envelope<Request, Reply>, place: Uint8Array): number {
    if (envelope.kind === 'request' && this.#request.encodeInto !== undefined) {
      return this.#request.encodeInto(envelope.value, place)
    }
    if (envelope.kind === 'reply' && this.#reply.encodeInto !== undefined) {
      return this.#reply.encodeInto(envelope.value, place)
    }
    const value = this.#valueOf(envelope)
    if (value.length > place.length) return -1
    place.set(value)
    return value.length
  }

  #requestOf(value: Uint8Array, id: number, timeout: number | undefined): Envelope<Request, Reply> {
    try {
      return { kind: 'request', id, value: this.#request.decode(value), timeout }
    } catch (cause) {
      return { kind: 'broken', id, of: 'request', fault: { codec: this.#request.name, cause } }
    }
  }

  #replyOf(value: Uint8Array, id: number): Envelope<Request, Reply> {
    try {
      return { kind: 'reply', id, value: this.#reply.decode(value) }
    } catch (cause) {
      return { kind: 'broken', id, of: 'reply', fault: { codec: this.#reply.name, cause } }
    }
  }
}

function checked<T>(codec: Codec<T>): Codec<T> {
  if (typeof codec?.encode === 'function' && typeof codec.decode === 'function') return codec
  throw new TypeError('codec must have encode and decode, or be { request, reply } of two that have')
}

/** The codec of the channel between a service and a client: for a service over `channelPair`. TypeError. */
export function serviceCodec<Request, Reply>(
  codec: ServiceCodec<Request, Reply>,
): Codec<Envelope<Request, Reply>> {
  const two = typeof codec === 'object' && codec !== null && 'request' in codec
  const [request, reply] = two ? [codec.request, codec.reply] : [codec, codec]
  return new EnvelopeCodec(checked(request as Codec<Request>), checked(reply as Codec<Reply>))
}
