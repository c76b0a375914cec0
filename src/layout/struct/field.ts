// What every field type is: its size, its alignment, how C declares it, and how its property reads and writes memory.
//
// An accessor is a prototype of getters over two ordinary properties, `$view` and `$start`: names no C identifier can
// have. Ordinary, because a getter that many structs share is then still compiled for the struct at hand; private
// fields and symbols cost it ten times as much as soon as there are five structs.

/** Where an accessor's struct lies. */
export class Place {
  declare readonly $view: DataView
  declare readonly $start: number
  /** The accessors inside this one, made when first asked for. */
  declare $parts: unknown[] | undefined

  constructor(view: DataView, start: number) {
    this.$view = view
    this.$start = start
    this.$parts = undefined
  }
}

/** A property of an accessor: `this` is where the struct lies. */
export interface Cell<View, Input> {
  get(this: Place): View
  /** Absent: what `get` gives is the thing to write to. */
  set?(this: Place, value: Input): void
}

/** How C names the types it must define beforehand. */
export interface Definitions {
  /** The tag of a nested struct, defined now if it is not yet; `hint` is what to call it. */
  struct(
    type: { readonly name?: string | undefined },
    fields: Readonly<Record<string, FieldType>>,
    hint: string,
  ): string
  /** Defines the constants of an enumeration or of flags. */
  constants(hint: string, values: Readonly<Record<string, number>>): void
  /** A header it needs. */
  include(file: string): void
}

export const DETAIL: unique symbol = Symbol('hutong.field')

/** The inside of a field type: what its property reads as, what a copy of it is, what may be written to it. */
export interface Detail<View, Copy, Input, Settable extends boolean> {
  readonly settable: Settable
  /** The property at `at` bytes of a struct; `field` is its name in errors, `index` its place among the fields. */
  cell(at: number, field: string, index: number): Cell<View, Input>
  copy(view: DataView, at: number, field: string): Copy
  write(view: DataView, at: number, value: Input, field: string): void
  /** The C declaration of a member: `uint32_t id`, `char name[16]`. */
  declare(name: string, definitions: Definitions): string
  /** The typed array an array of it is, and what each element must be. */
  readonly elements?: Elements
}

export type Numbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigUint64Array
  | BigInt64Array

export interface Elements<Typed extends Numbers = Numbers> {
  readonly array: new (buffer: ArrayBufferLike, offset: number, length: number) => Typed
  readonly check: (value: never, field: string) => void
}

/** The type of a field of a struct. */
export interface FieldType<
  View = unknown,
  Copy = unknown,
  Input = unknown,
  Settable extends boolean = boolean,
> {
  /** Bytes, as sizeof. */
  readonly size: number
  /** Bytes, as _Alignof. */
  readonly alignment: number
  readonly [DETAIL]: Detail<View, Copy, Input, Settable>
}

/** A field that is read and assigned as a value. */
export interface Scalar<Value, Typed = never> extends FieldType<Value, Value, Value, true> {
  /** Only in types: what an array of it is. */
  readonly typed?: Typed
}

/** Throws unless `field` is one of this module's types: a schema may come from JavaScript. */
export function detailOf<D>(field: { readonly [DETAIL]: D }, name: string): D {
  const detail: D | undefined = typeof field === 'object' && field !== null ? field[DETAIL] : undefined
  if (detail === undefined) throw new TypeError(`${name} must be a field type such as u32 or cstring(16)`)
  return detail
}

/** How a wrong value is called in an error. */
export function shown(value: unknown): string {
  if (typeof value === 'string')
    return value.length > 40 ? `a string of ${value.length}` : JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  return typeof value === 'object' && value !== null
    ? (value.constructor?.name ?? 'an object')
    : String(value)
}

/** A count of elements or bytes: C has no array of none. */
export function checkCount(count: number, what: string, size: number): void {
  if (typeof count !== 'number') throw new TypeError(`${what} must be a number, not ${shown(count)}`)
  if (Number.isSafeInteger(count) && count >= 1 && Number.isSafeInteger(count * size)) return
  throw new RangeError(`${what} must be a whole number from 1, not ${count}`)
}
