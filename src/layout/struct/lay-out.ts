// The C compiler's rules: each field at the next multiple of its alignment, the whole a multiple of the largest.
import { detailOf, type FieldType, shown } from './field.ts'
import { checkIdentifier } from './identifier.ts'

export interface Layout {
  readonly size: number
  readonly alignment: number
  readonly offsets: Readonly<Record<string, number>>
}

function roundUp(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment
}

export function layOut(fields: Readonly<Record<string, FieldType>>): Layout {
  if (typeof fields !== 'object' || fields === null) {
    throw new TypeError(`fields must be an object of field types, not ${shown(fields)}`)
  }
  const offsets: Record<string, number> = {}
  let end = 0
  let alignment = 1
  for (const [name, type] of Object.entries(fields)) {
    checkIdentifier(name, 'a field')
    detailOf(type, name)
    const offset = roundUp(end, type.alignment)
    offsets[name] = offset
    end = offset + type.size
    alignment = Math.max(alignment, type.alignment)
  }
  const size = roundUp(end, alignment)
  if (end === 0) throw new TypeError('a struct must have a field: C has no empty ones')
  if (!Number.isSafeInteger(size)) throw new RangeError('the struct is too large')
  return { size, alignment, offsets: Object.freeze(offsets) }
}
