// SysvSemaphores: a System V semaphore set.
import { constants } from '../../sys/constants.ts'
import type { SemaphoreStep } from '../../sys/sysv-semaphore.ts'
import { checkOptions, checkTimeout, type SyncOptions, type WaitOptions } from '../../wait/options.ts'
import { SysvHandle } from './handle.ts'
import { keyOf, type SysvKey } from './key.ts'
import { ControlledSet } from './semaphores-control.ts'
import { type FoundSet, findSet, labelOf, makeOrFindSet, makeSet, setWithId } from './semaphores-open.ts'
import { SemaphoreOperator } from './semaphores-operate.ts'
import {
  type CreateSysvSemaphoresOptions,
  checkIndex,
  checkMaking,
  type OpenSysvSemaphoresOptions,
  type SemaphoreOperation,
  type SemaphoreOptions,
  stepOf,
  stepsOf,
} from './semaphores-options.ts'
import { whenInitialized, whenInitializedSync } from './semaphores-ready.ts'
import {
  listSets,
  type SysvSemaphoresStat,
  type SysvSemaphoresSystem,
  semaphoresSystem,
} from './semaphores-stat.ts'

/**
 * A System V semaphore set: one or more counters, on which several operations are done at once or not at all. Kept by the kernel
 * until somebody removes it. Any programs that agree on a key share it. sysvipc(7), semget(2), semop(2), semctl(2)
 */
export class SysvSemaphores extends ControlledSet {
  /** Unsigned; 0 for a private set. */
  readonly key: number
  /** Whether this call made the set. */
  readonly created: boolean
  readonly #operator: SemaphoreOperator

  private constructor({ id, key, count, created }: FoundSet) {
    super(new SysvHandle(id, labelOf(key, id)), count)
    this.key = key
    this.created = created
    this.#operator = new SemaphoreOperator(this.handle)
  }

  /** Makes a set and gives it its values. Errors: EEXIST, ENOSPC, EINVAL (see /proc/sys/kernel/sem). */
  static create(key: SysvKey, options: CreateSysvSemaphoresOptions): SysvSemaphores {
    return new SysvSemaphores(makeSet(keyOf(key), checkMaking(options)))
  }

  /** One that exists; it is perhaps not initialised yet: `initialized`. Errors: ENOENT; EACCES with `access`. */
  static open(key: SysvKey, options: OpenSysvSemaphoresOptions = {}): SysvSemaphores {
    return new SysvSemaphores(findSet(keyOf(key), options))
  }

  /**
   * Either; safe when several processes do it at once: who finds a set that another is still initialising waits for that, by
   * default until 5 seconds after it was made, and then throws NotInitializedError. One that is there is not changed, and may have more semaphores.
   */
  static async openOrCreate(
    key: SysvKey,
    options: CreateSysvSemaphoresOptions & WaitOptions,
  ): Promise<SysvSemaphores> {
    const making = checkMaking(options)
    checkOptions(options)
    const set = makeOrFindSet(keyOf(key), making)
    if (!set.created) await whenInitialized(set, options)
    return new SysvSemaphores(set)
  }

  /** As `openOrCreate`, blocking this thread. */
  static openOrCreateSync(key: SysvKey, options: CreateSysvSemaphoresOptions & SyncOptions): SysvSemaphores {
    const making = checkMaking(options)
    checkTimeout(options.timeout)
    const set = makeOrFindSet(keyOf(key), making)
    if (!set.created) whenInitializedSync(set, options)
    return new SysvSemaphores(set)
  }

  /** Makes a set without a key: others need its `id`. */
  static createPrivate(options: CreateSysvSemaphoresOptions): SysvSemaphores {
    return new SysvSemaphores(makeSet(constants.IPC_PRIVATE, checkMaking(options)))
  }

  /** One whose id is known. EINVAL when there is none. */
  static from(id: number): SysvSemaphores {
    return new SysvSemaphores(setWithId(id))
  }

  /** Every set of the system (of this IPC namespace), also those that may not be read. */
  static list(): SysvSemaphoresStat[] {
    return listSets()
  }

  /** The system's limits, and what is used of them. */
  static system(): SysvSemaphoresSystem {
    return semaphoresSystem()
  }

  get closed(): boolean {
    return this.handle.closed
  }

  /** Whether anybody has ever operated on it: a maker does so as the last step of initialising. */
  get initialized(): boolean {
    return this.stat().operatedAt !== undefined
  }

  /**
   * Does all operations at once, waiting until all can be done; until then none is. An abort or timeout does none. Errors: ERANGE
   * (a value above 32767), E2BIG (more than 500, /proc/sys/kernel/sem), EACCES, EIDRM, ENOSPC and ENOMEM (`undo`).
   */
  operate(operations: readonly SemaphoreOperation[], options?: WaitOptions): Promise<void> {
    return this.#start(() => stepsOf(operations, this.count), options)
  }

  /** As `operate`, at once; `undefined` when it would have to wait. */
  tryOperate(operations: readonly SemaphoreOperation[]): true | undefined {
    return this.#operator.now(stepsOf(operations, this.count))
  }

  /** As `operate`, blocking this thread. */
  operateSync(operations: readonly SemaphoreOperation[], options?: SyncOptions): void {
    this.#operator.block(stepsOf(operations, this.count), options)
  }

  /** Takes 1 (or `by`) from a semaphore, waiting until it has as much. */
  wait(options?: WaitOptions & SemaphoreOptions): Promise<void> {
    return this.#start(() => [stepOf(options, -1, this.count)], options)
  }

  /** As `wait`, at once; `undefined` when it has less. */
  tryWait(options?: SemaphoreOptions): true | undefined {
    return this.#operator.now([stepOf(options, -1, this.count)])
  }

  /** As `wait`, blocking this thread. */
  waitSync(options?: SyncOptions & SemaphoreOptions): void {
    this.#operator.blockOne(stepOf(options, -1, this.count), options)
  }

  /** Adds 1 (or `by`) to a semaphore; never waits. ERANGE above 32767. */
  post(options?: SemaphoreOptions): void {
    this.#operator.blockOne(stepOf(options, 1, this.count), undefined)
  }

  /** Waits until a semaphore is 0. */
  waitForZero(options?: WaitOptions & { readonly index?: number | undefined }): Promise<void> {
    return this.#start(() => [this.#zero(options)], options)
  }

  /** Gives true if it is 0 now, else `undefined`. */
  tryWaitForZero(options?: { readonly index?: number | undefined }): true | undefined {
    return this.#operator.now([this.#zero(options)])
  }

  /** As `waitForZero`, blocking this thread. */
  waitForZeroSync(options?: SyncOptions & { readonly index?: number | undefined }): void {
    this.#operator.blockOne(this.#zero(options), options)
  }

  /** Waiting operations keep the event loop running (the default). */
  ref(): this {
    this.#operator.keepAlive = true
    return this
  }

  /** Those that start from now on do not. */
  unref(): this {
    this.#operator.keepAlive = false
    return this
  }

  /** Ends the use of this object; operations that wait reject with EBADF. The set stays, and so does what `undo` will take back. */
  close(): void {
    this.handle.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  async #start(steps: () => readonly SemaphoreStep[], options: WaitOptions | undefined): Promise<void> {
    return this.#operator.start(steps(), options)
  }

  #zero(options: { readonly index?: number | undefined } | undefined): SemaphoreStep {
    return { index: checkIndex(options?.index ?? 0, this.count), change: 0, flags: 0 }
  }
}
