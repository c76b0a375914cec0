// Semaphores as sem and lock use them, of either family.
import { type AddressOf, formatAddress } from '../../address/index.ts'
import { errno } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import type { WaitOptions } from '../../wait/options.ts'
import { found } from './sysv.ts'

export const SEMAPHORES = ['sysv-sem', 'posix-sem'] as const
export type SemaphoreAddress = AddressOf<(typeof SEMAPHORES)[number]>

/** One semaphore; of a set, the one that ?index= says, or the first. */
export interface Semaphore {
  readonly name: string
  wait(options: WaitOptions): Promise<void>
  /** Undefined when it would have to wait. */
  tryWait(): true | undefined
  post(): void
  /** Of each in a set, unless ?index= says which. */
  values(): readonly number[]
  close(): void
}

/** `undo`: the kernel gives back what this process has taken when it ends, however it ends (System V only). */
export async function openSemaphore(address: SemaphoreAddress, undo: boolean): Promise<Semaphore> {
  const name = formatAddress({ ...address, options: {} })
  if (address.kind === 'posix-sem') {
    const { PosixSemaphore } = await import('../../kernel/posix/semaphore.ts')
    const semaphore = PosixSemaphore.open(address.name)
    return {
      name,
      wait: (options) => semaphore.wait(options),
      tryWait: () => semaphore.tryWait(),
      post: () => semaphore.post(),
      values: () => [semaphore.value],
      close: () => semaphore.close(),
    }
  }
  const { SysvSemaphores } = await import('../../kernel/sysv/semaphores.ts')
  const set = found(address, {
    open: (key) => SysvSemaphores.open(key),
    from: (id) => SysvSemaphores.from(id),
  })
  const { index } = address.options
  if (index !== undefined && index >= set.count) {
    const hint = `The set has ${set.count}: 0 to ${set.count - 1}.`
    throw new SysError(errno['EFBIG'] ?? 0, 'semop', { on: `semaphore ${index} of ${name}`, hint })
  }
  const one = { index: index ?? 0, undo }
  return {
    name: index === undefined ? name : `semaphore ${index} of ${name}`,
    wait: (options) => set.wait({ ...options, ...one }),
    tryWait: () => set.tryWait(one),
    post: () => set.post(one),
    values: () => (index === undefined ? set.values() : [set.value(index)]),
    close: () => set.close(),
  }
}
