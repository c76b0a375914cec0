// Addresses: one token that names any lane between processes. docs/address.md is the grammar.
export type * from './address.ts'
export { AddressError } from './error.ts'
export { formatAddress } from './format.ts'
export { parseAddress } from './parse.ts'
export { schemes } from './schemes.ts'
