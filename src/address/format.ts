// From Address to text.
import { isDeepStrictEqual } from 'node:util'
import type { Address } from './address.ts'
import { AddressError } from './error.ts'
import { parseAddress } from './parse.ts'
import { type AnyOptions, printQuery } from './query.ts'
import { assemble, kinds, prefix, schemeOf } from './schemes.ts'

/**
 * The text of an address: `parseAddress(formatAddress(address))` equals `address`.
 *
 * @throws AddressError if `address` was put together by hand and no text says what it says
 */
export function formatAddress(address: Address): string {
  const text = print(address)
  const { kind, options, ...body } = address
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  if (isDeepStrictEqual(parseAddress(text), assemble(kind, body, given))) return text
  throw new AddressError(text, 0, 'this object is no address: its text would be read as another one')
}

function print(address: Address): string {
  const { kind, options } = address
  if (!kinds.includes(kind)) throw new AddressError('', 0, `no address is of the kind ${String(kind)}`)
  const scheme = schemeOf(kind)
  try {
    return `${prefix(kind)}${scheme.print(address)}${printQuery(options as AnyOptions, scheme.options)}`
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new AddressError('', 0, `a part of this ${kind} address is missing or of the wrong type`)
  }
}
