// The types of a struct's accessor and of its copies, derived from its fields.
import type { FieldType } from './field.ts'

/** The fields of a struct, in their order in memory. */
export type StructFields = Readonly<Record<string, FieldType>>

type Settable<Field> = Field extends FieldType<unknown, unknown, unknown, true> ? true : false
type ViewOf<Field> = Field extends FieldType<infer View> ? View : never
type CopyOf<Field> = Field extends FieldType<unknown, infer Copy> ? Copy : never
type InputOf<Field> = Field extends FieldType<unknown, unknown, infer Input> ? Input : never

export type ViewOfFields<Fields> = {
  -readonly [Name in keyof Fields as Settable<Fields[Name]> extends true ? Name : never]: ViewOf<Fields[Name]>
} & {
  readonly [Name in keyof Fields as Settable<Fields[Name]> extends true ? never : Name]: ViewOf<Fields[Name]>
}
export type CopyOfFields<Fields> = { -readonly [Name in keyof Fields]: CopyOf<Fields[Name]> }
export type InputOfFields<Fields> = { readonly [Name in keyof Fields]: InputOf<Fields[Name]> }

/** The accessor of a struct: `StructView<typeof Order>`. */
export type StructView<Type> = ViewOf<Type>
/** What `read` gives: `StructValue<typeof Order>`. */
export type StructValue<Type> = CopyOf<Type>
/** What `write` takes. */
export type StructInput<Type> = InputOf<Type>
