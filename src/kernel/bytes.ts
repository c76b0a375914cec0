// What may be written: bytes in any of JavaScript's forms, or text.
import { isAnyArrayBuffer } from 'node:util/types'
import type { BufferSource } from '../sys/native.ts'

/** Bytes in any form: a typed array, DataView, ArrayBuffer or SharedArrayBuffer, or a string, which is sent as UTF-8. */
export type Bytes = BufferSource | SharedArrayBuffer | string

const encoder = new TextEncoder()

/** The bytes of `data`, not copied unless it is a string; TypeError, naming the argument, for anything else. */
export function bytesOf(data: Bytes, name = 'data'): Uint8Array {
  if (data instanceof Uint8Array) return data
  if (typeof data === 'string') return encoder.encode(data)
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  if (isAnyArrayBuffer(data)) return new Uint8Array(data)
  throw new TypeError(`${name} must be a typed array, DataView, ArrayBuffer or string, not ${kindOf(data)}`)
}

/** Throws TypeError unless `target` is memory to read into, RangeError if it has no room. */
export function checkTarget(target: Uint8Array, name = 'target'): void {
  if (!ArrayBuffer.isView(target))
    throw new TypeError(`${name} must be a typed array or DataView, not ${kindOf(target)}`)
  if (target.byteLength === 0) throw new RangeError(`${name} must have room for at least one byte`)
}

/** What an argument of the wrong type is, for a message. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return typeof value
  return value.constructor?.name ?? 'object'
}
