// What `lock` can hold: a file, or one unit of a semaphore.
import { resolve } from 'node:path'
import { UsageError } from '../exit.ts'
import { addressOf } from '../mechanisms.ts'
import { openSemaphore, SEMAPHORES } from './semaphore.ts'
import { busy, type Taking, takeUnit } from './take.ts'
import { inTime } from './wait.ts'

const LOCKABLE = ['mmap', ...SEMAPHORES] as const

export interface Lockable {
  readonly name: string
  /** Takes it; gives what gives it back. EAGAIN if it is held and not to be waited for. */
  take(taking: Taking): Promise<() => void>
  close(): void
}

/** The lock that an address or a path names. UsageError for what is neither. */
export async function lockableOf(word: string, shared: boolean): Promise<Lockable> {
  if (/^\.{0,2}\//.test(word)) return fileLock(resolve(word), { shared })
  const address = addressOf(word, LOCKABLE, 'locked')
  if (address.kind === 'mmap') return fileLock(resolve(address.path), { shared, mode: address.options.mode })
  if (shared) throw new UsageError(`--shared is for files; ${address.kind}: knows units only`)
  const semaphore = await openSemaphore(address, address.kind === 'sysv-sem')
  return {
    name: semaphore.name,
    async take(taking) {
      await takeUnit(semaphore, taking)
      return () => semaphore.post()
    },
    close: () => semaphore.close(),
  }
}

interface FileOptions {
  readonly shared: boolean
  readonly mode?: number | undefined
}

async function fileLock(path: string, { shared, mode }: FileOptions): Promise<Lockable> {
  const { FileLock } = await import('../../kernel/file-lock.ts')
  const { withMode } = await import('../mode.ts')
  const lock = withMode(mode, (permissions) => FileLock.flock(path, { shared, ...permissions }))
  return {
    name: path,
    async take({ timeout, only, signal }) {
      if (only) {
        const held = lock.tryLock()
        if (held === undefined) throw busy('flock', path, 'Somebody holds it.')
        return () => held.unlock()
      }
      const held = await inTime(`waiting for the lock on ${path}`, timeout, () =>
        lock.lock({ timeout, signal }),
      )
      return () => held.unlock()
    },
    close: () => lock.close(),
  }
}
