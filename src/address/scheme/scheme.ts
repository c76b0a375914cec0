// What every scheme is made of.
import type { Address } from '../address.ts'
import type { OptionTable } from '../option.ts'
import type { Span } from '../span.ts'

/** An address without its scheme and its options. */
export type Body<A> = A extends Address ? Omit<A, 'kind' | 'options'> : never

/** Two things in one address that exclude each other. */
export interface Conflict {
  /** The option to point at. */
  readonly option: string
  readonly reason: string
}

/** One scheme of the grammar. */
export interface Scheme<A extends Address> {
  readonly example: string
  readonly summary: string
  readonly options: OptionTable<A['options']>
  /** Reads what stands between the scheme and the options. */
  read(body: Span): Body<A>
  /** The text `read` reads back. */
  print(address: A): string
  /** Looks at the whole address, once each part of it is right. */
  conflict?(address: A): Conflict | undefined
}
