// A read-write lock while it is held, for reading or for writing.
import { EINVAL, EPERM } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import type { Held } from './held.ts'
import type { InUse } from './in-use.ts'
import type { Robust } from './robust.ts'
import { CLEAN, DIED, LOST, type RwMemory, WRITING } from './rw-memory.ts'

abstract class HeldRw implements Held {
  readonly ownerDied: boolean
  protected readonly memory: RwMemory
  readonly #use: InUse
  #released = false

  protected constructor(memory: RwMemory, use: InUse) {
    this.memory = memory
    this.#use = use
    this.ownerDied = memory.state === DIED
  }

  abstract makeConsistent(): void
  protected abstract release(): void

  unlock(): void {
    this.check()
    this.release()
    this.#released = true
    this.#use.released()
  }

  [Symbol.dispose](): void {
    if (!this.#released) this.unlock()
  }

  protected check(): void {
    if (this.#released) throw this.error(EPERM, 'It has been unlocked.')
  }

  protected error(code: number, hint: string): SysError {
    return new SysError(code, 'lock', { on: `the ${this.memory.place.label}`, hint })
  }
}

export class HeldRead extends HeldRw {
  readonly #slot: Robust

  constructor(memory: RwMemory, use: InUse, slot: Robust) {
    super(memory, use)
    this.#slot = slot
  }

  makeConsistent(): void {
    this.check()
    throw this.error(EPERM, 'Readers cannot repair: lock it for writing.')
  }

  protected release(): void {
    this.#slot.unlock()
  }
}

export class HeldWrite extends HeldRw {
  readonly #taken: readonly Robust[]

  /** `taken`: the gate and all slots. */
  constructor(memory: RwMemory, use: InUse, taken: readonly Robust[]) {
    super(memory, use)
    this.#taken = taken
  }

  makeConsistent(): void {
    this.check()
    if (this.memory.state !== DIED) throw this.error(EINVAL, 'No writer died.')
    this.memory.state = WRITING
  }

  /** The state first: as long as the gate is shut it is this writer's. */
  protected release(): void {
    this.memory.state = this.memory.state === WRITING ? CLEAN : LOST
    for (let index = this.#taken.length - 1; index >= 0; index--) this.#taken[index]?.unlock()
  }
}
