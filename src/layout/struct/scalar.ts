// Makes a field type of a property: what it takes to be read and assigned as a value.
import { type Cell, DETAIL, type Definitions, type Elements, Place, type Scalar } from './field.ts'

export interface ScalarSource<Value> {
  readonly size: number
  readonly alignment: number
  declare(name: string, definitions: Definitions): string
  cell(at: number, field: string): Required<Cell<Value, Value>>
  readonly elements?: Elements
}

export function scalar<Value, Typed = never>(source: ScalarSource<Value>): Scalar<Value, Typed> {
  const { size, alignment, declare, cell, elements } = source
  const cells = new Map<string, Required<Cell<Value, Value>>>()
  const cellOf = (field: string): Required<Cell<Value, Value>> => {
    const known = cells.get(field)
    if (known !== undefined) return known
    const made = cell(0, field)
    cells.set(field, made)
    return made
  }
  const detail = {
    settable: true as const,
    declare,
    cell,
    copy: (view: DataView, at: number, field: string) => cellOf(field).get.call(new Place(view, at)),
    write: (view: DataView, at: number, value: Value, field: string) =>
      cellOf(field).set.call(new Place(view, at), value),
  }
  return Object.freeze({
    size,
    alignment,
    [DETAIL]: elements === undefined ? detail : { ...detail, elements },
  })
}
