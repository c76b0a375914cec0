// Making what an address names.
import type { AddressOf } from '../../address/index.ts'
import { formatAddress } from '../../address/index.ts'
import { UsageError } from '../exit.ts'
import { withMode } from '../mode.ts'
import { made } from './sysv.ts'

export const MADE = [
  'fifo',
  'sysv-mq',
  'sysv-sem',
  'sysv-shm',
  'posix-mq',
  'posix-sem',
  'posix-shm',
  'mmap',
] as const
export type Made = AddressOf<(typeof MADE)[number]>

/** Makes it, which must not exist; gives the address by which it is found. */
export async function make(address: Made): Promise<string> {
  if (address.kind === 'sysv-mq' || address.kind === 'sysv-sem' || address.kind === 'sysv-shm') {
    const { id, key } = await makeSysv(address)
    return formatAddress({ ...address, options: {}, ...(key === 0 ? { key: { by: 'id', id } } : {}) })
  }
  await makeNamed(address)
  return formatAddress({ ...address, options: {} })
}

/** System V objects know no umask. */
async function makeSysv(
  address: Extract<Made, { kind: `sysv-${string}` }>,
): Promise<{ readonly id: number; readonly key: number }> {
  if (address.kind === 'sysv-mq') {
    const { SysvQueue } = await import('../../kernel/sysv/queue.ts')
    const { mode, capacity } = address.options
    const options = { mode, capacity }
    return made(address, {
      create: (key) => SysvQueue.create(key, options),
      createPrivate: () => SysvQueue.createPrivate(options),
    })
  }
  if (address.kind === 'sysv-sem') {
    const { SysvSemaphores } = await import('../../kernel/sysv/semaphores.ts')
    const { mode, count = 1, value = 0 } = address.options
    const options = { count, values: value, ...(mode === undefined ? {} : { mode }) }
    return made(address, {
      create: (key) => SysvSemaphores.create(key, options),
      createPrivate: () => SysvSemaphores.createPrivate(options),
    })
  }
  const { SysvMemory } = await import('../../kernel/sysv/memory.ts')
  const options = { size: sizeOf(address), mode: address.options.mode }
  return made(address, {
    create: (key) => SysvMemory.create(key, options),
    createPrivate: () => SysvMemory.createPrivate(options),
  })
}

async function makeNamed(address: Exclude<Made, { kind: `sysv-${string}` }>): Promise<void> {
  const { mode } = address.options
  switch (address.kind) {
    case 'fifo': {
      const { Fifo } = await import('../../kernel/fifo.ts')
      withMode(mode, (permissions) => Fifo.create(address.path, permissions))
      return
    }
    case 'posix-mq': {
      const { PosixQueue } = await import('../../kernel/posix/queue.ts')
      const { maxmsg: maxMessages, msgsize: messageSize } = address.options
      const size = { maxMessages, messageSize }
      withMode(mode, (permissions) => PosixQueue.create(address.name, { ...size, ...permissions })).close()
      return
    }
    case 'posix-sem': {
      const { PosixSemaphore } = await import('../../kernel/posix/semaphore.ts')
      const { value = 0 } = address.options
      withMode(mode, (permissions) => PosixSemaphore.create(address.name, { value, ...permissions })).close()
      return
    }
    case 'posix-shm': {
      const { PosixMemory } = await import('../../kernel/posix/memory.ts')
      const size = sizeOf(address)
      withMode(mode, (permissions) => PosixMemory.create(address.name, { size, ...permissions })).close()
      return
    }
    case 'mmap': {
      const { Mapping } = await import('../../kernel/mapping.ts')
      const length = sizeOf(address)
      withMode(mode, (permissions) => Mapping.create(address.path, { length, ...permissions })).close()
    }
  }
}

function sizeOf(address: AddressOf<'sysv-shm' | 'posix-shm' | 'mmap'>): number {
  const { size } = address.options
  if (size !== undefined) return size
  throw new UsageError(`${address.kind}: needs a size: ${formatAddress({ ...address, options: {} })}?size=4K`)
}
