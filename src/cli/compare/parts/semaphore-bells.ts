// A set of two System V semaphores, one for each side to wait for.
import { SysvSemaphores } from '../../../kernel/sysv/semaphores.ts'
import type { Role } from '../model.ts'
import type { Tally } from '../side/tally.ts'
import type { Bell } from './bells.ts'
import type { Bells } from './messages.ts'

const FOR_RECEIVER = 0
const FOR_SENDER = 1

/** Makes the set, in the comparing process, and gives its id. */
export function makeSemaphores(): number {
  const set = SysvSemaphores.createPrivate({ count: 2 })
  set.close()
  return set.id
}

/** In a side: the semaphore that it posts and the one it waits for. One semtimedop(2) each, which the tally is told. */
export function semaphoreBells(role: Role, set: SysvSemaphores, tally: Tally): Bells {
  const bell = (index: number): Bell => {
    const semaphore = { index }
    return {
      ring() {
        tally.call('semtimedop')
        set.post(semaphore)
      },
      wait() {
        tally.call('semtimedop')
        set.waitSync(semaphore)
      },
    }
  }
  return role === 'sender'
    ? { theirs: bell(FOR_RECEIVER), mine: bell(FOR_SENDER) }
    : { theirs: bell(FOR_SENDER), mine: bell(FOR_RECEIVER) }
}
