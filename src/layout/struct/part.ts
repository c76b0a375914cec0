// Makes a field type that is read as an object over the same memory: bytes, arrays, atomics, structs.
import { DETAIL, type Definitions, type FieldType, type Place } from './field.ts'

export interface PartSource<View, Copy, Input> {
  readonly size: number
  readonly alignment: number
  declare(name: string, definitions: Definitions): string
  /** The object for a part `at` bytes into `view`. */
  view(view: DataView, at: number, field: string): View
  copy(view: DataView, at: number, field: string): Copy
  write(view: DataView, at: number, value: Input, field: string): void
}

/** A field that is read as an object over the memory, and not assigned. */
export type Part<View, Copy, Input> = FieldType<View, Copy, Input, false>

export function part<View, Copy, Input>(source: PartSource<View, Copy, Input>): Part<View, Copy, Input> {
  return Object.freeze({ size: source.size, alignment: source.alignment, [DETAIL]: partDetail(source) })
}

/** Each accessor makes its object once, when first asked. */
export function partDetail<View, Copy, Input>(
  source: PartSource<View, Copy, Input>,
): Part<View, Copy, Input>[typeof DETAIL] {
  const { declare, view: make, copy, write } = source
  return {
    settable: false,
    declare,
    copy,
    write,
    cell: (at, field, index) => ({
      get(this: Place) {
        this.$parts ??= []
        const known = this.$parts[index] as View | undefined
        if (known !== undefined) return known
        const made = make(this.$view, this.$start + at, field)
        this.$parts[index] = made
        return made
      },
    }),
  }
}
