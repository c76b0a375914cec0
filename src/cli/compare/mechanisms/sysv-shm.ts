// The file through a System V segment: read(2) into it, write(2) out of it, a System V semaphore to wake. All of it of 1983.
import { SysvMemory } from '../../../kernel/sysv/memory.ts'
import { SysvSemaphores } from '../../../kernel/sysv/semaphores.ts'
import type { Mechanism, Seat, Stage } from '../mechanism.ts'
import { makeSemaphores, semaphoreBells } from '../parts/semaphore-bells.ts'
import { SLOTS_BYTES, SlotEnd } from '../parts/slots.ts'

function prepare(): Stage {
  const { id } = SysvMemory.createPrivate({ size: SLOTS_BYTES })
  const semaphores = makeSemaphores()
  return {
    objects: [
      { use: 'data', name: `shmid ${id}`, inode: null },
      { use: 'wake', name: `semid ${semaphores}`, inode: null },
    ],
    descriptors: { sender: [], receiver: [] },
    settings: { memory: id, semaphores },
    leftovers: [
      { is: 'sysv-shm', id },
      { is: 'sysv-sem', id: semaphores },
    ],
    look: () => [`hutong show sysv-shm:id:${id}`, `ipcs -m -i ${id}`, `ipcs -s -i ${semaphores}`],
    handedOver() {},
    close() {}, // both are removed by their ids
  }
}

function join({ role, settings, tally }: Seat): SlotEnd {
  const mapping = SysvMemory.from(Number(settings['memory'])).attach()
  const semaphores = SysvSemaphores.from(Number(settings['semaphores']))
  return new SlotEnd(mapping, semaphoreBells(role, semaphores, tally), role === 'sender')
}

export const mechanism: Mechanism = {
  name: 'sysv-shm',
  how: 'read into a System V segment, write out of it; a semaphore to wake',
  prepare,
  join,
}
