// C struct layouts.
export { array, bytes, ElementArray } from './array.ts'
export { type Atomic, atomic } from './atomic.ts'
export { type CStringOptions, cstring } from './cstring.ts'
export { enumeration } from './enumeration.ts'
export type { FieldType, Scalar } from './field.ts'
export { flags } from './flags.ts'
export type { StructFields, StructInput, StructValue, StructView } from './inference.ts'
export type { StructMemory } from './memory.ts'
export { i8, i16, i32, i64, long, size_t, u8, u16, u32, u64 } from './number.ts'
export type { Part as StructPart } from './part.ts'
export {
  Struct,
  type StructOptions,
  struct,
} from './struct.ts'
export { bool, char, f32, f64 } from './value.ts'
