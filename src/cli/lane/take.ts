// Taking what may have to be waited for: --timeout, --try.
import { EAGAIN } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import type { Semaphore } from './semaphore.ts'
import { inTime } from './wait.ts'

export interface Taking {
  /** Milliseconds; undefined: as long as it takes. */
  readonly timeout: number | undefined
  /** Without waiting. */
  readonly only: boolean
  readonly signal?: AbortSignal | undefined
}

/** One unit of a semaphore. EAGAIN if there is none and none is waited for. */
export async function takeUnit(semaphore: Semaphore, { timeout, only, signal }: Taking): Promise<void> {
  if (!only) {
    return inTime(`waiting for ${semaphore.name}`, timeout, () => semaphore.wait({ timeout, signal }))
  }
  if (semaphore.tryWait() === undefined) throw busy('semop', semaphore.name, 'Nobody has posted a unit.')
}

/** EAGAIN for what was not to be waited for. */
export function busy(syscall: string, on: string, hint: string): SysError {
  return new SysError(EAGAIN, syscall, { on, hint })
}
