// What semctl(2) does with a semaphore set.
import { constants } from '../../sys/constants.ts'
import { semctl } from '../../sys/sysv-semaphore.ts'
import type { SysvHandle } from './handle.ts'
import { checkOwnership, type SysvOwnership } from './permissions.ts'
import { checkIndex, checkValues, checkWithin, LARGEST } from './semaphores-options.ts'
import { readStat, type SysvSemaphoresStat, sets } from './semaphores-stat.ts'

/** The part of SysvSemaphores that looks and sets; see there. */
export abstract class ControlledSet {
  /** The kernel's number for it. */
  readonly id: number
  /** Semaphores in the set. */
  readonly count: number
  protected readonly handle: SysvHandle

  protected constructor(handle: SysvHandle, count: number) {
    this.id = handle.id
    this.count = count
    this.handle = handle
  }

  /** The value of a semaphore now, GETVAL. */
  value(index = 0): number {
    return this.#get(constants.GETVAL, index)
  }

  /** Sets the value of a semaphore, 0 to 32767, and forgets every process's `undo` of it; waiters that can go on do. SETVAL. */
  setValue(index: number, value: number): void {
    const which = checkIndex(index, this.count)
    this.#control(constants.SETVAL, which, checkWithin(value, 'value', [0, LARGEST]))
  }

  /** All values now, GETALL. */
  values(): number[] {
    const values = new Uint16Array(this.count)
    this.#control(constants.GETALL, 0, values)
    return [...values]
  }

  /** Sets all values; otherwise as `setValue`. SETALL. */
  setValues(values: number | readonly number[]): void {
    this.#control(constants.SETALL, 0, Uint16Array.from(checkValues(values, this.count)))
  }

  /** The process that last operated on a semaphore or set its value; 0: none, or none that can be seen from here. GETPID. */
  lastPid(index = 0): number {
    return this.#get(constants.GETPID, index)
  }

  /** How many wait for a semaphore to grow, in all processes. GETNCNT. */
  waiting(index = 0): number {
    return this.#get(constants.GETNCNT, index)
  }

  /** How many wait for a semaphore to be 0. GETZCNT. */
  waitingForZero(index = 0): number {
    return this.#get(constants.GETZCNT, index)
  }

  stat(): SysvSemaphoresStat {
    this.handle.check('semctl')
    const view = sets.stat(this.id)
    if (typeof view === 'number') throw this.handle.failed(view, 'semctl')
    return readStat(this.id, view)
  }

  /** Changes owner or mode, IPC_SET. EPERM for who is neither owner nor creator nor privileged. */
  set(options: SysvOwnership): void {
    checkOwnership(options)
    this.handle.check('semctl')
    const view = sets.changed(this.id, options)
    if (typeof view === 'number') throw this.handle.failed(view, 'semctl')
    this.#control(constants.IPC_SET, 0, view)
  }

  /** Removes the set, for everybody; who waits gets EIDRM. EPERM as `set`. */
  remove(): void {
    this.#control(constants.IPC_RMID, 0)
  }

  #get(command: number, index: number): number {
    return this.#control(command, checkIndex(index, this.count))
  }

  #control(command: number, index: number, argument?: number | ArrayBufferView): number {
    this.handle.check('semctl')
    const result = semctl(this.id, index, command, argument)
    if (result < 0) throw this.handle.failed(result, 'semctl')
    return result
  }
}
