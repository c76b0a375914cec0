// Arrays: typed arrays where JavaScript has one, and an object that reads and writes element by element elsewhere.
import {
  checkCount,
  DETAIL,
  type Detail,
  detailOf,
  type Elements,
  type FieldType,
  type Numbers,
  type Scalar,
  shown,
} from './field.ts'
import { type Part, part } from './part.ts'

/** What an array of a field type is. */
export type ArrayOf<Type> =
  Type extends Scalar<infer Value, infer Typed>
    ? [Typed] extends [never]
      ? Part<ElementArray<Value, Value>, Value[], ArrayLike<Value>>
      : Part<Typed, Typed, ArrayLike<Value>>
    : Type extends FieldType<infer View, infer Copy, infer Input>
      ? Part<ElementArray<View, Input>, Copy[], ArrayLike<Input>>
      : never

interface ElementSource<View, Input> {
  readonly length: number
  readonly field: string
  get(index: number): View
  set(index: number, value: Input): void
}

/** An array inside a struct whose elements are no plain numbers: structs, strings, truth values, arrays, atomics. */
export class ElementArray<View, Input = View> implements Iterable<View> {
  readonly #source: ElementSource<View, Input>

  /** @internal */
  constructor(source: ElementSource<View, Input>) {
    this.#source = source
  }

  get length(): number {
    return this.#source.length
  }

  /** The element; a struct, array or atomic as an accessor over the same memory, made anew by each call. */
  get(index: number): View {
    return this.#source.get(this.#checked(index))
  }

  set(index: number, value: Input): void {
    this.#source.set(this.#checked(index), value)
  }

  *[Symbol.iterator](): Generator<View, undefined> {
    for (let index = 0; index < this.length; index++) yield this.get(index)
    return undefined
  }

  #checked(index: number): number {
    if (Number.isInteger(index) && index >= 0 && index < this.length) return index
    throw new RangeError(
      `index must be from 0 to ${this.length - 1} in ${this.#source.field}, not ${shown(index)}`,
    )
  }
}

function checkLength(values: ArrayLike<unknown>, length: number, field: string): void {
  if (typeof values !== 'object' || values === null || typeof values.length !== 'number') {
    throw new TypeError(`${field} must be an array, not ${shown(values)}`)
  }
  if (values.length !== length) {
    throw new RangeError(`${field} must have ${length} elements, not ${values.length}`)
  }
}

type AnyDetail = Detail<unknown, unknown, unknown, boolean>

interface ArraySource {
  readonly detail: AnyDetail
  readonly size: number
  readonly length: number
}

/** The view is over memory that is aligned: the struct's accessor saw to it. */
function numbers(elements: Elements, { detail, size, length }: ArraySource) {
  const { array: Typed, check } = elements as {
    array: Elements['array']
    check: (v: unknown, f: string) => void
  }
  const over = (view: DataView, at: number): Numbers => new Typed(view.buffer, view.byteOffset + at, length)
  return {
    view: over,
    copy: (view: DataView, at: number) => over(view, at).slice(),
    write(view: DataView, at: number, values: ArrayLike<unknown>, field: string) {
      checkLength(values, length, field)
      const element = `an element of ${field}`
      for (let index = 0; index < length; index++) {
        check(values[index], element)
        detail.write(view, at + index * size, values[index], element)
      }
    },
  }
}

function objects({ detail, size, length }: ArraySource) {
  const get = (view: DataView, at: number, field: string): unknown =>
    detail.settable
      ? detail.copy(view, at, field)
      : detail.cell(0, field, 0).get.call({ $view: view, $start: at, $parts: undefined })
  return {
    view: (view: DataView, at: number, field: string) =>
      new ElementArray<unknown>({
        length,
        field,
        get: (index) => get(view, at + index * size, field),
        set: (index, value) => detail.write(view, at + index * size, value, `an element of ${field}`),
      }),
    copy: (view: DataView, at: number, field: string) =>
      Array.from({ length }, (_, index) => detail.copy(view, at + index * size, field)),
    write(view: DataView, at: number, values: ArrayLike<unknown>, field: string) {
      checkLength(values, length, field)
      for (let index = 0; index < length; index++) {
        detail.write(view, at + index * size, values[index], `an element of ${field}`)
      }
    },
  }
}

/**
 * `type[length]`. Numbers read as a typed array over the memory (whose elements wrap, as in any typed array); other types
 * as an ElementArray. In `read` a copy of it or an array, in `write` anything with exactly `length` elements.
 */
export function array<Type extends FieldType>(type: Type, length: number): ArrayOf<Type> {
  const detail: AnyDetail = detailOf(type, 'the type of an array')
  checkCount(length, 'the length of an array', type.size)
  const source = { detail, size: type.size, length }
  const behaviour = detail.elements === undefined ? objects(source) : numbers(detail.elements, source)
  const made: Part<unknown, unknown, ArrayLike<unknown>> = part<unknown, unknown, ArrayLike<unknown>>({
    size: type.size * length,
    alignment: type.alignment,
    declare: (name, definitions) => type[DETAIL].declare(`${name}[${length}]`, definitions),
    ...behaviour,
  })
  return made as unknown as ArrayOf<Type>
}

/** `uint8_t[size]`: bytes as they are, a Uint8Array over the memory. */
export function bytes(size: number): Part<Uint8Array, Uint8Array, Uint8Array> {
  checkCount(size, 'the size of bytes', 1)
  const over = (view: DataView, at: number): Uint8Array =>
    new Uint8Array(view.buffer, view.byteOffset + at, size)
  return part({
    size,
    alignment: 1,
    declare: (name, definitions) => {
      definitions.include('stdint.h')
      return `uint8_t ${name}[${size}]`
    },
    view: over,
    copy: (view, at) => over(view, at).slice(),
    write(view, at, value, field) {
      if (!(value instanceof Uint8Array)) {
        throw new TypeError(`${field} must be a Uint8Array, not ${shown(value)}`)
      }
      checkLength(value, size, field)
      over(view, at).set(value)
    },
  })
}
