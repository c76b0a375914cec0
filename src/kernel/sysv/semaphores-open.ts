// Making and finding semaphore sets. semget(2) makes a set and semctl(2) or semop(2) gives it values, so there is a moment in
// which others find it without values. As the man pages advise, its maker's last step is a semop, which sets `sem_otime`; who
// opens or creates waits until that is no longer 0.
import { constants } from '../../sys/constants.ts'
import { EAGAIN, EIDRM, EINVAL } from '../../sys/errno.ts'
import { must, SysError } from '../../sys/error.ts'
import { semctl, semget, semtimedop } from '../../sys/sysv-semaphore.ts'
import { createNew, type Gotten, openExisting, openOrCreate, type Wanted } from './get.ts'
import { keyName } from './key.ts'
import { NotInitializedError } from './not-initialized.ts'
import { accessBits, checkId } from './permissions.ts'
import type { Making, OpenSysvSemaphoresOptions } from './semaphores-options.ts'
import { readStat, type SysvSemaphoresStat, sets } from './semaphores-stat.ts'

/** A set that was made or found. */
export interface FoundSet extends Gotten {
  readonly key: number
  readonly count: number
}

const SYSCALL = 'semget'

function wantedOf(key: number, count: number): Wanted {
  const hints = {
    EINVAL: `There is one with fewer than ${count} semaphores, or the system allows no set so large: /proc/sys/kernel/sem.`,
    ENOSPC: 'The system has as many sets, or semaphores, as /proc/sys/kernel/sem allows.',
  }
  return { syscall: SYSCALL, label: labelOf(key), hints }
}

/** How errors call a set. */
export function labelOf(key: number, id?: number): string {
  const name = key === constants.IPC_PRIVATE ? 'private semaphore set' : `semaphore set ${keyName(key)}`
  return id === undefined ? name : `${name} (id ${id})`
}

/** Makes a set and gives it its values. Nothing is left behind on failure. */
export function makeSet(key: number, { count, values, mode }: Making): FoundSet {
  const { id } = createNew((flags) => semget(key, count, flags), mode, wantedOf(key, count))
  return initialize({ id, key, count, created: true }, values)
}

/** Finds one. */
export function findSet(key: number, { access }: OpenSysvSemaphoresOptions): FoundSet {
  const bits = accessBits(access)
  const { id } = openExisting((flags) => semget(key, 0, flags), bits, {
    syscall: SYSCALL,
    label: labelOf(key),
  })
  return { id, key, count: knownSet(id, key).count, created: false }
}

/** Makes one, or finds the one that is there, which has perhaps no values yet. */
export function makeOrFindSet(key: number, { count, values, mode }: Making): FoundSet {
  for (;;) {
    const get = (flags: number): number => semget(key, count, flags)
    const { id, created } = openOrCreate(get, mode, wantedOf(key, count))
    if (created) return initialize({ id, key, count, created }, values)
    const view = sets.statAnyhow(id)
    if (typeof view !== 'number') return { id, key, count: readStat(id, view).count, created }
  }
}

/** One whose id is known. */
export function setWithId(id: number): FoundSet {
  const { permissions, count } = knownSet(checkId(id))
  return { id, key: permissions.key, count, created: false }
}

/** Whether its maker has finished. Throws when the set has been removed. */
export function isInitialized({ id, key }: FoundSet): boolean {
  return knownSet(id, key).operatedAt !== undefined
}

export function notInitialized({ id, key }: FoundSet): NotInitializedError {
  return new NotInitializedError(labelOf(key, id), id, knownSet(id, key).changedAt)
}

/**
 * All but one unit by SETALL, because one semop(2) can do no more than 500 operations. A set is born with zeros. EAGAIN: somebody
 * else has been here before us, so that it counts as initialised.
 */
function initialize(set: FoundSet, values: readonly number[]): FoundSet {
  const { id, key } = set
  const one = values.findIndex((value) => value > 0)
  const first = Uint16Array.from(values, (value, index) => (index === one ? value - 1 : value))
  const last = { index: Math.max(one, 0), change: one >= 0 ? 1 : 0, flags: constants.IPC_NOWAIT }
  try {
    if (one >= 0) must(semctl(id, 0, constants.SETALL, first), 'semctl', { on: labelOf(key, id) })
    const done = semtimedop(id, [last])
    if (done !== EAGAIN) must(done, 'semop', { on: labelOf(key, id) })
  } catch (error) {
    semctl(id, 0, constants.IPC_RMID)
    throw error
  }
  return set
}

function knownSet(id: number, key?: number): SysvSemaphoresStat {
  const view = sets.statAnyhow(id)
  if (typeof view !== 'number') return readStat(id, view)
  if (key === undefined) {
    const hint = view === EINVAL ? { hint: 'There is none.' } : {}
    throw new SysError(view, 'semctl', { on: `semaphore set with id ${id}`, ...hint })
  }
  const gone = view === EINVAL || view === EIDRM
  throw new SysError(gone ? EIDRM : view, 'semctl', {
    on: labelOf(key, id),
    ...(gone ? { hint: 'It has been removed.' } : {}),
  })
}
