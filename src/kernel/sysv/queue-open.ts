// Making and finding System V message queues.
import { constants } from '../../sys/constants.ts'
import { EINVAL, EPERM } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import { msgctl, msgget } from '../../sys/sysv-queue.ts'
import { checkWhole } from '../mapping-options.ts'
import { createNew, type Gotten, openExisting, openOrCreate, type Wanted } from './get.ts'
import { SysvHandle } from './handle.ts'
import { keyName } from './key.ts'
import {
  accessBits,
  checkId,
  checkOwnership,
  checkSysvMode,
  type SysvAccess,
  type SysvOwnership,
} from './permissions.ts'
import { queueSystem, queues, readStat, writeCapacity } from './queue-stat.ts'

/** How a queue is made. */
export interface CreateSysvQueueOptions {
  /** 0 to 0o777, default 0o600. The umask plays no part. */
  readonly mode?: number | undefined
  /** The most bytes in the queue, and the most messages (msg_qbytes). Default: the system's, /proc/sys/kernel/msgmnb. */
  readonly capacity?: number | undefined
}

/** How a queue is opened. */
export interface OpenSysvQueueOptions {
  /** Fails with EACCES at once, instead of at the first use, unless this is allowed. */
  readonly access?: SysvAccess | undefined
}

/** What `SysvQueue.set` changes. */
export interface SetSysvQueueOptions extends SysvOwnership {
  readonly capacity?: number | undefined
}

const HINTS = { ENOSPC: 'The system has as many queues as /proc/sys/kernel/msgmni allows.' }

/** How errors call a queue. */
export function labelOf(key: number): string {
  return key === constants.IPC_PRIVATE ? 'private message queue' : `message queue ${keyName(key)}`
}

/** Makes a queue; `or` says what happens if there is one. */
export function makeQueue(
  key: number,
  options: CreateSysvQueueOptions,
  or: 'fail' | 'open' = 'fail',
): Gotten {
  if (typeof options !== 'object' || options === null) throw new TypeError('options must be an object')
  const { capacity } = options
  const mode = checkSysvMode(options.mode)
  if (capacity !== undefined) checkWhole(capacity, 'capacity')
  const make = or === 'open' ? openOrCreate : createNew
  const made = make((flags) => msgget(key, flags), mode, {
    syscall: 'msgget',
    label: labelOf(key),
    hints: HINTS,
  })
  if (made.created && capacity !== undefined) {
    try {
      setQueue(new SysvHandle(made.id, labelOf(key)), { capacity })
    } catch (error) {
      msgctl(made.id, constants.IPC_RMID)
      throw error
    }
  }
  return made
}

/** Finds one. */
export function findQueue(key: number, { access }: OpenSysvQueueOptions): Gotten {
  const wanted: Wanted = { syscall: 'msgget', label: labelOf(key) }
  return openExisting((flags) => msgget(key, flags), accessBits(access), wanted)
}

/** The key of a queue whose id is known. EINVAL when there is none. */
export function keyOfQueue(id: number): number {
  const view = queues.statAnyhow(checkId(id))
  if (typeof view !== 'number') return readStat(id, view).permissions.key
  const hint = view === EINVAL ? { hint: 'There is none.' } : {}
  throw new SysError(view, 'msgctl', { on: `message queue with id ${id}`, ...hint })
}

/** msgctl(2) IPC_SET of what is given; the rest stays. */
export function setQueue(handle: SysvHandle, options: SetSysvQueueOptions): void {
  if (typeof options !== 'object' || options === null) throw new TypeError('options must be an object')
  const { capacity } = options
  checkOwnership(options)
  if (capacity !== undefined) checkWhole(capacity, 'capacity')
  const view = queues.changed(handle.id, options)
  if (typeof view === 'number') throw handle.failed(view, 'msgctl')
  if (capacity !== undefined) writeCapacity(view, capacity)
  const result = msgctl(handle.id, constants.IPC_SET, view)
  if (result === 0) return
  if (result !== EPERM) throw handle.failed(result, 'msgctl')
  const hint =
    capacity !== undefined && capacity > queueSystem().capacity
      ? `A capacity above ${queueSystem().capacity} (/proc/sys/kernel/msgmnb) needs CAP_SYS_RESOURCE.`
      : 'Only its owner, its creator and the superuser may change it.'
  throw new SysError(result, 'msgctl', { on: handle.label, hint })
}
