// What semaphore sets are given: options, checked, and operations as the kernel takes them.
import { constants } from '../../sys/constants.ts'
import type { SemaphoreStep } from '../../sys/sysv-semaphore.ts'
import { kindOf } from '../bytes.ts'
import { checkFlag } from '../mapping-options.ts'
import { checkSysvMode, type SysvAccess } from './permissions.ts'

/** How a semaphore set is made. */
export interface CreateSysvSemaphoresOptions {
  /** Semaphores in the set, 1 to 65535; the system's limit is 32000 (the first number of /proc/sys/kernel/sem). */
  readonly count: number
  /** Their first values, 0 to 32767: one for all, or as many as there are semaphores. Default 0. */
  readonly values?: number | readonly number[] | undefined
  /** 0 to 0o777, default 0o600. The umask plays no part. */
  readonly mode?: number | undefined
}

/** How a semaphore set is opened. */
export interface OpenSysvSemaphoresOptions {
  /** Fails with EACCES at once, instead of at the first use, unless this is allowed: to read, to alter (`write`), or both. */
  readonly access?: SysvAccess | undefined
}

/** One of the operations that `operate` does together. */
export interface SemaphoreOperation {
  /** Which semaphore of the set. Default 0. */
  readonly index?: number | undefined
  /** Added to its value, -32767 to 32767. Below 0: waits until the value is large enough. 0: waits until the value is 0. */
  readonly change: number
  /** Taken back when this process ends, also by SIGKILL (SEM_UNDO). */
  readonly undo?: boolean | undefined
}

/** Which semaphore, and by how much. */
export interface SemaphoreOptions {
  /** Default 0. */
  readonly index?: number | undefined
  /** 1 to 32767, default 1. */
  readonly by?: number | undefined
  /** Taken back when this process ends, also by SIGKILL (SEM_UNDO). */
  readonly undo?: boolean | undefined
}

/** The largest value of a semaphore. */
export const LARGEST = 32767
const MOST = 65535

/** A whole number from `least` to `most`. */
export function checkWithin(value: unknown, name: string, [least, most]: readonly [number, number]): number {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number, not ${kindOf(value)}`)
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be a whole number, ${least} to ${most}, not ${value}`)
  }
  return value
}

/** Options of a set to be made, complete. */
export interface Making {
  readonly count: number
  readonly values: readonly number[]
  readonly mode: number
}

export function checkMaking(options: CreateSysvSemaphoresOptions): Making {
  if (typeof options !== 'object' || options === null)
    throw new TypeError('options must be an object with `count`')
  const count = checkWithin(options.count, 'count', [1, MOST])
  return { count, values: checkValues(options.values ?? 0, count), mode: checkSysvMode(options.mode) }
}

/** Values for all semaphores of a set. */
export function checkValues(values: unknown, count: number): readonly number[] {
  if (typeof values === 'number')
    return new Array<number>(count).fill(checkWithin(values, 'values', [0, LARGEST]))
  if (!Array.isArray(values))
    throw new TypeError(`values must be a number or an array, not ${kindOf(values)}`)
  if (values.length !== count) {
    throw new RangeError(`values must have ${count} elements, one for each semaphore, not ${values.length}`)
  }
  return values.map((value, index) => checkWithin(value, `values[${index}]`, [0, LARGEST]))
}

/** Which semaphore of a set of `count`. */
export function checkIndex(index: unknown, count: number): number {
  // What is right, which is most of them, first: this is done at every operation.
  const right = typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < count
  return right ? index : checkWithin(index, 'index', [0, count - 1])
}

/** Operations as struct sembuf has them. */
export function stepsOf(operations: readonly SemaphoreOperation[], count: number): SemaphoreStep[] {
  if (!Array.isArray(operations))
    throw new TypeError(`operations must be an array, not ${kindOf(operations)}`)
  if (operations.length === 0) throw new RangeError('operations must have at least one element')
  return operations.map((operation, at) => {
    if (typeof operation !== 'object' || operation === null) {
      throw new TypeError(`operations[${at}] must be an object with \`change\`, not ${kindOf(operation)}`)
    }
    const { index = 0, change, undo } = operation
    const name = `operations[${at}]`
    checkFlag(undo, `${name}.undo`)
    return {
      index: checkWithin(index, `${name}.index`, [0, count - 1]),
      change: checkWithin(change, `${name}.change`, [-LARGEST, LARGEST]),
      flags: undo === true ? constants.SEM_UNDO : 0,
    }
  })
}

/** The single operation of `wait` (`sign` -1) or `post` (1). */
export function stepOf(options: SemaphoreOptions | undefined, sign: number, count: number): SemaphoreStep {
  if (options === undefined) return { index: 0, change: sign, flags: 0 }
  const { index = 0, by = 1, undo } = options
  checkFlag(undo, 'undo')
  return {
    index: index === 0 ? 0 : checkIndex(index, count),
    change: by === 1 ? sign : sign * checkWithin(by, 'by', [1, LARGEST]),
    flags: undo === true ? constants.SEM_UNDO : 0,
  }
}
