// Numbers. Each type has getters and setters of its own in the source, so that each is compiled for its one size.
import { type Cell, type Elements, type Numbers, type Place, type Scalar, shown } from './field.ts'
import { scalar } from './scalar.ts'

/** Memory is shared with C, so in the processor's own order. */
export const LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** An integer type: what atomic and enumerated fields are made of. */
export interface IntegerSource<Value extends number | bigint> {
  readonly name: string
  /** Its name in C. */
  readonly c: string
  readonly size: number
  readonly least: Value
  readonly most: Value
}

interface Source<Value extends number | bigint, Typed extends Numbers> extends IntegerSource<Value> {
  readonly array: Elements<Typed>['array']
  readonly header?: string
  cell(at: number, field: string): Required<Cell<Value, Value>>
}

const sources = new WeakMap<object, IntegerSource<number | bigint>>()

/** What an integer type was made of; undefined for any other. */
export function integerOf<Value extends number | bigint>(
  type: Scalar<Value, unknown>,
): IntegerSource<Value> | undefined {
  return typeof type === 'object' && type !== null
    ? (sources.get(type) as IntegerSource<Value> | undefined)
    : undefined
}

function refuse({ name, least, most }: IntegerSource<number | bigint>, field: string, value: unknown): never {
  const big = typeof least === 'bigint'
  if (typeof value !== typeof least) {
    throw new TypeError(`${field} must be a ${big ? 'BigInt' : 'number'} (${name}), not ${shown(value)}`)
  }
  throw new RangeError(`${field} must be a whole number from ${least} to ${most} (${name}), not ${value}`)
}

export function checkInteger(source: IntegerSource<number | bigint>, value: unknown, field: string): void {
  const { least, most } = source
  const whole = typeof value === 'number' ? Number.isInteger(value) : typeof value === 'bigint'
  if (typeof value !== typeof least || !whole || (value as number) < least || (value as number) > most) {
    refuse(source, field, value)
  }
}

function integer<Value extends number | bigint, Typed extends Numbers>(
  source: Source<Value, Typed>,
): Scalar<Value, Typed> {
  const { size, c, array, header, cell } = source
  const type = scalar<Value, Typed>({
    size,
    alignment: size,
    declare: (name, definitions) => {
      definitions.include(header ?? 'stdint.h')
      return `${c} ${name}`
    },
    cell,
    elements: { array, check: (value: unknown, field: string) => checkInteger(source, value, field) },
  })
  sources.set(type, source)
  return type
}

const U8 = { name: 'u8', c: 'uint8_t', size: 1, least: 0, most: 0xff }
const I8 = { name: 'i8', c: 'int8_t', size: 1, least: -0x80, most: 0x7f }
const U16 = { name: 'u16', c: 'uint16_t', size: 2, least: 0, most: 0xffff }
const I16 = { name: 'i16', c: 'int16_t', size: 2, least: -0x8000, most: 0x7fff }
const U32 = { name: 'u32', c: 'uint32_t', size: 4, least: 0, most: 0xffffffff }
const I32 = { name: 'i32', c: 'int32_t', size: 4, least: -0x80000000, most: 0x7fffffff }
const U64 = { name: 'u64', c: 'uint64_t', size: 8, least: 0n, most: 2n ** 64n - 1n }
const I64 = { name: 'i64', c: 'int64_t', size: 8, least: -(2n ** 63n), most: 2n ** 63n - 1n }

/** `uint8_t`: a number from 0 to 255. */
export const u8: Scalar<number, Uint8Array> = integer({
  ...U8,
  array: Uint8Array,
  cell: (at, field) => ({
    get(this: Place) {
      return this.$view.getUint8(this.$start + at)
    },
    set(this: Place, value) {
      if ((value & 0xff) !== value) refuse(U8, field, value)
      this.$view.setUint8(this.$start + at, value)
    },
  }),
})

