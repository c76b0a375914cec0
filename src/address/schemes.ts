// The grammar as one table: every scheme, what may follow it, and its options.
import type { Address, AddressKind, AddressOf } from './address.ts'
import type { AnyOptions, AnyTable } from './query.ts'
import { fifo, mmap, shm, unix } from './scheme/file.ts'
import { nats, tcp, udp } from './scheme/network.ts'
import { posixMemory, posixQueue, posixSemaphore } from './scheme/posix.ts'
import { fd, signal, stdio } from './scheme/process.ts'
import type { Conflict, Scheme } from './scheme/scheme.ts'
import { sysvMemory, sysvQueue, sysvSemaphores } from './scheme/sysv.ts'
import type { Span } from './span.ts'

/** Every scheme with an example, a summary and its options: what help and completion print. */
export const schemes: { readonly [K in AddressKind]: Scheme<AddressOf<K>> } = {
  stdio,
  fd,
  fifo,
  unix,
  'sysv-mq': sysvQueue,
  'sysv-sem': sysvSemaphores,
  'sysv-shm': sysvMemory,
  'posix-mq': posixQueue,
  'posix-sem': posixSemaphore,
  'posix-shm': posixMemory,
  mmap,
  tcp,
  udp,
  signal,
  shm,
  nats,
}

/** A scheme as the parser handles it, when it does not matter which. */
export interface AnyScheme {
  readonly options: AnyTable
  read(body: Span): object
  print(address: Address): string
  conflict?(address: Address): Conflict | undefined
}

export const kinds = Object.keys(schemes) as readonly AddressKind[]

export function schemeOf(kind: AddressKind): AnyScheme {
  return schemes[kind] as unknown as AnyScheme
}

/** What an address of that kind begins with. */
export function prefix(kind: AddressKind): string {
  if (kind === 'stdio') return '-'
  return kind === 'nats' ? 'nats://' : `${kind}:`
}

/** Puts the parts of an address together. */
export function assemble(kind: AddressKind, body: object, options: AnyOptions): Address {
  return { kind, ...body, options } as unknown as Address
}
