// semget(2), semctl(2), semtimedop(2). All give `>= 0` or `-errno`; see `must`.
import { native } from './addon.ts'
import type { BufferSource } from './native.ts'

/** semget(2). `key` as a signed or unsigned 32-bit number. */
export const semget: (key: number, count: number, flags: number) => number = native.semget
/**
 * semctl(2); `argument` is the value for SETVAL, else a buffer: the kernel's struct semid64_ds or seminfo (`SEMID_LAYOUT.size`
 * bytes), or as many 16-bit values as there are semaphores for GETALL and SETALL.
 */
export const semctl: (
  id: number,
  index: number,
  command: number,
  argument?: number | BufferSource,
) => number = native.semctl
/** Where in struct semid64_ds its fields lie, and its size. */
export const SEMID_LAYOUT: {
  readonly operatedAt: number
  readonly changedAt: number
  readonly count: number
  readonly size: number
} = native.semidLayout

/** One operation: struct sembuf. */
export interface SemaphoreStep {
  readonly index: number
  readonly change: number
  readonly flags: number
}

const STEP_BYTES = 6

// Words of native/sysv-semaphore.c's block, and the room behind them.
const ID = 0
const COUNT = 1
const TIMEOUT = 2
const RESULT = 3
const WORDS = 4
const MOST = 16
const outside = native.semaphoreBlock()
// Looked up once: the addon has so many functions that V8 keeps them in a hash table.
const { semaphoreOperate } = native
const block = typeof outside === 'number' ? undefined : new Float64Array(outside, 0, WORDS)
const steps = typeof outside === 'number' ? undefined : new Int16Array(outside, WORDS * 8, MOST * 3)

/** An array of struct sembuf. */
export function stepBuffer(operations: readonly SemaphoreStep[]): Int16Array {
  const buffer = new Int16Array((STEP_BYTES / 2) * operations.length)
  operations.forEach(({ index, change, flags }, at) => {
    buffer.set([index, change, flags], 3 * at)
  })
  return buffer
}

/**
 * semtimedop(2), blocking this thread for at most `timeout` ms (-1: for ever), then `-EAGAIN` as with IPC_NOWAIT. EINTR is
 * retried with what is left of the time.
 */
export function semtimedop(id: number, operations: readonly SemaphoreStep[], timeout = -1): number {
  if (block === undefined || steps === undefined || operations.length > MOST) {
    return native.semtimedop(id, stepBuffer(operations), timeout)
  }
  let at = 0
  for (const { index, change, flags } of operations) {
    steps[at++] = index
    steps[at++] = change
    steps[at++] = flags
  }
  block[ID] = id
  block[COUNT] = operations.length
  block[TIMEOUT] = timeout
  semaphoreOperate()
  return block[RESULT] as number
}

/** As `semtimedop` with one operation: without an array around it. */
export function semtimedopOne(id: number, step: SemaphoreStep, timeout: number): number {
  if (block === undefined || steps === undefined) return native.semtimedop(id, stepBuffer([step]), timeout)
  steps[0] = step.index
  steps[1] = step.change
  steps[2] = step.flags
  block[ID] = id
  block[COUNT] = 1
  block[TIMEOUT] = timeout
  semaphoreOperate()
  return block[RESULT] as number
}
