// Random structs, and what a C programmer would have written for them.
import {
  array,
  atomic,
  bool,
  bytes,
  char,
  cstring,
  type FieldType,
  f32,
  f64,
  i8,
  i16,
  i32,
  i64,
  long,
  type Struct,
  type StructFields,
  size_t,
  struct,
  u8,
  u16,
  u32,
  u64,
} from 'hutong'
import { below, type Random } from '../../support/random.ts'

interface Typed {
  readonly type: FieldType
  /** A member of it called `name`. */
  readonly declare: (name: string) => string
}

export interface Schema {
  readonly struct: Struct<StructFields>
  readonly fields: readonly string[]
  /** `struct { ... }`, from the C names of the types alone. */
  readonly body: string
}

const plain = (type: FieldType, c: string): Typed => ({ type, declare: (name) => `${c} ${name}` })
const integers = [
  { type: u8, c: 'uint8_t' },
  { type: i8, c: 'int8_t' },
  { type: u16, c: 'uint16_t' },
  { type: i16, c: 'int16_t' },
  { type: u32, c: 'uint32_t' },
  { type: i32, c: 'int32_t' },
  { type: u64, c: 'uint64_t' },
  { type: i64, c: 'int64_t' },
  { type: size_t, c: 'size_t' },
  { type: long, c: 'long' },
]
const others = [
  { type: f32, c: 'float' },
  { type: f64, c: 'double' },
  { type: bool, c: '_Bool' },
  { type: char, c: 'char' },
]
const scalars = [...integers, ...others].map(({ type, c }) => plain(type, c))
const atomics = [
  ...[u8, u16, u32, i32].map((type, index) => {
    return plain(atomic(type), `_Atomic ${['uint8_t', 'uint16_t', 'uint32_t', 'int32_t'][index]}`)
  }),
  ...[u64, i64].map((type, index) => plain(atomic(type), `_Atomic ${['uint64_t', 'int64_t'][index]}`)),
]

function pick<T>(random: Random, values: readonly [T, ...T[]] | readonly T[]): T {
  const value = values[below(random, values.length)]
  if (value === undefined) throw new Error('nothing to pick from')
  return value
}

function field(random: Random, depth: number): Typed {
  const kind = below(random, depth > 0 ? 10 : 7)
  const count = 1 + below(random, 9)
  if (kind < 4) return pick(random, scalars)
  if (kind === 4) return pick(random, atomics)
  if (kind === 5) return { type: cstring(count), declare: (name) => `char ${name}[${count}]` }
  if (kind === 6) return { type: bytes(count), declare: (name) => `uint8_t ${name}[${count}]` }
  if (kind < 9) {
    const { type, declare } = field(random, depth - 1)
    return { type: array(type, count) as FieldType, declare: (name) => declare(`${name}[${count}]`) }
  }
  const nested = schema(random, depth - 1)
  return { type: nested.struct, declare: (name) => `${nested.body} ${name}` }
}

/** A struct of 1 to 10 fields, nested at most `depth` deep. */
export function schema(random: Random, depth = 2): Schema {
  const typed = Array.from(
    { length: 1 + below(random, 10) },
    (_, index) => [`f${index}`, field(random, depth)] as const,
  )
  const members = typed.map(([name, { declare }]) => `${declare(name)};`)
  return {
    struct: struct(Object.fromEntries(typed.map(([name, { type }]) => [name, type]))),
    fields: typed.map(([name]) => name),
    body: `struct { ${members.join(' ')} }`,
  }
}
