// The names that enumerations and flags give to integers.
import { type Scalar, shown } from './field.ts'
import { isIdentifier } from './identifier.ts'
import { checkInteger, integerOf } from './number.ts'

export type Names = Readonly<Record<string, number>>

export function checkNames(type: Scalar<number, unknown>, names: Names, what: string): void {
  const source = integerOf(type)
  if (source === undefined || source.size > 4) {
    throw new TypeError(`the type of ${what} must be an integer of at most 32 bits, such as u8`)
  }
  if (typeof names !== 'object' || names === null || Object.keys(names).length === 0) {
    throw new TypeError(`${what} must have names`)
  }
  for (const [name, value] of Object.entries(names)) {
    if (!isIdentifier(name)) throw new TypeError(`${shown(name)} is no name that C accepts`)
    checkInteger(source, value, name)
  }
}
