// Memory as send and recv use it: bytes at an offset, with a NUL after a text, as C keeps strings.
import { type AddressOf, formatAddress } from '../../address/index.ts'
import { Mapping } from '../../kernel/mapping.ts'
import { PosixMemory } from '../../kernel/posix/memory.ts'
import { SysvMemory } from '../../kernel/sysv/memory.ts'
import { errno } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import { found } from './sysv.ts'

const MEMORY = ['sysv-shm', 'posix-shm', 'mmap'] as const
export type MemoryAddress = AddressOf<(typeof MEMORY)[number]>

/** Writes the bytes at ?offset=; after a text a NUL, if there is room. EFBIG: they do not fit. */
export function writeMemory(address: MemoryAddress, bytes: Uint8Array, text: boolean): void {
  const { offset = 0 } = address.options
  using mapping = open(address, false)
  const room = Math.max(0, mapping.length - offset)
  if (bytes.length > room) {
    const hint = `${bytes.length} bytes at offset ${offset} do not fit: it has ${mapping.length}.`
    throw new SysError(errno['EFBIG'] ?? 0, 'write', { on: nameOf(address), hint })
  }
  mapping.bytes.set(bytes, offset)
  if (text && bytes.length < room) mapping.bytes[offset + bytes.length] = 0
}

/** The bytes at ?offset=, ?size= of them, otherwise to the end; of a text, those before its NUL. ENXIO: not so many. */
export function readMemory(address: MemoryAddress, text: boolean): Uint8Array {
  const { offset = 0, size } = address.options
  using mapping = open(address, true)
  const end = offset + (size ?? Math.max(1, mapping.length - offset))
  if (end > mapping.length) {
    const hint = `${end - offset} bytes at offset ${offset} are not in it: it has ${mapping.length}.`
    throw new SysError(errno['ENXIO'] ?? 0, 'read', { on: nameOf(address), hint })
  }
  const bytes = mapping.bytes.slice(offset, end) // a copy: others may write while we look at it
  const nul = text ? bytes.indexOf(0) : -1
  return nul < 0 ? bytes : bytes.subarray(0, nul)
}

function open(address: MemoryAddress, readOnly: boolean): Mapping {
  if (address.kind === 'mmap') return Mapping.open(address.path, { readOnly })
  if (address.kind === 'sysv-shm') {
    using segment = found(address, { open: (key) => SysvMemory.open(key), from: (id) => SysvMemory.from(id) })
    return segment.attach({ readOnly })
  }
  using memory = PosixMemory.open(address.name, { readOnly })
  return memory.map()
}

/** What messages call it. */
export function nameOf(address: MemoryAddress): string {
  return formatAddress({ ...address, options: {} })
}
