// C structs over any memory, with the C compiler's own offsets and padding.
import { type AccessorClass, accessorOf } from './accessor.ts'
import { DETAIL, type Detail, detailOf, shown } from './field.ts'
import { printHeader } from './header.ts'
import { checkIdentifier } from './identifier.ts'
import type { CopyOfFields, InputOfFields, StructFields, ViewOfFields } from './inference.ts'
import { layOut } from './lay-out.ts'
import { checkAligned, checkInside, type Needed, type StructMemory, viewOf } from './memory.ts'
import { type Part, partDetail } from './part.ts'

/** Options of `struct`. */
export interface StructOptions {
  /** Its tag in C, and its name in errors. */
  readonly name?: string
}

type Behaviour = Detail<unknown, unknown, unknown, boolean>

interface Member {
  readonly name: string
  /** In errors. */
  readonly label: string
  readonly at: number
  readonly detail: Behaviour
}

/** Up to here the memory for a private copy is kept. */
const KEPT = 65536

/** A C struct's layout: where each field lies, and accessors over any memory. Made by `struct`. */
export class Struct<Fields extends StructFields>
  implements Part<ViewOfFields<Fields>, CopyOfFields<Fields>, InputOfFields<Fields>>
{
  /** Bytes, padding included: sizeof. */
  readonly size: number
  /** Bytes: _Alignof. */
  readonly alignment: number
  /** Of each field, in bytes: offsetof. */
  readonly offsets: { readonly [Name in keyof Fields]: number }
  readonly name: string | undefined
  readonly [DETAIL]: Detail<ViewOfFields<Fields>, CopyOfFields<Fields>, InputOfFields<Fields>, false>
  readonly #members: readonly Member[]
  readonly #fields: StructFields
  readonly #needed: Needed
  readonly #Accessor: AccessorClass
  #scratch: DataView | undefined

  /** @internal */
  constructor(fields: Fields, name: string | undefined) {
    const { size, alignment, offsets } = layOut(fields)
    this.size = size
    this.alignment = alignment
    this.offsets = offsets as typeof this.offsets
    this.name = name
    this.#fields = Object.freeze({ ...fields })
    this.#needed = { size, alignment, label: name === undefined ? 'the struct' : `struct ${name}` }
    this.#members = Object.entries(fields).map(([field, type]) => ({
      name: field,
      label: name === undefined ? field : `${name}.${field}`,
      at: offsets[field] ?? 0,
      detail: detailOf(type, field),
    }))
    const properties = this.#members.map(({ name, label, at, detail }, index) => ({
      name,
      cell: detail.cell(at, label, index),
    }))
    this.#Accessor = accessorOf(properties, (place) => this.#copy(place.$view, place.$start))
    this[DETAIL] = partDetail({
      size,
      alignment,
      view: (view, at) => new this.#Accessor(view, at) as unknown as ViewOfFields<Fields>,
      copy: (view, at) => this.#copy(view, at),
      write: (view, at, value, field) => this.#write(view, at, value, field),
      declare: (field, definitions) => `struct ${definitions.struct(this, this.#fields, field)} ${field}`,
    })
  }

  /**
   * An accessor: an object whose properties are the fields in `memory`, `offset` bytes in. Assigning one writes it at once.
   * Structs, arrays, bytes and atomics inside are objects over the same memory, made once: write through them.
   *
   * Pass a DataView where it matters: it is used as it is. Once the memory is detached (a mapping was closed), reads and
   * writes throw TypeError, and typed arrays read `undefined`.
   *
   * @throws RangeError if it does not lie inside, or not at a multiple of its alignment in the buffer
   */
  at(memory: StructMemory, offset = 0): ViewOfFields<Fields> {
    const view = viewOf(memory)
    checkInside(view, offset, this.#needed)
    checkAligned(view, offset, this.#needed)
    return new this.#Accessor(view, offset) as unknown as ViewOfFields<Fields>
  }

  /**
   * A copy of all fields as a plain object, from any offset, aligned or not. The bytes are copied first, so that what is
   * checked cannot change afterwards.
   */
  read(memory: StructMemory, offset = 0): CopyOfFields<Fields> {
    const view = viewOf(memory)
    checkInside(view, offset, this.#needed)
    return this.#privately((copy) => {
      bytesOf(copy, 0, this.size).set(bytesOf(view, offset, this.size))
      return this.#copy(copy, 0)
    })
  }

  /** Writes all fields, and zeros between them, to any offset; nothing at all if a value is refused. */
  write(memory: StructMemory, values: InputOfFields<Fields>, offset = 0): void {
    const view = viewOf(memory)
    checkInside(view, offset, this.#needed)
    this.#privately((copy) => {
      this.#write(copy, 0, values, this.#needed.label)
      bytesOf(view, offset, this.size).set(bytesOf(copy, 0, this.size))
    })
  }

  /**
   * The C header that declares `struct name`, and what is inside it, with assertions of every size and offset, so that the
   * C compiler confirms the layout. C11 or newer.
   */
  header(name: string | undefined = this.name): string {
    if (name === undefined) throw new TypeError('name must be given: the struct has none of its own')
    checkIdentifier(name, 'name')
    return printHeader(this.#fields, name)
  }

  /** Memory that nobody else sees, all zero. Taken away meanwhile: a getter of the values may come back here. */
  #privately<Result>(use: (copy: DataView) => Result): Result {
    const view = this.#scratch ?? new DataView(new ArrayBuffer(this.size))
    this.#scratch = undefined
    try {
      return use(view)
    } finally {
      if (this.size <= KEPT) {
        bytesOf(view, 0, this.size).fill(0)
        this.#scratch = view
      }
    }
  }

  #copy(view: DataView, at: number): CopyOfFields<Fields> {
    const copy: Record<string, unknown> = {}
    for (const member of this.#members) {
      copy[member.name] = member.detail.copy(view, at + member.at, member.label)
    }
    return copy as CopyOfFields<Fields>
  }

  #write(view: DataView, at: number, values: InputOfFields<Fields>, field: string): void {
    if (typeof values !== 'object' || values === null) {
      throw new TypeError(`${field} must be an object of fields, not ${shown(values)}`)
    }
    if (!('$view' in values)) this.#checkNames(values, field)
    for (const member of this.#members) {
      const value = (values as Record<string, unknown>)[member.name]
      if (value === undefined) throw new TypeError(`${member.label} is missing`)
      member.detail.write(view, at + member.at, value, member.label)
    }
  }

  #checkNames(values: object, field: string): void {
    for (const name of Object.keys(values)) {
      if (!Object.hasOwn(this.offsets, name)) throw new TypeError(`${field} has no field ${shown(name)}`)
    }
  }
}

function bytesOf(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length)
}

/**
 * Lays fields out as the C compiler does on 64-bit Linux: `struct({ id: u32, price: f64, name: cstring(16) })`.
 *
 * @throws TypeError for a name that C does not accept, for no fields at all, or for what is no field type
 */
export function struct<Fields extends StructFields>(
  fields: Fields,
  options: StructOptions = {},
): Struct<Fields> {
  const { name } = options
  if (name !== undefined) checkIdentifier(name, 'name')
  return new Struct(fields, name)
}
