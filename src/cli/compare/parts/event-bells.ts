// A pair of eventfds between two sides.
import { EventFd } from '../../../kernel/event-fd.ts'
import type { Stage } from '../mechanism.ts'
import type { KernelObject, Role } from '../model.ts'
import { EventBell } from './bells.ts'
import type { Bells } from './messages.ts'

/** Two eventfds, made in the comparing process. */
export class EventFds {
  readonly #forReceiver = EventFd.create({ semaphore: true })
  readonly #forSender = EventFd.create({ semaphore: true })

  /** The descriptors, in the order in which `take` wants them. */
  get descriptors(): readonly number[] {
    return [this.#forReceiver.inherit(), this.#forSender.inherit()]
  }

  readonly objects: readonly KernelObject[] = ['receiver', 'sender'].map(() => ({
    use: 'wake',
    name: 'anon_inode:[eventfd]',
    inode: null,
  }))

  close(): void {
    this.#forReceiver.close()
    this.#forSender.close()
  }
}

/** In a side: the eventfd that it rings and the one it waits for. */
export function takeEventFds(role: Role, [receiver = -1, sender = -1]: readonly number[]) {
  const forReceiver = EventFd.from(receiver)
  const forSender = EventFd.from(sender)
  return role === 'sender'
    ? { theirs: forReceiver, mine: forSender }
    : { theirs: forSender, mine: forReceiver }
}

export function eventBells(role: Role, descriptors: readonly number[]): Bells {
  const { theirs, mine } = takeEventFds(role, descriptors)
  return { theirs: new EventBell(theirs), mine: new EventBell(mine) }
}

/** What to do with a stage's own objects when the sides have theirs, and at the end. */
export function closing(...objects: readonly { close(): void }[]): Pick<Stage, 'handedOver' | 'close'> {
  const close = (): void => {
    for (const object of objects) object.close()
  }
  return { handedOver: close, close }
}
