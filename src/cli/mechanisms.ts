// Which addresses the commands understand so far.
import { type Address, type AddressKind, type AddressOf, parseAddress } from '../address/index.ts'
import { UsageError } from './exit.ts'

/** The address, if it is of one of those kinds. UsageError naming them otherwise; AddressError if it is none. */
export function addressOf<K extends AddressKind>(
  text: string,
  kinds: readonly K[],
  what: string,
): AddressOf<K> {
  const address = parseAddress(text)
  if (isOf(address, kinds)) return address
  const names = kinds.map((kind) => (kind === 'stdio' ? '-' : `${kind}:`))
  throw new UsageError(`${address.kind}: cannot be ${what}; what can be: ${names.join(', ')}`)
}

function isOf<K extends AddressKind>(address: Address, kinds: readonly K[]): address is AddressOf<K> {
  return (kinds as readonly AddressKind[]).includes(address.kind)
}

/** The one operand of a command. */
export function oneOperand(operands: readonly string[], name: string): string {
  const [operand, ...more] = operands
  if (operand === undefined) throw new UsageError(`${name} is missing`)
  if (more.length > 0) throw new UsageError(`one ${name} only; '${more[0]}' is too much`)
  return operand
}
