// Events through a set of System V semaphores, semop(2). They carry no file.
import { SysvSemaphores } from '../../../kernel/sysv/semaphores.ts'
import type { EventEnd, EventMechanism, Seat, Stage } from '../mechanism.ts'
import { makeSemaphores, semaphoreBells } from '../parts/semaphore-bells.ts'

function prepare(): Stage {
  const id = makeSemaphores()
  return {
    objects: [{ use: 'data', name: `semid ${id}`, inode: null }],
    descriptors: { sender: [], receiver: [] },
    settings: { id },
    leftovers: [{ is: 'sysv-sem', id }],
    look: () => [`hutong show sysv-sem:id:${id}`, `ipcs -s -i ${id}`],
    handedOver() {},
    close() {}, // the set is removed by its id
  }
}

function join({ role, settings, tally }: Seat): EventEnd {
  const { theirs, mine } = semaphoreBells(role, SysvSemaphores.from(Number(settings['id'])), tally)
  return { signal: () => theirs.ring(), await: () => mine.wait() }
}

export const mechanism: EventMechanism = {
  name: 'sysv-sem',
  how: 'events through a set of System V semaphores',
  bytesPerEvent: 0,
  prepare,
  join,
}
