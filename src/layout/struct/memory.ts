// The memory a struct is laid over.
import { isAnyArrayBuffer, isDataView } from 'node:util/types'
import { shown } from './field.ts'

/**
 * Where a struct may lie: an ArrayBuffer or SharedArrayBuffer, a typed array, Buffer or DataView over one, or an object
 * with `bytes`, such as a Mapping.
 */
export type StructMemory = ArrayBufferView | ArrayBuffer | SharedArrayBuffer | { readonly bytes: Uint8Array }

/** A DataView is taken as it is, which saves making one. */
export function viewOf(memory: StructMemory): DataView {
  if (isDataView(memory)) return memory
  if (ArrayBuffer.isView(memory)) return new DataView(memory.buffer, memory.byteOffset, memory.byteLength)
  if (isAnyArrayBuffer(memory)) return new DataView(memory)
  if (typeof memory === 'object' && memory !== null && memory.bytes instanceof Uint8Array)
    return viewOf(memory.bytes)
  throw new TypeError(`memory must be a buffer, a view of one or a mapping, not ${shown(memory)}`)
}

export interface Needed {
  readonly size: number
  readonly alignment: number
  readonly label: string
}

/** Throws unless the struct lies inside. A view whose buffer was detached throws TypeError by itself. */
export function checkInside(view: DataView, offset: number, { size, label }: Needed): void {
  const length = view.byteLength
  if (typeof offset !== 'number') throw new TypeError(`offset must be a number, not ${shown(offset)}`)
  if (Number.isSafeInteger(offset) && offset >= 0 && offset <= length - size) return
  throw new RangeError(
    `${label} has ${size} bytes, which do not lie at offset ${offset} inside the ${length} bytes given`,
  )
}

/** Throws unless C could have put the struct there. */
export function checkAligned(view: DataView, offset: number, { alignment, label }: Needed): void {
  const place = view.byteOffset + offset
  if (place % alignment === 0) return
  throw new RangeError(
    `${label} must lie at a multiple of ${alignment} bytes in its buffer, not at ${place}; read and write take any offset`,
  )
}
