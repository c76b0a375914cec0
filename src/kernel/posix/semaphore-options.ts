// What is checked before a semaphore is made or attached to.
import { EINVAL } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import { needGlibc } from '../../sys/libc.ts'
import { checkMode, checkWhole } from '../mapping-options.ts'
import { Placed, type SharedPlace } from '../placed.ts'
import { ALIGNMENT, MOST, SIZE, whatIsWrong } from './semaphore-word.ts'

/** Options of `PosixSemaphore.create` and `PosixSemaphore.openOrCreate`. */
export interface CreatePosixSemaphoreOptions {
  /** The units that are there at first: 0 (the default) to 2^31 - 1. */
  readonly value?: number
  /** Permissions, less the umask. Default 0o600. Who waits or posts needs both reading and writing. */
  readonly mode?: number
}

export function checkValue(value: unknown): number {
  if (checkWhole(value, 'value') > MOST) throw new RangeError(`value must be at most ${MOST}, not ${value}`)
  return value as number
}

export function checkCreate(options: CreatePosixSemaphoreOptions): {
  readonly value: number
  readonly mode: number
} {
  if (typeof options !== 'object' || options === null) throw new TypeError('options must be an object')
  return { value: checkValue(options.value ?? 0), mode: checkMode(options.mode ?? 0o600) }
}

/** Where a semaphore is, or is to be; `label` if it has a name. */
export function placeOf(memory: SharedPlace, offset: number, label?: string): Placed {
  needGlibc(label ?? 'a semaphore', label === undefined ? 'sem_init' : 'sem_open')
  const needs = { size: SIZE, alignment: ALIGNMENT, name: 'semaphore' }
  return new Placed(memory, offset, label === undefined ? needs : { ...needs, label })
}

/** Gives the place back if there is a semaphore; EINVAL otherwise. */
export function checkSemaphore(place: Placed): Placed {
  const hint = whatIsWrong(place.words)
  if (hint !== undefined) throw new SysError(EINVAL, 'sem_open', { on: place.label, hint })
  return place
}
