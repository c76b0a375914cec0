// System V objects by their addresses: a key, a file and a project, or an id.
import type { AddressOf, SysvKey } from '../../address/address.ts'
import type { SysvKey as KernelKey } from '../../kernel/sysv/key.ts'
import { UsageError } from '../exit.ts'

export type SysvAddress = AddressOf<'sysv-mq' | 'sysv-sem' | 'sysv-shm'>

/** What every class of them can do. */
interface Finder<T> {
  open(key: KernelKey): T
  from(id: number): T
}

/** The object that is there. */
export function found<T>(address: SysvAddress, { open, from }: Finder<T>): T {
  const { key } = address
  return key.by === 'id' ? from(key.id) : open(kernelKey(key, address.kind))
}

/** What makes them. */
interface Maker<T> {
  create(key: KernelKey): T
  createPrivate(): T
}

/** A new object; key 0, IPC_PRIVATE, is one that only its id names. */
export function made<T>(address: SysvAddress, { create, createPrivate }: Maker<T>): T {
  const { kind, key } = address
  if (key.by === 'id') {
    throw new UsageError(`${kind}:id:${key.id} names what exists; give a key, or ${kind}:0 for none`)
  }
  return key.by === 'key' && key.key === 0 ? createPrivate() : create(kernelKey(key, kind))
}

function kernelKey(key: Exclude<SysvKey, { by: 'id' }>, kind: string): KernelKey {
  if (key.by === 'file') return { path: key.path, project: key.proj }
  if (key.key === 0) throw new UsageError(`key 0 is IPC_PRIVATE, which names nothing: write ${kind}:id:ID`)
  return key.key
}
