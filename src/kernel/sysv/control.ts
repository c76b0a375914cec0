// What msgctl(2), semctl(2) and shmctl(2) have in common: asking about one object, about all of them, and about their limits.
import { constants } from '../../sys/constants.ts'
import { EACCES } from '../../sys/errno.ts'
import { must } from '../../sys/error.ts'
import { type SysvOwnership, writeOwnership } from './permissions.ts'

/** One of the three calls. */
export interface ControlCall {
  readonly name: 'msgctl' | 'semctl' | 'shmctl'
  /** `>= 0` or `-errno`. */
  call(id: number, command: number, view: DataView): number
  /** Bytes of the largest structure that it writes. */
  readonly size: number
  /** MSG_INFO, SEM_INFO or SHM_INFO: besides what it writes it gives the highest slot in use. */
  readonly slots: number
  /** MSG_STAT_ANY, SEM_STAT_ANY or SHM_STAT_ANY: what is in a slot, also what may not be read. */
  readonly inSlot: number
}

/** The kernel's structures of one kind of object; the struct ipc64_perm is always in front. */
export class SysvControl {
  readonly #call: ControlCall

  constructor(call: ControlCall) {
    this.#call = call
  }

  /** What IPC_STAT writes, or `-errno`. */
  stat(id: number): DataView | number {
    const view = this.#room()
    const result = this.#call.call(id, constants.IPC_STAT, view)
    return result < 0 ? result : view
  }

  /** As `stat`, also of an object that may not be read: its permissions protect the contents, and it is in the list all the same. */
  statAnyhow(id: number): DataView | number {
    const view = this.stat(id)
    if (view !== EACCES) return view
    for (const [other, found] of this.every()) if (other === id) return found
    return this.stat(id) // it has gone meanwhile
  }

  /** Every object of this IPC namespace, also those that may not be read. */
  *every(): Generator<[id: number, view: DataView]> {
    const { highest } = this.info(this.#call.slots)
    for (let slot = 0; slot <= highest; slot++) {
      const view = this.#room()
      const id = this.#call.call(slot, this.#call.inSlot, view)
      if (id >= 0) yield [id, view] // else nobody has this slot
    }
  }

  /** What IPC_SET takes: everything as it is, but for what is given. Or `-errno`. */
  changed(id: number, given: SysvOwnership): DataView | number {
    const view = this.statAnyhow(id)
    if (typeof view !== 'number') writeOwnership(view, given)
    return view
  }

  /** What IPC_INFO or `slots` writes. */
  info(command: number): { readonly highest: number; readonly view: DataView } {
    const view = this.#room()
    return { highest: must(this.#call.call(0, command, view), this.#call.name), view }
  }

  #room(): DataView {
    return new DataView(new ArrayBuffer(this.#call.size))
  }
}
