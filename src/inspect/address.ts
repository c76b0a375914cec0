// Addresses of what was found.
import { type Address, AddressError, formatAddress } from '../address/index.ts'

/** The address's text; null where none can say it: a name that is not UTF-8, or too long for the grammar. */
export function textOf(address: Address): string | null {
  try {
    const text = formatAddress(address)
    return text.includes('\ufffd') ? null : text // readlink(2)'s bytes were not UTF-8
  } catch (error) {
    if (error instanceof AddressError) return null
    throw error
  }
}