/** `int8_t`: a number from -128 to 127. */
export const i8: Scalar<number, Int8Array> = integer({
  ...I8,
  array: Int8Array,
  cell: (at, field) => ({
    get(this: Place) {
      return this.$view.getInt8(this.$start + at)
    },
    set(this: Place, value) {
      if ((value << 24) >> 24 !== value) refuse(I8, field, value)
      this.$view.setInt8(this.$start + at, value)
    },
  }),
})

/** `uint16_t`: a number from 0 to 65535. */
export const u16: Scalar<number, Uint16Array> = integer({
  ...U16,
  array: Uint16Array,
  cell: (at, field) => ({
    get(this: Place) {
      return this.$view.getUint16(this.$start + at, LITTLE)
    },
    set(this: Place, value) {
      if ((value & 0xffff) !== value) refuse(U16, field, value)
      this.$view.setUint16(this.$start + at, value, LITTLE)
    },
  }),
})

/** `int16_t`: a number from -32768 to 32767. */
export const i16: Scalar<number, Int16Array> = integer({
  ...I16,
  array: Int16Array,
  cell: (at, field) => ({
    get(this: Place) {
      return this.$view.getInt16(this.$start + at, LITTLE)
    },
    set(this: Place, value) {
      if ((value << 16) >> 16 !== value) refuse(I16, field, value)
      this.$view.setInt16(this.$start + at, value, LITTLE)
    },
  }),
})

/** `uint32_t`: a number from 0 to 2**32 - 1. */
export const u32: Scalar<number, Uint32Array> = integer({
  ...U32,
  array: Uint32Array,
  cell: (at, field) => ({
    get(this: Place) {
      return this.$view.getUint32(this.$start + at, LITTLE)
    },
    set(this: Place, value) {
      if (value >>> 0 !== value) refuse(U32, field, value)
      this.$view.setUint32(this.$start + at, value, LITTLE)
    },
  }),
})

/** `int32_t`: a number from -(2**31) to 2**31 - 1. */
export const i32: Scalar<number, Int32Array> = integer({
  ...I32,
  array: Int32Array,
  cell: (at, field) => ({
    get(this: Place) {
      return this.$view.getInt32(this.$start + at, LITTLE)
    },
    set(this: Place, value) {
      if ((value | 0) !== value) refuse(I32, field, value)
      this.$view.setInt32(this.$start + at, value, LITTLE)
    },
  }),
})

function unsigned64(source: IntegerSource<bigint>, header?: string): Scalar<bigint, BigUint64Array> {
  return integer({
    ...source,
    ...(header === undefined ? {} : { header }),
    array: BigUint64Array,
    cell: (at, field) => ({
      get(this: Place) {
        return this.$view.getBigUint64(this.$start + at, LITTLE)
      },
      set(this: Place, value) {
        if (typeof value !== 'bigint' || BigInt.asUintN(64, value) !== value) refuse(source, field, value)
        this.$view.setBigUint64(this.$start + at, value, LITTLE)
      },
    }),
  })
}

function signed64(source: IntegerSource<bigint>): Scalar<bigint, BigInt64Array> {
  return integer({
    ...source,
    array: BigInt64Array,
    cell: (at, field) => ({
      get(this: Place) {
        return this.$view.getBigInt64(this.$start + at, LITTLE)
      },
      set(this: Place, value) {
        if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) refuse(source, field, value)
        this.$view.setBigInt64(this.$start + at, value, LITTLE)
      },
    }),
  })
}

/** `uint64_t`: a BigInt from 0 to 2**64 - 1. */
export const u64: Scalar<bigint, BigUint64Array> = unsigned64(U64)

/** `int64_t`: a BigInt from -(2**63) to 2**63 - 1. */
export const i64: Scalar<bigint, BigInt64Array> = signed64(I64)

/** `size_t`, 64 bits wide on every machine hutong runs on: a BigInt. */
export const size_t: Scalar<bigint, BigUint64Array> = unsigned64(
  { ...U64, name: 'size_t', c: 'size_t' },
  'stddef.h',
)

/** `long`, 64 bits wide on every machine hutong runs on: a BigInt. */
export const long: Scalar<bigint, BigInt64Array> = signed64({ ...I64, name: 'long', c: 'long' })
