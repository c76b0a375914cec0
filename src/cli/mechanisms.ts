// Which addresses the commands understand so far.
import { type Address, type AddressKind, type AddressOf, parseAddress } from '../address/index.ts'
import { UsageError } from './exit.ts'

/** The kinds of addresses that some command takes. */
export const ADDRESSED = [
  'fifo',
  'unix',
  'tcp',
  'udp',
  'sysv-mq',
  'sysv-sem',
  'sysv-shm',
  'posix-mq',
  'posix-sem',
  'posix-shm',
  'mmap',
  'fd',
  'stdio',
] as const satisfies readonly AddressKind[]

/** Those that messages, or bytes in memory, go to and come from. */
export const TALKED = [
  'fifo',
  'unix',
  'tcp',
  'udp',
  'shm',
  'sysv-mq',
  'posix-mq',
  'sysv-shm',
  'posix-shm',
  'mmap',
  'fd',
  'stdio',
] as const satisfies readonly AddressKind[]

/** The address, if it is of one of those kinds. UsageError naming them otherwise; AddressError if it is none. */
export function addressOf<K extends AddressKind>(
  text: string,
  kinds: readonly K[],
  what: string,
): AddressOf<K> {
  const address = parseAddress(text)
  if (isOf(address, kinds)) return address
  const names = kinds.map(schemeWord)
  throw new UsageError(`${schemeWord(address.kind)} cannot be ${what}; what can be: ${names.join(', ')}`)
}

/** What an address of that kind begins with, or is. */
export function schemeWord(kind: AddressKind): string {
  return kind === 'stdio' ? '-' : `${kind}:`
}

function isOf<K extends AddressKind>(address: Address, kinds: readonly K[]): address is AddressOf<K> {
  return (kinds as readonly AddressKind[]).includes(address.kind)
}
